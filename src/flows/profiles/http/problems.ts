import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

const none = { details: Type.Object({}), example: {} };

export const PROFILE_PROBLEMS = {
  "unknown-profile": problemKind({
    ...none,
    status: 404,
    title: { ru: "Такого профиля нет", en: "No such profile" },
    detail: {
      ru: () => "Партнёр не передавал профиля с таким номером.",
      en: () => "The partner has sent no profile of this id.",
    },
    remedy: { ru: "Проверьте номер профиля.", en: "Check the profile's id." },
  }),
  "same-member": problemKind({
    ...none,
    status: 409,
    title: { ru: "Это один и тот же участник", en: "The two are one member already" },
    detail: {
      ru: () => "За оба номера отвечает один участник.",
      en: () => "One member answers for both ids.",
    },
    remedy: { ru: "Объединять нечего.", en: "There is nothing to merge." },
  }),
  "not-merged": problemKind({
    ...none,
    status: 409,
    title: { ru: "Участник не объединён", en: "The member is not merged" },
    detail: { ru: () => "Разъединять нечего.", en: () => "There is nothing to take apart." },
    remedy: {
      ru: "Укажите объединённого участника, а не того, с кем он объединён.",
      en: "Name the merged member, not its survivor.",
    },
  }),
  "survivor-merged": problemKind({
    ...none,
    status: 409,
    title: { ru: "Участник объединён дальше", en: "Its survivor was merged itself" },
    detail: {
      ru: () => "Тот, с кем участник объединён, сам объединён с другим.",
      en: () => "The member's survivor was merged into another one.",
    },
    remedy: { ru: "Сначала разъедините его.", en: "Take that one apart first." },
  }),
  "hold-across": problemKind({
    ...none,
    status: 409,
    title: { ru: "Открыт общий холд", en: "A hold across both is open" },
    detail: {
      ru: () => "В холде баллы обоих участников.",
      en: () => "A hold has points of both members.",
    },
    remedy: { ru: "Дождитесь окончания холда или отмените его.", en: "Wait until the hold ends, or void it." },
  }),
  "unknown-review": problemKind({
    ...none,
    status: 404,
    title: { ru: "Такой проверки нет", en: "No such review" },
    detail: { ru: () => "Этой пары нет в очереди.", en: () => "This pair is not in the queue." },
    remedy: { ru: "Проверьте номер.", en: "Check the id." },
  }),
  "review-decided": problemKind({
    status: 409,
    title: { ru: "Решение уже принято", en: "It was decided already" },
    detail: {
      ru: ({ state }) => `Пара уже решена: ${state}.`,
      en: ({ state }) => `The pair was decided already: ${state}.`,
    },
    remedy: {
      ru: "Чтобы изменить решение, объедините или разъедините участников.",
      en: "To change it, merge the members or take them apart.",
    },
    details: Type.Object({ state: Type.String() }),
    example: { state: "apart" },
  }),
};
