import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

export const PROGRAMME_PROBLEMS = {
  "unknown-programme-version": problemKind({
    status: 404,
    title: { ru: "Такой версии программы нет", en: "No such version of the programme" },
    detail: {
      ru: () => "Версии программы с таким номером нет.",
      en: () => "The programme has no version of that number.",
    },
    remedy: {
      ru: "Версии перечислены в GET /v1/programme/versions.",
      en: "GET /v1/programme/versions lists the versions.",
    },
    details: Type.Object({}),
    example: {},
  }),
};
