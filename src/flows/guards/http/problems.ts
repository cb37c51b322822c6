import { Type } from "typebox";
import { BLOCK_KINDS } from "#domains/guards/index.ts";
import { problemKind } from "#platform/http/problem.ts";

const NO_DETAILS = Type.Object({});

/** What stops a request of a till or an app. Why somebody is blocked, or something stopped, stays with the operator. */
const REFUSALS = {
  "velocity-exceeded": problemKind({
    status: 422,
    title: { ru: "Превышен лимит", en: "A limit was exceeded" },
    detail: {
      ru: ({ name }) => `Операция отклонена: ${name}.`,
      en: ({ name }) => `The operation was refused: ${name}.`,
    },
    remedy: {
      ru: "Оформите чек без участника или повторите позже. Случай виден оператору.",
      en: "Send the receipt without a member, or try later. The operator sees the case.",
    },
    details: Type.Object({
      rule: Type.String({ description: "The velocity rule, by its id in the programme." }),
      name: Type.String({
        description: "Its name in the caller's language: too many receipts with one card in an hour.",
      }),
    }),
    // One example for both languages.
    example: { rule: "card-often", name: "card-often" },
  }),
  blocked: problemKind({
    status: 422,
    title: { ru: "Заблокировано", en: "Blocked" },
    detail: {
      ru: ({ what }) => `Операция отклонена: ${BLOCKED.ru[what]}.`,
      en: ({ what }) => `The operation was refused: ${BLOCKED.en[what]}.`,
    },
    remedy: {
      ru: "Оформите чек без участника. Причину сообщает оператор программы.",
      en: "Send the receipt without a member. The programme's operator tells why.",
    },
    details: Type.Object({ what: Type.Enum(BLOCK_KINDS, { description: "What of the request is blocked." }) }),
    example: { what: "identifier" as const },
  }),
  "spending-stopped": problemKind({
    status: 422,
    title: { ru: "Списание приостановлено", en: "Spending is stopped" },
    detail: {
      ru: ({ by }) =>
        by === "partner" ? "Списание баллов у партнёра приостановлено." : "Списание баллов приостановлено.",
      en: ({ by }) => (by === "partner" ? "Spending points at the partner is stopped." : "Spending points is stopped."),
    },
    remedy: {
      ru: "Отправьте чек без spend. Списания по ранее поставленной брони исполняются.",
      en: "Send the receipt without spend. Holds that were placed before are captured as ever.",
    },
    details: Type.Object({ by: Type.Enum(["programme", "partner"]) }),
    example: { by: "partner" as const },
  }),
  "earning-stopped": problemKind({
    status: 422,
    title: { ru: "Начисление приостановлено", en: "Earning is stopped" },
    detail: {
      ru: () => "Начисление баллов приостановлено.",
      en: () => "Giving points is stopped.",
    },
    remedy: {
      ru: "Повторите, когда начисление возобновят. Чеки принимаются и сейчас, без баллов.",
      en: "Try again once it is resumed. Receipts are accepted meanwhile, without points.",
    },
    details: NO_DETAILS,
    example: {},
  }),
};

const BLOCKED = {
  ru: {
    member: "участник заблокирован",
    identifier: "карта или телефон заблокированы",
    "payment-card": "платёжная карта заблокирована",
    device: "устройство заблокировано",
    cashier: "кассир заблокирован",
    store: "магазин заблокирован",
    partner: "партнёр заблокирован",
  },
  en: {
    member: "the member is blocked",
    identifier: "the card or phone is blocked",
    "payment-card": "the payment card is blocked",
    device: "the device is blocked",
    cashier: "the cashier is blocked",
    store: "the store is blocked",
    partner: "the partner is blocked",
  },
} as const;

const MANAGING = {
  "unknown-stop": problemKind({
    status: 404,
    title: { ru: "Такой остановки нет", en: "No such stop" },
    detail: { ru: () => "Остановки с таким номером нет.", en: () => "There is no stop of that id." },
    remedy: { ru: "Остановки перечислены в GET /v1/stops.", en: "GET /v1/stops lists them." },
    details: NO_DETAILS,
    example: {},
  }),
  "unknown-block": problemKind({
    status: 404,
    title: { ru: "Такой блокировки нет", en: "No such block" },
    detail: { ru: () => "Блокировки с таким номером нет.", en: () => "There is no block of that id." },
    remedy: { ru: "Блокировки перечислены в GET /v1/blocks.", en: "GET /v1/blocks lists them." },
    details: NO_DETAILS,
    example: {},
  }),
  "unknown-alert": problemKind({
    status: 404,
    title: { ru: "Такого случая нет", en: "No such alert" },
    detail: { ru: () => "Случая с таким номером нет.", en: () => "There is no alert of that id." },
    remedy: { ru: "Случаи перечислены в GET /v1/alerts.", en: "GET /v1/alerts lists them." },
    details: NO_DETAILS,
    example: {},
  }),
  "alert-not-open": problemKind({
    status: 409,
    title: { ru: "Решать нечего", en: "Nothing to decide" },
    detail: {
      ru: ({ state }) => `По этому случаю решения не ждут: ${state}.`,
      en: ({ state }) => `This alert waits for no decision: ${state}.`,
    },
    remedy: {
      ru: "Решают случаи в состоянии open; повтор того же решения отвечает так же, как первый.",
      en: "Alerts in state open are decided; the same decision again is answered as the first was.",
    },
    details: Type.Object({ state: Type.String() }),
    example: { state: "taken-back" },
  }),
  "stop-subject": problemKind({
    status: 422,
    title: { ru: "Останавливать нечего", en: "Nothing to stop" },
    detail: {
      ru: ({ value }) => `«${value}» в программе нет.`,
      en: ({ value }) => `The programme has no "${value}".`,
    },
    remedy: {
      ru: "Назовите партнёра из GET /v1/programme или задание из GET /v1/missions.",
      en: "Name a partner of GET /v1/programme or a mission of GET /v1/missions.",
    },
    details: Type.Object({ pointer: Type.String(), value: Type.String() }),
    example: { pointer: "/id", value: "nobody" },
  }),
};

/** What the guards refuse, and what managing them is refused for. */
export const GUARD_PROBLEMS = { ...REFUSALS, ...MANAGING };
