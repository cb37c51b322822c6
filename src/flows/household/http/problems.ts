import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

const none = { details: Type.Object({}), example: {} };

export const HOUSEHOLD_PROBLEMS = {
  "household-not-allowed": problemKind({
    ...none,
    status: 422,
    title: { ru: "Программа не даёт делиться баллами", en: "The programme does not let points be shared" },
    detail: {
      ru: () => "policies.householdPoints программы равно нулю.",
      en: () => "policies.householdPoints of the programme is zero.",
    },
    remedy: { ru: "Разрешите это в программе.", en: "Allow it in the programme." },
  }),
  "household-full": problemKind({
    status: 422,
    title: { ru: "Слишком много получателей", en: "Too many people" },
    detail: {
      ru: ({ most }) => `Делиться баллами можно самое большее с ${most} людьми.`,
      en: ({ most }) => `Points may be shared with ${most} people at most.`,
    },
    remedy: { ru: "Прекратите одно из прежних согласий.", en: "End one of the agreements before." },
    details: Type.Object({ most: Type.Integer() }),
    example: { most: 5 },
  }),
  "household-limit": problemKind({
    status: 422,
    title: { ru: "Больше, чем можно за месяц", en: "More than a month allows" },
    detail: {
      ru: ({ leftCents }) => `В этом месяце участник может отдать ещё ${leftCents / 100} баллов.`,
      en: ({ leftCents }) => `The member may give ${leftCents / 100} more points this month.`,
    },
    remedy: { ru: "Передайте меньше или подождите месяца.", en: "Move fewer, or wait for the next month." },
    details: Type.Object({ leftCents: Type.Integer() }),
    example: { leftCents: 500_00 },
  }),
  "no-agreement": problemKind({
    ...none,
    status: 422,
    title: { ru: "Согласия нет", en: "There is no agreement" },
    detail: {
      ru: () => "Участник не разрешал этому человеку брать его баллы.",
      en: () => "The member has not let this person take points.",
    },
    remedy: {
      ru: "Запишите согласие: PUT /v1/members/{id}/household/takers/{id}.",
      en: "Record it: PUT /v1/members/{id}/household/takers/{id}.",
    },
  }),
  "member-in-arrears": problemKind({
    ...none,
    status: 422,
    title: { ru: "Получатель в долгу", en: "The taker owes points" },
    detail: {
      ru: () => "Баллы, которые пришли бы должнику, сразу ушли бы его кредитору.",
      en: () => "Points that came to a member in arrears would be its creditor's at once.",
    },
    remedy: { ru: "Дождитесь, пока долг будет погашен.", en: "Wait until the arrears are paid." },
  }),
  "too-many-lots": problemKind({
    status: 422,
    title: { ru: "Слишком мелкие лоты", en: "Too many lots" },
    detail: {
      ru: ({ mostLots }) => `За раз передаётся не больше ${mostLots} лотов.`,
      en: ({ mostLots }) => `One transfer moves ${mostLots} lots at most.`,
    },
    remedy: { ru: "Передайте частями.", en: "Move them in parts." },
    details: Type.Object({ mostLots: Type.Integer() }),
    example: { mostLots: 60 },
  }),
  "unknown-transfer": problemKind({
    ...none,
    status: 404,
    title: { ru: "Такой передачи нет", en: "No such transfer" },
    detail: { ru: () => "Передачи с таким номером нет.", en: () => "There is no transfer of this id." },
    remedy: { ru: "Проверьте номер: его дал ответ на передачу.", en: "Check the id: the transfer's answer has it." },
  }),
  "nothing-left": problemKind({
    ...none,
    status: 409,
    title: { ru: "Возвращать нечего", en: "Nothing is left to give back" },
    detail: {
      ru: () => "Переданные баллы потрачены, сгорели или уже возвращены.",
      en: () => "The points were spent, have expired, or are back already.",
    },
    remedy: { ru: "Потраченное остаётся потраченным.", en: "What was spent stays spent." },
  }),
};
