import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

export const SIMULATE_PROBLEMS = {
  "window-empty": problemKind({
    status: 422,
    title: { ru: "Пустой промежуток", en: "An empty window" },
    detail: { ru: () => "День «from» позже дня «to».", en: () => "The day `from` is after the day `to`." },
    remedy: { ru: "Поменяйте дни местами.", en: "Swap the days." },
    details: Type.Object({}),
    example: {},
  }),
  "foreign-change": problemKind({
    status: 403,
    title: { ru: "Это касается не только вас", en: "This concerns others too" },
    detail: {
      ru: ({ paths }) => `Правка меняет не только то, что действует у вас одних: ${paths.join(", ")}.`,
      en: ({ paths }) => `The change is about more than what holds at your receipts alone: ${paths.join(", ")}.`,
    },
    remedy: {
      ru: "Присылайте правку (`patch: 1`) правил, действующих только на ваших чеках; об остальном спросите оператора.",
      en: "Send a patch (`patch: 1`) of rules that hold on your receipts alone; ask the operator about the rest.",
    },
    details: Type.Object({ paths: Type.Array(Type.String()) }),
    example: { paths: ["/rules/base-level-1"] },
  }),
};
