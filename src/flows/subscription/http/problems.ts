import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

const NO_DETAILS = Type.Object({});
const NAMED = Type.Object({ pointer: Type.String(), value: Type.String() });

export const SUBSCRIPTION_PROBLEMS = {
  "unknown-plan": problemKind({
    status: 422,
    title: { ru: "Такой подписки нет", en: "No such plan" },
    detail: {
      ru: ({ value }) => `Подписки «${value}» в программе нет.`,
      en: ({ value }) => `The programme has no plan "${value}".`,
    },
    remedy: { ru: "Подписки перечислены в GET /v1/subscription-plans.", en: "GET /v1/subscription-plans lists them." },
    details: NAMED,
    example: { pointer: "/plan", value: "gold" },
  }),
  "unknown-subscription": problemKind({
    status: 404,
    title: { ru: "Такой подписки нет", en: "No such subscription" },
    detail: {
      ru: () => "Подписки с таким номером нет, или она чужая.",
      en: () => "There is no subscription of that id, or it is another's.",
    },
    remedy: {
      ru: "Подписки участника: GET /v1/members/{id}/subscriptions.",
      en: "A member's subscriptions: GET /v1/members/{id}/subscriptions.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "unknown-payment": problemKind({
    status: 404,
    title: { ru: "Такого платежа нет", en: "No such payment" },
    detail: { ru: () => "Платежа с таким ключом нет.", en: () => "There is no payment of that key." },
    remedy: {
      ru: "Ключ — тот, с которым платёж заказан.",
      en: "The key is the one that the payment was ordered with.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "already-subscribed": problemKind({
    status: 409,
    title: { ru: "Подписка уже есть", en: "Subscribed already" },
    detail: {
      ru: () => "У участника уже есть эта подписка.",
      en: () => "The member has this subscription already.",
    },
    remedy: {
      ru: "Отменённую можно возобновить: POST /v1/subscriptions/{id}/resume.",
      en: "One that was cancelled can be resumed: POST /v1/subscriptions/{id}/resume.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "payment-declined": problemKind({
    status: 422,
    title: { ru: "Платёж отклонён", en: "The payment was declined" },
    detail: {
      ru: () => "Банк отклонил карту или платёж; ничего не изменилось.",
      en: () => "The bank declined the card or the payment; nothing has changed.",
    },
    remedy: { ru: "Попробуйте другую карту с новым ключом запроса.", en: "Try another card under a new key." },
    details: Type.Object({ decline: Type.String() }),
    example: { decline: "no-money" },
  }),
  "payment-settled": problemKind({
    status: 409,
    title: { ru: "Платёж уже завершён иначе", en: "The payment was settled otherwise" },
    detail: {
      ru: ({ state }) => `Платёж записан как ${state}; записанное не меняется.`,
      en: ({ state }) => `The payment is recorded as ${state}; what is recorded does not change.`,
    },
    remedy: {
      ru: "Сверьте платёж с провайдером: если деньги взяты, а здесь записан отказ, верните их там.",
      en: "Compare it with the provider: money that was taken where a decline is recorded has to go back there.",
    },
    details: Type.Object({ state: Type.String() }),
    example: { state: "succeeded" },
  }),
  "bad-signature": problemKind({
    status: 401,
    title: { ru: "Подпись неверна", en: "The signature is wrong" },
    detail: {
      ru: () => "Подписи провайдера нет, она неверна или старше пяти минут.",
      en: () => "There is no signature of the provider, or it is wrong or more than five minutes old.",
    },
    remedy: {
      ru: "Подпишите тело по схеме Standard Webhooks общим секретом (docs/payments.md).",
      en: "Sign the body by the Standard Webhooks scheme with the shared secret (docs/payments.md).",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "payment-needed": problemKind({
    status: 422,
    title: { ru: "Нужна карта", en: "A card is needed" },
    detail: {
      ru: () => "Без способа оплаты можно начать только бесплатный период.",
      en: () => "Without a way to pay only a free period can begin.",
    },
    remedy: { ru: "Передайте paymentToken.", en: "Send a paymentToken." },
    details: NO_DETAILS,
    example: {},
  }),
  "card-number": problemKind({
    status: 422,
    title: { ru: "Номера карт не принимаются", en: "Card numbers are not taken" },
    detail: {
      ru: () => "Это похоже на номер карты. Он не сохранён.",
      en: () => "This looks like a card number. It was not stored.",
    },
    remedy: {
      ru: "Передайте токен платёжного провайдера.",
      en: "Send the token that the payment provider gave for the card.",
    },
    details: Type.Object({ pointer: Type.String() }),
    example: { pointer: "/paymentToken" },
  }),
  "no-trial": problemKind({
    status: 422,
    title: { ru: "Пробного периода нет", en: "No trial" },
    detail: { ru: () => "У этой подписки нет пробного периода.", en: () => "This plan has no trial." },
    remedy: { ru: "Оформите её без trial.", en: "Subscribe without trial." },
    details: NO_DETAILS,
    example: {},
  }),
  "trial-used": problemKind({
    status: 422,
    title: { ru: "Пробный период уже был", en: "The trial was used" },
    detail: {
      ru: () => "Пробный период даётся один раз, до первой подписки.",
      en: () => "A trial is given once, before the first subscription.",
    },
    remedy: { ru: "Оформите подписку без trial.", en: "Subscribe without trial." },
    details: NO_DETAILS,
    example: {},
  }),
  "unknown-promo": problemKind({
    status: 422,
    title: { ru: "Такого промокода нет", en: "No such promo code" },
    detail: {
      ru: () => "Промокода нет, или сегодня он не действует.",
      en: () => "There is no such code, or it does not hold today.",
    },
    remedy: { ru: "Проверьте код и дни его действия.", en: "Check the code and its days." },
    details: NO_DETAILS,
    example: {},
  }),
  "promo-used": problemKind({
    status: 422,
    title: { ru: "Промокод уже использован", en: "The promo code was used" },
    detail: {
      ru: () => "Промокод подписки даётся участнику один раз.",
      en: () => "A subscription's code is given once to a member.",
    },
    remedy: { ru: "Оформите подписку без него.", en: "Subscribe without it." },
    details: NO_DETAILS,
    example: {},
  }),
  "promo-exhausted": problemKind({
    status: 422,
    title: { ru: "Промокод закончился", en: "The promo code is used up" },
    detail: { ru: () => "Промокодом уже воспользовались все, кто мог.", en: () => "All of its places are taken." },
    remedy: { ru: "Оформите подписку без него.", en: "Subscribe without it." },
    details: NO_DETAILS,
    example: {},
  }),
  "subscription-state": problemKind({
    status: 409,
    title: { ru: "В этом состоянии так нельзя", en: "Not in this state" },
    detail: {
      ru: ({ state, action }) => `Подписка в состоянии ${state}; действие ${action} невозможно.`,
      en: ({ state, action }) => `The subscription is ${state}; ${action} is not possible.`,
    },
    remedy: { ru: "Прочитайте подписку: её состояние могло измениться.", en: "Read it: its state may have changed." },
    details: Type.Object({ state: Type.String(), action: Type.String() }),
    example: { state: "ended", action: "resume" },
  }),
};
