import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

export const LEDGER_PROBLEMS = {
  "unknown-member": problemKind({
    status: 404,
    title: { ru: "Такого участника нет", en: "No such member" },
    detail: {
      ru: () => "Участника нет, или у вашего партнёра о нём ничего нет.",
      en: () => "There is no such member, or none that your partner knows.",
    },
    remedy: {
      ru: "Партнёр видит участников, которые показали у него чек. Проверьте номер участника или карту.",
      en: "A partner sees members who have shown a receipt there. Check the member's id or the card.",
    },
    details: Type.Object({}),
    example: {},
  }),
};
