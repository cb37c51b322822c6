import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

const NO_DETAILS = Type.Object({});

export const REFERRAL_PROBLEMS = {
  "no-referral": problemKind({
    status: 422,
    title: { ru: "Приглашений в программе нет", en: "The programme has no referral" },
    detail: {
      ru: () => "В действующей программе нет раздела referral.",
      en: () => "The programme in force has no section `referral`.",
    },
    remedy: { ru: "Опишите приглашения в программе.", en: "Describe it in the programme." },
    details: NO_DETAILS,
    example: {},
  }),
  "unknown-referral-code": problemKind({
    status: 404,
    title: { ru: "Такого приглашения нет", en: "No such invitation" },
    detail: { ru: () => "Код приглашения неверен.", en: () => "The invitation's code is not right." },
    remedy: { ru: "Проверьте код.", en: "Check the code." },
    details: NO_DETAILS,
    example: {},
  }),
  "referral-exists": problemKind({
    status: 409,
    title: { ru: "Участник уже приглашён", en: "Invited already" },
    detail: {
      ru: () => "Участник уже пришёл по другому приглашению.",
      en: () => "The member came by another invitation already.",
    },
    remedy: { ru: "Первое приглашение остаётся в силе.", en: "The first invitation stands." },
    details: NO_DETAILS,
    example: {},
  }),
};
