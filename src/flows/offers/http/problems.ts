import { Type } from "typebox";
import { workProblems } from "#flows/publishing/http/index.ts";
import { problemKind } from "#platform/http/problem.ts";

const NO_DETAILS = Type.Object({});
const OFFER = Type.Object({ offer: Type.String() });

/** Why an offer is closed, in words. */
const REASONS: Readonly<Record<string, { ru: string; en: string }>> = {
  "not-begun": { ru: "ещё не началось", en: "it has not begun" },
  over: { ru: "время прошло", en: "its time is over" },
  ended: { ru: "завершено", en: "it has ended" },
  paused: { ru: "приостановлено", en: "it is paused" },
  draft: { ru: "ещё не утверждено", en: "it is not approved yet" },
  audience: { ru: "не для этого участника", en: "it is not for this member" },
  "used-up": { ru: "уже использовано", en: "it has been used" },
  "budget-exhausted": { ru: "бюджет исчерпан", en: "its budget is spent" },
  "out-of-stock": { ru: "разобрано", en: "none are left" },
};

export const OFFER_PROBLEMS = {
  ...workProblems("offer", { ru: "предложение", ruOf: "предложения", en: "offer", path: "/v1/offers" }),
  "offer-closed": problemKind({
    status: 422,
    title: { ru: "Предложение недоступно", en: "The offer is closed" },
    detail: {
      ru: ({ offer, reason }) => `Предложение «${offer}»: ${REASONS[reason]?.ru ?? reason}.`,
      en: ({ offer, reason }) => `Offer "${offer}": ${REASONS[reason]?.en ?? reason}.`,
    },
    remedy: {
      ru: "Что доступно участнику, говорит GET /v1/members/{id}/offers.",
      en: "GET /v1/members/{id}/offers tells what a member may use.",
    },
    details: Type.Object({ offer: Type.String(), reason: Type.String() }),
    example: { offer: "coffee", reason: "over" },
  }),
  "offer-needs-no-activation": problemKind({
    status: 422,
    title: { ru: "Активация не нужна", en: "It needs no activation" },
    detail: {
      ru: ({ offer }) => `Предложение «${offer}» действует без активации.`,
      en: ({ offer }) => `Offer "${offer}" holds without activation.`,
    },
    remedy: { ru: "Ничего делать не нужно.", en: "There is nothing to do." },
    details: OFFER,
    example: { offer: "coffee" },
  }),
  "offer-already-active": problemKind({
    status: 409,
    title: { ru: "Уже активировано", en: "Active already" },
    detail: {
      ru: ({ offer }) => `Предложение «${offer}» уже действует.`,
      en: ({ offer }) => `Offer "${offer}" holds already.`,
    },
    remedy: { ru: "Ничего делать не нужно.", en: "There is nothing to do." },
    details: OFFER,
    example: { offer: "coffee" },
  }),
  "offer-not-active": problemKind({
    status: 409,
    title: { ru: "Не активировано", en: "Not active" },
    detail: {
      ru: ({ offer }) => `Предложение «${offer}» сейчас не активировано.`,
      en: ({ offer }) => `Offer "${offer}" is not active now.`,
    },
    remedy: { ru: "Ничего делать не нужно.", en: "There is nothing to do." },
    details: OFFER,
    example: { offer: "coffee" },
  }),
  "offer-used": problemKind({
    status: 409,
    title: { ru: "Уже использовано", en: "Used already" },
    detail: {
      ru: ({ offer, times }) => `По предложению «${offer}» уже начислено, чеков: ${times}.`,
      en: ({ offer, times }) => `Offer "${offer}" has earned on ${times} receipts.`,
    },
    remedy: {
      ru: "Отказаться можно до первого использования.",
      en: "It can be given up before its first use only.",
    },
    details: Type.Object({ offer: Type.String(), times: Type.Integer() }),
    example: { offer: "coffee", times: 1 },
  }),
  "offer-not-personal": problemKind({
    status: 422,
    title: { ru: "Предложение не именное", en: "The offer is not personal" },
    detail: {
      ru: ({ offer }) => `Предложение «${offer}» не раздают по именам.`,
      en: ({ offer }) => `Offer "${offer}" is not given by name.`,
    },
    remedy: { ru: "В черновике: personal: true.", en: "Say `personal: true` in the draft." },
    details: OFFER,
    example: { offer: "coffee" },
  }),
  "unknown-voucher": problemKind({
    status: 404,
    title: { ru: "Такого ваучера нет", en: "No such voucher" },
    detail: {
      ru: () => "Ваучера с таким кодом нет, или он другого партнёра.",
      en: () => "There is no voucher of that code, or it is another partner's.",
    },
    remedy: { ru: "Проверьте код.", en: "Check the code." },
    details: NO_DETAILS,
    example: {},
  }),
  "voucher-over": problemKind({
    status: 409,
    title: { ru: "Ваучер больше не действует", en: "The voucher is over" },
    detail: {
      ru: ({ state }) => `Состояние ваучера: ${state}.`,
      en: ({ state }) => `The voucher is ${state}.`,
    },
    remedy: {
      ru: "Погашенный ваучер отвечает повторно только на тот же reference.",
      en: "A redeemed voucher is answered again only for the same reference.",
    },
    details: Type.Object({ state: Type.String() }),
    example: { state: "redeemed" },
  }),
};

