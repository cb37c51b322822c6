import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

const MONTHS = Type.Object({ months: Type.Array(Type.String()) });

const Difference = Type.Object({
  day: Type.String(),
  fromAccount: Type.String(),
  toAccount: Type.String(),
  funder: Type.String(),
  redeemer: Type.Optional(Type.String()),
  originMonth: Type.Optional(Type.String()),
  warehouseCents: Type.Integer(),
  ledgerCents: Type.Integer(),
});

export const CLOSE_PROBLEMS = {
  "month-not-over": problemKind({
    status: 422,
    title: { ru: "Месяц ещё не кончился", en: "The month is not over" },
    detail: {
      ru: ({ endsAt }) => `Месяц кончается ${endsAt}.`,
      en: ({ endsAt }) => `The month ends at ${endsAt}.`,
    },
    remedy: {
      ru: "Закройте месяц после его конца по времени программы. Как он выглядит сейчас, показывает GET /v1/settlements/{month}.",
      en: "Close the month after its end in the programme's time zone. GET /v1/settlements/{month} shows it as it stands.",
    },
    details: Type.Object({ endsAt: Type.String({ format: "date-time" }) }),
    example: { endsAt: "2026-02-28T21:00:00.000Z" },
  }),
  "month-already-closed": problemKind({
    status: 409,
    title: { ru: "Месяц уже закрыт", en: "The month is closed already" },
    detail: {
      ru: ({ closedAt }) => `Месяц закрыт ${closedAt}. Закрытый месяц не меняется.`,
      en: ({ closedAt }) => `The month was closed at ${closedAt}. A closed month never changes.`,
    },
    remedy: {
      ru: "Поздние возвраты попадают в открытый месяц и ссылаются на закрытую строку.",
      en: "Later returns go into the open month and cite the closed line.",
    },
    details: Type.Object({ closedAt: Type.String({ format: "date-time" }) }),
    example: { closedAt: "2026-03-02T06:00:12.000Z" },
  }),
  "earlier-month-open": problemKind({
    status: 409,
    title: { ru: "Открыт более ранний месяц", en: "An earlier month is open" },
    detail: {
      ru: ({ months }) => `Сначала закройте: ${months.join(", ")}.`,
      en: ({ months }) => `Close these first: ${months.join(", ")}.`,
    },
    remedy: { ru: "Месяцы закрывают по порядку.", en: "Months are closed in order." },
    details: MONTHS,
    example: { months: ["2026-01"] },
  }),
  "later-month-closed": problemKind({
    status: 409,
    title: { ru: "Закрыт более поздний месяц", en: "A later month is closed" },
    detail: {
      ru: ({ months }) => `Уже закрыты: ${months.join(", ")}.`,
      en: ({ months }) => `Closed already: ${months.join(", ")}.`,
    },
    remedy: {
      ru: "В этом месяце не было операций; закрывать его не нужно.",
      en: "The month had no operations; there is nothing to close.",
    },
    details: MONTHS,
    example: { months: ["2026-03"] },
  }),
  "feed-behind": problemKind({
    status: 503,
    title: { ru: "Хранилище отстаёт", en: "The warehouse is behind" },
    detail: {
      ru: ({ waitedSeconds }) => `За ${waitedSeconds} с не все операции месяца дошли до хранилища.`,
      en: ({ waitedSeconds }) => `Within ${waitedSeconds} s not all of the month's operations reached the warehouse.`,
    },
    remedy: {
      ru: "Проверьте процесс worker и попросите закрыть месяц ещё раз: он продолжит с места остановки.",
      en: "Look after the worker and ask for the close again: it goes on from where it stopped.",
    },
    details: Type.Object({ waitedSeconds: Type.Integer() }),
    example: { waitedSeconds: 600 },
  }),
  "totals-differ": problemKind({
    status: 409,
    title: { ru: "Хранилище и журнал расходятся", en: "Warehouse and ledger differ" },
    detail: {
      ru: ({ differences }) => `Суммы не сошлись: ${differences.length}. Месяц не закрыт.`,
      en: ({ differences }) => `Sums that differ: ${differences.length}. The month was not closed.`,
    },
    remedy: {
      ru: "Найдите расхождение по дню и партнёрам и попросите закрыть месяц ещё раз.",
      en: "Find the difference by its day and partners, then ask for the close again.",
    },
    details: Type.Object({ differences: Type.Array(Difference) }),
    example: {
      differences: [
        {
          ...{ day: "2026-02-06", fromAccount: "ac", toAccount: "re", funder: "kubyshka", redeemer: "kalitka" },
          ...{ warehouseCents: 10_100, ledgerCents: 10_000 },
        },
      ],
    },
  }),
};
