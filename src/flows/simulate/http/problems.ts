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
};