export const PROMO_PROBLEMS = {
  ...workProblems("promotion", { ru: "промоакция", ruOf: "промоакции", en: "promotion", path: "/v1/promotions" }),
  "unknown-promo-code": problemKind({
    status: 404,
    title: { ru: "Такого промокода нет", en: "No such promo code" },
    detail: {
      ru: () => "Промокода нет, или он выдан другому участнику.",
      en: () => "There is no such code, or it was issued to another member.",
    },
    remedy: { ru: "Проверьте код; перебор ограничен.", en: "Check the code; guessing is limited." },
    details: NO_DETAILS,
    example: {},
  }),
  "promo-code-used": problemKind({
    status: 409,
    title: { ru: "Промокод уже использован", en: "The code has been used" },
    detail: { ru: () => "Этот промокод уже использовали.", en: () => "Somebody has used this code." },
    remedy: { ru: "Код действует один раз.", en: "A unique code works once." },
    details: NO_DETAILS,
    example: {},
  }),
  "promo-used-up": problemKind({
    status: 422,
    title: { ru: "Промокоды закончились", en: "The promo is used up" },
    detail: { ru: () => "Все применения уже использованы.", en: () => "All uses have been taken." },
    remedy: { ru: "Ничего сделать нельзя.", en: "There is nothing to do." },
    details: NO_DETAILS,
    example: {},
  }),
  "promo-limit": problemKind({
    status: 409,
    title: { ru: "Больше нельзя", en: "No more of it" },
    detail: {
      ru: ({ perMember }) => `Один участник применяет коды этой акции не более раз: ${perMember}.`,
      en: ({ perMember }) => `One member may use codes of it ${perMember} times.`,
    },
    remedy: { ru: "Ничего сделать нельзя.", en: "There is nothing to do." },
    details: Type.Object({ perMember: Type.Integer() }),
    example: { perMember: 1 },
  }),
  "promo-closed": problemKind({
    status: 422,
    title: { ru: "Акция закрыта", en: "The promo is closed" },
    detail: {
      ru: ({ state }) => `Состояние акции: ${state}.`,
      en: ({ state }) => `The promo is ${state}.`,
    },
    remedy: { ru: "Ничего сделать нельзя.", en: "There is nothing to do." },
    details: Type.Object({ state: Type.String() }),
    example: { state: "over" },
  }),
  "promo-not-begun": problemKind({
    status: 422,
    title: { ru: "Акция ещё не началась", en: "The promo has not begun" },
    detail: { ru: () => "Код пока не действует.", en: () => "The code does not work yet." },
    remedy: { ru: "Повторите позже.", en: "Try again later." },
    details: Type.Object({ at: Type.Integer({ description: "Epoch milliseconds." }) }),
    example: { at: 1_790_000_000_000 },
  }),
  "promo-not-for-you": problemKind({
    status: 422,
    title: { ru: "Код не для этого участника", en: "Not for this member" },
    detail: {
      ru: () => "Участник не входит в аудиторию акции.",
      en: () => "The member does not belong to the promo's audience.",
    },
    remedy: { ru: "Ничего сделать нельзя.", en: "There is nothing to do." },
    details: NO_DETAILS,
    example: {},
  }),
  "promo-code-elsewhere": problemKind({
    status: 422,
    title: { ru: "Код применяют в другом месте", en: "The code belongs elsewhere" },
    detail: {
      ru: ({ gives }) => `Этот код даёт: ${gives}. Код не потрачен.`,
      en: ({ gives }) => `This code gives: ${gives}. It was not used up.`,
    },
    remedy: {
      ru: "Код на цену подписки называют при её покупке.",
      en: "A code for a subscription's price is named when it is bought.",
    },
    details: Type.Object({ gives: Type.String() }),
    example: { gives: "subscription" },
  }),
  "too-many-codes": problemKind({
    status: 429,
    title: { ru: "Слишком много неверных кодов", en: "Too many wrong codes" },
    detail: {
      ru: ({ retryAfterSeconds }) => `Попробуйте через ${retryAfterSeconds} с.`,
      en: ({ retryAfterSeconds }) => `Try again in ${retryAfterSeconds} s.`,
    },
    remedy: {
      ru: "В час участник ошибается не более десяти раз, ключ приложения — тысячи.",
      en: "A member may err ten times an hour, an application's key a thousand times.",
    },
    details: Type.Object({ retryAfterSeconds: Type.Integer() }),
    example: { retryAfterSeconds: 1_800 },
  }),
  "promo-shared": problemKind({
    status: 409,
    title: { ru: "Код общий", en: "The code is shared" },
    detail: { ru: () => "У акции один общий код.", en: () => "The promo has one code for all." },
    remedy: { ru: "Он стоит в документе акции.", en: "It stands in the promo's document." },
    details: NO_DETAILS,
    example: {},
  }),
  "promo-codes-gone": problemKind({
    status: 409,
    title: { ru: "Коды уже выданы", en: "The codes are gone" },
    detail: {
      ru: () => "Коды выгружены, выгружаются или выдаются по именам.",
      en: () => "The codes were exported, are being exported, or are issued by name.",
    },
    remedy: { ru: "Заведите новую акцию.", en: "Draft another promo." },
    details: NO_DETAILS,
    example: {},
  }),
  "promo-codes-not-ready": problemKind({
    status: 409,
    title: { ru: "Коды ещё готовятся", en: "The codes are being made" },
    detail: {
      ru: ({ generated, of }) => `Готово ${generated} из ${of}; акция должна быть утверждена.`,
      en: ({ generated, of }) => `${generated} of ${of} are made; the promo has to be approved.`,
    },
    remedy: { ru: "Повторите через минуту.", en: "Try again in a minute." },
    details: Type.Object({ generated: Type.Integer(), of: Type.Integer() }),
    example: { generated: 250_000, of: 1_000_000 },
  }),
};
