import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

export const STORE_DAY_PROBLEMS = {
  "day-in-future": problemKind({
    status: 422,
    title: { ru: "День ещё не настал", en: "The day has not come yet" },
    detail: {
      ru: () => "Итог дня из будущего не принимается.",
      en: () => "The total of a day to come is not accepted.",
    },
    remedy: { ru: "Проверьте день в адресе.", en: "Check the day in the URL." },
    details: Type.Object({}),
    example: {},
  }),
  "day-too-old": problemKind({
    status: 422,
    title: { ru: "День слишком давний", en: "The day is too long ago" },
    detail: {
      ru: ({ days }) => `Итоги принимаются за последние ${days} дн.`,
      en: ({ days }) => `Totals are accepted for the last ${days} days.`,
    },
    remedy: { ru: "Проверьте день в адресе.", en: "Check the day in the URL." },
    details: Type.Object({ days: Type.Integer() }),
    example: { days: 366 },
  }),
};
