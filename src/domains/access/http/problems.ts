import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";

const NO_DETAILS = Type.Object({});
const ROLE = Type.Object({ role: Type.String() });

export const ACCESS_PROBLEMS = {
  unauthenticated: problemKind({
    status: 401,
    title: { ru: "Нужен ключ", en: "A key is needed" },
    detail: {
      ru: () => "Ключ не указан, неизвестен, просрочен или отозван.",
      en: () => "There is no key, or it is unknown, expired or revoked.",
    },
    remedy: {
      ru: "Передайте заголовок Authorization: Bearer <ключ>. Ключи выдаёт администратор.",
      en: "Send the header Authorization: Bearer <key>. An administrator gives out keys.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "forbidden-operation": problemKind({
    status: 403,
    title: { ru: "Роль этого не может", en: "Not open to this role" },
    detail: {
      ru: ({ role }) => `Ключам с ролью ${role} это не разрешено.`,
      en: ({ role }) => `Keys of the role ${role} may not do this.`,
    },
    remedy: {
      ru: "Роли каждой операции перечислены в x-roles на странице /docs.",
      en: "x-roles on the page /docs lists the roles of every operation.",
    },
    details: ROLE,
    example: { role: "analyst" },
  }),
  "forbidden-partner": problemKind({
    status: 403,
    title: { ru: "Ключ другого партнёра", en: "The key of another partner" },
    detail: {
      ru: ({ partner }) => `Этот ключ не действует от имени партнёра «${partner}».`,
      en: ({ partner }) => `This key may not act for the partner "${partner}".`,
    },
    remedy: { ru: "Используйте ключ этого партнёра.", en: "Use a key of that partner." },
    details: Type.Object({ partner: Type.String() }),
    example: { partner: "samobranka" },
  }),
  "unknown-key": problemKind({
    status: 404,
    title: { ru: "Такого ключа нет", en: "No such key" },
    detail: { ru: () => "Ключа с таким номером нет.", en: () => "There is no key of that id." },
    remedy: { ru: "Ключи перечислены в GET /v1/keys.", en: "GET /v1/keys lists the keys." },
    details: NO_DETAILS,
    example: {},
  }),
  "key-needs-partner": problemKind({
    status: 422,
    title: { ru: "Ключу нужен партнёр", en: "The key needs a partner" },
    detail: {
      ru: ({ role }) => `Ключ с ролью ${role} действует от имени одного партнёра.`,
      en: ({ role }) => `A key of the role ${role} acts for one partner.`,
    },
    remedy: { ru: "Укажите partner.", en: "Name a partner." },
    details: ROLE,
    example: { role: "till" },
  }),
  "key-without-partner": problemKind({
    status: 422,
    title: { ru: "У этой роли нет партнёра", en: "This role has no partner" },
    detail: {
      ru: ({ role }) => `Роль ${role} — для людей оператора, у неё нет партнёра.`,
      en: ({ role }) => `The role ${role} is for the operator's own people and has no partner.`,
    },
    remedy: { ru: "Уберите partner.", en: "Leave out partner." },
    details: ROLE,
    example: { role: "analyst" },
  }),
  "key-expired": problemKind({
    status: 422,
    title: { ru: "Срок ключа уже вышел", en: "The key would have expired already" },
    detail: { ru: () => "expiresAt уже прошло.", en: () => "expiresAt has passed." },
    remedy: { ru: "Укажите expiresAt в будущем.", en: "Give an expiresAt in the future." },
    details: NO_DETAILS,
    example: {},
  }),
};
