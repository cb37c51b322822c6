import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

const MONTH = Type.Object({ month: Type.String() });

export const SETTLEMENT_PROBLEMS = {
  "unknown-settlement": problemKind({
    status: 404,
    title: { ru: "За этот месяц ничего нет", en: "Nothing for this month" },
    detail: {
      ru: ({ month }) => `За ${month} нет ни операций, ни закрытого расчёта.`,
      en: ({ month }) => `There are no operations in ${month} and no closed settlement of it.`,
    },
    remedy: { ru: "Месяцы перечислены в GET /v1/settlements.", en: "GET /v1/settlements lists the months." },
    details: MONTH,
    example: { month: "2019-01" },
  }),
  "unknown-settlement-line": problemKind({
    status: 404,
    title: { ru: "Такой строки нет", en: "No such line" },
    detail: {
      ru: () => "Такой строки в этом месяце нет, или она не вашего партнёра.",
      en: () => "The month has no such line, or it is not your partner's.",
    },
    remedy: {
      ru: "Строки перечислены в GET /v1/settlements/{month}/lines.",
      en: "GET /v1/settlements/{month}/lines lists the lines.",
    },
    details: Type.Object({}),
    example: {},
  }),
  "unknown-act": problemKind({
    status: 404,
    title: { ru: "Такого акта нет", en: "No such act" },
    detail: {
      ru: ({ month, partner }) => `Акта партнёра «${partner}» за ${month} нет.`,
      en: ({ month, partner }) => `There is no act of the partner "${partner}" for ${month}.`,
    },
    remedy: {
      ru: "Акты появляются, когда месяц закрыт; они перечислены в GET /v1/settlements/{month}/acts.",
      en: "Acts appear when the month is closed; GET /v1/settlements/{month}/acts lists them.",
    },
    details: Type.Object({ month: Type.String(), partner: Type.String() }),
    example: { month: "2026-02", partner: "galyorka" },
  }),
};
