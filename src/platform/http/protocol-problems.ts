import { Type } from "typebox";
import { type FailureOf, problemKind } from "./problem.ts";

const NO_DETAILS = Type.Object({});
const RETRY_AFTER = Type.Object({ retryAfterSeconds: Type.Integer({ description: "As the header Retry-After." }) });

/** What can be wrong with any request, whatever it asks for. */
export const PROTOCOL_PROBLEMS = {
  "invalid-request": problemKind({
    status: 400,
    title: { ru: "Запрос составлен неверно", en: "The request is not valid" },
    detail: {
      ru: () => "Поля запроса не подходят; все ошибки перечислены в errors.",
      en: () => "Fields of the request don't fit; errors lists all of them.",
    },
    remedy: {
      ru: "Исправьте поля, на которые указывают errors[].pointer (JSON Pointer, RFC 6901), и повторите запрос. Ничего не записано.",
      en: "Correct the fields that errors[].pointer names (JSON Pointer, RFC 6901) and send it again. Nothing was written.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "malformed-json": problemKind({
    status: 400,
    title: { ru: "Тело запроса — не JSON", en: "The body is not JSON" },
    detail: {
      ru: ({ line, column, reason }) => `JSON не читается: строка ${line}, столбец ${column} (${reason}).`,
      en: ({ line, column, reason }) => `The JSON can't be read: line ${line}, column ${column} (${reason}).`,
    },
    remedy: {
      ru: "Отправьте JSON (RFC 8259) в UTF-8. position — смещение в знаках от начала тела.",
      en: "Send JSON (RFC 8259) in UTF-8. position counts characters from the start of the body.",
    },
    details: Type.Object({
      position: Type.Integer(),
      line: Type.Integer(),
      column: Type.Integer(),
      reason: Type.String(),
    }),
    example: { position: 17, line: 1, column: 18, reason: "unexpected token" },
  }),
  "bad-request": problemKind({
    status: 400,
    title: { ru: "Запрос не читается", en: "The request can't be read" },
    detail: {
      ru: () => "Запрос нарушает правила HTTP.",
      en: () => "The request breaks the rules of HTTP.",
    },
    remedy: {
      ru: "Проверьте строку запроса, заголовки и Content-Length.",
      en: "Check the request line, the headers and Content-Length.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "not-found": problemKind({
    status: 404,
    title: { ru: "Такого адреса нет", en: "No such address" },
    detail: {
      ru: () => "По этому адресу ничего нет.",
      en: () => "There is nothing at this address.",
    },
    remedy: { ru: "Список адресов — на странице /docs.", en: "The page /docs lists all addresses." },
    details: NO_DETAILS,
    example: {},
  }),
  "method-not-allowed": problemKind({
    status: 405,
    title: { ru: "Метод не подходит", en: "Method not allowed" },
    detail: {
      ru: ({ allowed }) => `Здесь принимают: ${allowed.join(", ")}.`,
      en: ({ allowed }) => `Accepted here: ${allowed.join(", ")}.`,
    },
    remedy: { ru: "Подходящие методы — в заголовке Allow.", en: "The header Allow names the methods that fit." },
    details: Type.Object({ allowed: Type.Array(Type.String()) }),
    example: { allowed: ["POST"] },
  }),
  "request-timeout": problemKind({
    status: 408,
    title: { ru: "Запрос не пришёл целиком", en: "The request did not arrive in time" },
    detail: {
      ru: () => "Запрос не пришёл целиком за отведённое время.",
      en: () => "The request was not complete in the time given.",
    },
    remedy: { ru: "Повторите запрос.", en: "Send it again." },
    details: NO_DETAILS,
    example: {},
  }),
  "body-too-large": problemKind({
    status: 413,
    title: { ru: "Тело запроса слишком велико", en: "The body is too large" },
    detail: {
      ru: ({ limitBytes }) => `Принимаем не больше ${limitBytes} байт.`,
      en: ({ limitBytes }) => `At most ${limitBytes} bytes are accepted.`,
    },
    remedy: {
      ru: "Разделите запрос на части; много чеков сразу принимает POST /v1/receipts/batch.",
      en: "Split the request; POST /v1/receipts/batch takes many receipts at once.",
    },
    details: Type.Object({ limitBytes: Type.Integer() }),
    example: { limitBytes: 1_048_576 },
  }),
  "too-many-lines": problemKind({
    status: 413,
    title: { ru: "Слишком много строк", en: "Too many lines" },
    detail: {
      ru: ({ limitLines }) => `Принимаем не больше ${limitLines} строк за раз; остальные не прочитаны.`,
      en: ({ limitLines }) => `At most ${limitLines} lines are taken at once; the others were not read.`,
    },
    remedy: {
      ru: "Отправьте остальные строки следующим запросом.",
      en: "Send the other lines in another request.",
    },
    details: Type.Object({ limitLines: Type.Integer() }),
    example: { limitLines: 10_000 },
  }),
  "unsupported-media-type": problemKind({
    status: 415,
    title: { ru: "Такой тип тела не принимается", en: "Unsupported media type" },
    detail: {
      ru: ({ accepted }) => `Здесь принимают: ${accepted.join(", ")}.`,
      en: ({ accepted }) => `Accepted here: ${accepted.join(", ")}.`,
    },
    remedy: {
      ru: "Укажите Content-Type и Content-Encoding из списка accepted.",
      en: "Send a Content-Type and Content-Encoding of the list accepted.",
    },
    details: Type.Object({ accepted: Type.Array(Type.String()) }),
    example: { accepted: ["application/json"] },
  }),
  "too-many-requests": problemKind({
    status: 429,
    title: { ru: "Слишком много запросов", en: "Too many requests" },
    detail: {
      ru: ({ retryAfterSeconds }) => `Ключ исчерпал свою норму. Повторите через ${retryAfterSeconds} с.`,
      en: ({ retryAfterSeconds }) => `The key has used up its quota. Send it again in ${retryAfterSeconds} s.`,
    },
    remedy: {
      ru: "Подождите, сколько сказано в Retry-After. Норма и остаток — в заголовках RateLimit-Policy и RateLimit.",
      en: "Wait as long as Retry-After says. RateLimit-Policy and RateLimit tell the quota and what is left.",
    },
    details: RETRY_AFTER,
    example: { retryAfterSeconds: 1 },
  }),
  "headers-too-large": problemKind({
    status: 431,
    title: { ru: "Заголовки слишком велики", en: "The headers are too large" },
    detail: {
      ru: () => "Заголовки запроса вместе больше 16 КиБ.",
      en: () => "The headers of the request are larger than 16 KiB.",
    },
    remedy: { ru: "Уберите лишние заголовки.", en: "Leave out what is not needed." },
    details: NO_DETAILS,
    example: {},
  }),
  "internal-error": problemKind({
    status: 500,
    title: { ru: "Ошибка на нашей стороне", en: "An error on our side" },
    detail: {
      ru: () => "Что-то сломалось у нас. Номер запроса в instance поможет найти причину.",
      en: () => "Something broke on our side. The request id in instance leads to the cause.",
    },
    remedy: {
      ru: "Повторите запрос с тем же ключом: дважды он не исполнится. Если не помогает, сообщите номер запроса.",
      en: "Send it again with the same key: it will not be done twice. If that does not help, report the request id.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  unavailable: problemKind({
    status: 503,
    title: { ru: "Служба временно недоступна", en: "Temporarily unavailable" },
    detail: {
      ru: ({ retryAfterSeconds }) => `База данных не отвечает. Повторите через ${retryAfterSeconds} с.`,
      en: ({ retryAfterSeconds }) => `The database does not answer. Send it again in ${retryAfterSeconds} s.`,
    },
    remedy: {
      ru: "Повторите запрос с тем же ключом после Retry-After: дважды он не исполнится.",
      en: "Send it again with the same key after Retry-After: it will not be done twice.",
    },
    details: RETRY_AFTER,
    example: { retryAfterSeconds: 1 },
  }),
};

export type ProtocolFailure = FailureOf<typeof PROTOCOL_PROBLEMS>;
