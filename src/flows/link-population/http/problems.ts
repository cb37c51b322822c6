import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

const none = { details: Type.Object({}), example: {} };

export const LINKAGE_PROBLEMS = {
  "linkage-running": problemKind({
    ...none,
    status: 409,
    title: { ru: "Связывание уже идёт", en: "A linkage is under way" },
    detail: {
      ru: () => "Профили связывает другой процесс; одновременно идёт только одно связывание.",
      en: () => "Another process is linking the profiles; one runs at a time.",
    },
    remedy: {
      ru: "Дождитесь конца или отмените его: GET /v1/linkage-runs.",
      en: "Wait for its end or cancel it: GET /v1/linkage-runs.",
    },
  }),
  "linkage-cancelled": problemKind({
    ...none,
    status: 409,
    title: { ru: "Связывание отменено", en: "The linkage was cancelled" },
    detail: {
      ru: () => "Связывание отменили; что решено до этого, осталось.",
      en: () => "The linkage was cancelled; what it had decided before stays.",
    },
    remedy: { ru: "Запустите его снова.", en: "Start it again." },
  }),
  "unknown-linkage": problemKind({
    ...none,
    status: 404,
    title: { ru: "Такого связывания нет", en: "No such linkage" },
    detail: { ru: () => "Связывания с таким номером не было.", en: () => "There was no linkage of this id." },
    remedy: { ru: "Проверьте номер.", en: "Check the id." },
  }),
  "linkage-ended": problemKind({
    ...none,
    status: 409,
    title: { ru: "Связывание уже закончилось", en: "The linkage has ended" },
    detail: { ru: () => "Отменять нечего.", en: () => "There is nothing to cancel." },
    remedy: {
      ru: "Объединённых участников разъединяют по одному.",
      en: "Members that were merged are taken apart one by one.",
    },
  }),
};
