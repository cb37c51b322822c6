import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

const NO_DETAILS = Type.Object({});

export const CARD_FEED_PROBLEMS = {
  "no-card-feed": problemKind({
    status: 422,
    title: { ru: "Операции по картам этого банка не принимаются", en: "No card feed of this bank" },
    detail: {
      ru: ({ bank }) => `В программе на это время нет cardFeeds/${bank}.`,
      en: ({ bank }) => `The programme of that time has no cardFeeds/${bank}.`,
    },
    remedy: { ru: "Опишите поток в программе.", en: "Describe the feed in the programme." },
    details: Type.Object({ bank: Type.String() }),
    example: { bank: "kubyshka" },
  }),
  "card-transaction-in-future": problemKind({
    status: 422,
    title: { ru: "Операция из будущего", en: "The transaction is from the future" },
    detail: {
      ru: () => "Время операции позже, чем допускает программа.",
      en: () => "The transaction's time is later than the programme allows.",
    },
    remedy: { ru: "Проверьте часы и смещение времени.", en: "Check the clock and the offset of the time." },
    details: NO_DETAILS,
    example: {},
  }),
  "unknown-card-transaction": problemKind({
    status: 404,
    title: { ru: "Такой операции нет", en: "No such card transaction" },
    detail: {
      ru: () => "Операции с таким номером нет, или она другого банка.",
      en: () => "There is no transaction of that id, or it is another bank's.",
    },
    remedy: { ru: "Спрашивайте по номеру, с которым её отправили.", en: "Ask by the id that you sent it with." },
    details: NO_DETAILS,
    example: {},
  }),
};
