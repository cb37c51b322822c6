import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

export const FUNDER_PROBLEMS = {
  "unknown-funder": problemKind({
    status: 404,
    title: { ru: "Такого партнёра нет", en: "No such partner" },
    detail: {
      ru: () => "В программе нет партнёра с таким именем, и баллов он не давал; или он чужой.",
      en: () => "The programme has no partner of that id and none has funded points; or it is somebody else's.",
    },
    remedy: { ru: "Партнёры перечислены в GET /v1/funders.", en: "GET /v1/funders lists them." },
    details: Type.Object({}),
    example: {},
  }),
  "funder-not-prepaid": problemKind({
    status: 422,
    title: { ru: "Партнёр платит по акту", en: "The partner pays by the act" },
    detail: {
      ru: ({ funder }) => `Партнёр «${funder}» не на предоплате: вносить нечего.`,
      en: ({ funder }) => `${funder} is not prepaid: it has no deposit.`,
    },
    remedy: {
      ru: "Способ оплаты задаёт программа: partners.ID.funding.mode.",
      en: "The programme says how a partner pays: partners.ID.funding.mode.",
    },
    details: Type.Object({ funder: Type.String() }),
    example: { funder: "beta" },
  }),
  "deposit-short": problemKind({
    status: 422,
    title: { ru: "Столько вывести нельзя", en: "That much can't be withdrawn" },
    detail: {
      ru: ({ freeCents }) => `Свободно ${freeCents / 100} балла: остальное обещано участникам или ждёт начисления.`,
      en: ({ freeCents }) => `${freeCents / 100} points are free: the rest is with members, or waits to be given.`,
    },
    remedy: {
      ru: "Сколько свободно сейчас, показывает GET /v1/funders/{partner}.",
      en: "GET /v1/funders/{partner} shows what is free now.",
    },
    details: Type.Object({ freeCents: Type.Integer() }),
    example: { freeCents: 1_000 },
  }),
};
