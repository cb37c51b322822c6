import { Type } from "typebox";
import { problemKind } from "#platform/http/problem.ts";
import { points, roubles } from "./amounts.ts";

const NO_DETAILS = Type.Object({});
const POINTER = Type.String({ description: "JSON pointer of the field; stands in errors." });
const AT_VALUE = Type.Object({ pointer: POINTER, value: Type.String() });
const SPENDABLE = Type.Object({
  pointer: POINTER,
  spendableCents: Type.Integer({ description: "The most that could be spent on this receipt, hundredths of a point." }),
  limit: Type.String({ description: "What sets the limit." }),
});
const SPENDABLE_EXAMPLE = { pointer: "/spend", spendableCents: 30_000, limit: "everywhere" };

const RECEIPTS = {
  "no-programme": problemKind({
    status: 503,
    title: { ru: "Программа ещё не задана", en: "There is no programme yet" },
    detail: {
      ru: () => "Ни одна версия программы ещё не применена.",
      en: () => "No version of the programme has been applied yet.",
    },
    remedy: {
      ru: "Оператор применяет программу командой dolka apply.",
      en: "The operator applies a programme with dolka apply.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "unknown-receipt": problemKind({
    status: 404,
    title: { ru: "Такого чека нет", en: "No such receipt" },
    detail: {
      ru: () => "Чека с таким номером нет, или он принадлежит другому партнёру.",
      en: () => "There is no receipt of that id, or it is another partner's.",
    },
    remedy: {
      ru: "Возьмите receiptId из ответа на POST /v1/receipts. Чеки без участника не возвращают.",
      en: "Use the receiptId of the answer to POST /v1/receipts. Receipts without a member have nothing to return.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "unknown-partner": problemKind({
    status: 422,
    title: { ru: "Такого партнёра нет", en: "Unknown partner" },
    detail: {
      ru: ({ value }) => `Партнёра «${value}» нет в программе.`,
      en: ({ value }) => `The programme has no partner "${value}".`,
    },
    remedy: { ru: "Партнёры перечислены в GET /v1/programme.", en: "GET /v1/programme lists the partners." },
    details: AT_VALUE,
    example: { pointer: "/partner", value: "nobody" },
  }),
  "unknown-store": problemKind({
    status: 422,
    title: { ru: "Такого магазина нет", en: "Unknown store" },
    detail: {
      ru: ({ value }) => `Магазина «${value}» нет у этого партнёра.`,
      en: ({ value }) => `The partner has no store "${value}".`,
    },
    remedy: { ru: "Магазины перечислены в GET /v1/programme.", en: "GET /v1/programme lists the stores." },
    details: AT_VALUE,
    example: { pointer: "/store", value: "kalitka-999" },
  }),
  "unknown-category": problemKind({
    status: 422,
    title: { ru: "Такой категории нет", en: "Unknown category" },
    detail: {
      ru: ({ value }) => `Категории «${value}» нет в программе.`,
      en: ({ value }) => `The programme has no category "${value}".`,
    },
    remedy: { ru: "Категории перечислены в GET /v1/programme.", en: "GET /v1/programme lists the categories." },
    details: AT_VALUE,
    example: { pointer: "/lines/0/category", value: "unicorns" },
  }),
  "tenders-differ": problemKind({
    status: 422,
    title: { ru: "Оплата не сходится с чеком", en: "Tenders differ from the total" },
    detail: {
      ru: ({ totalKopecks, tendersKopecks }) =>
        `Сумма оплат ${roubles(tendersKopecks, "ru")}, а чек на ${roubles(totalKopecks, "ru")}.`,
      en: ({ totalKopecks, tendersKopecks }) =>
        `The tenders sum to ${roubles(tendersKopecks, "en")}, the receipt to ${roubles(totalKopecks, "en")}.`,
    },
    remedy: {
      ru: "Сумма tenders равна строкам и доставке вместе, оплата баллами в том числе; либо не передавайте tenders.",
      en: "Tenders, points among them, sum to the lines and the delivery fee; or leave tenders out.",
    },
    details: Type.Object({ pointer: POINTER, totalKopecks: Type.Integer(), tendersKopecks: Type.Integer() }),
    example: { pointer: "/tenders", totalKopecks: 42_980, tendersKopecks: 42_900 },
  }),
  "points-tender-differs": problemKind({
    status: 422,
    title: { ru: "Оплата баллами не сходится", en: "The points tender differs from the spend" },
    detail: {
      ru: ({ spendCents, tenderCents }) =>
        `Списать просят ${points(spendCents, "ru")}, а оплат баллами на ${points(tenderCents, "ru")}.`,
      en: ({ spendCents, tenderCents }) =>
        `The spend is ${points(spendCents, "en")}, the points tenders sum to ${points(tenderCents, "en")}.`,
    },
    remedy: {
      ru: "Если переданы tenders, среди них есть points ровно на spend.",
      en: "When tenders are given, those of kind points sum to spend.",
    },
    details: Type.Object({ pointer: POINTER, spendCents: Type.Integer(), tenderCents: Type.Integer() }),
    example: { pointer: "/spend", spendCents: 10_000, tenderCents: 0 },
  }),
  "receipt-too-late": problemKind({
    status: 422,
    title: { ru: "Чек слишком старый", en: "The receipt is too old" },
    detail: {
      ru: ({ days }) => `Чеки принимаются в течение ${days} дн. после покупки.`,
      en: ({ days }) => `Receipts are accepted for ${days} days after the purchase.`,
    },
    remedy: {
      ru: "Проверьте часы кассы. Более старые чеки разбирает оператор.",
      en: "Check the till's clock. The operator looks into older receipts.",
    },
    details: Type.Object({ days: Type.Integer() }),
    example: { days: 30 },
  }),
  "receipt-in-future": problemKind({
    status: 422,
    title: { ru: "Чек из будущего", en: "The receipt is from the future" },
    detail: {
      ru: () => "Время чека ещё не наступило.",
      en: () => "The time of the receipt has not come yet.",
    },
    remedy: { ru: "Проверьте часы и часовой пояс кассы.", en: "Check the till's clock and time zone." },
    details: NO_DETAILS,
    example: {},
  }),
  "idempotency-conflict": problemKind({
    status: 409,
    title: { ru: "Под этим ключом было другое", en: "Another request under the same key" },
    detail: {
      ru: () => "С этим ключом уже исполнен запрос с другим содержанием.",
      en: () => "A request with another content was already done under this key.",
    },
    remedy: {
      ru: "Ключ чека — партнёр, магазин, касса, номер и день; ключ остальных запросов — Idempotency-Key. Повтор должен совпадать с первым запросом.",
      en: "A receipt's key is partner, store, till, number and day; that of other requests is Idempotency-Key. A repeat must equal the first request.",
    },
    details: Type.Object({ receiptId: Type.Optional(Type.String()) }),
    example: { receiptId: "rcp_0123456789abcdefghjkmnpqrs" },
  }),
  "budget-exhausted": problemKind({
    status: 422,
    title: { ru: "Бюджет исчерпан", en: "The budget is exhausted" },
    detail: {
      ru: () => "В бюджете не осталось баллов на это начисление.",
      en: () => "The budget has too little left for this award.",
    },
    remedy: {
      ru: "Бюджет увеличивает тот, кто его задал; чеки принимаются и без начисления.",
      en: "Whoever set the budget can raise it; receipts are accepted without the award.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "funder-exhausted": problemKind({
    status: 422,
    title: { ru: "Предоплата или гарантия партнёра исчерпана", en: "The funder's deposit or guarantee is used up" },
    detail: {
      ru: ({ funder, leftCents }) => `У партнёра «${funder}» осталось ${points(leftCents, "ru")}.`,
      en: ({ funder, leftCents }) => `${funder} has ${points(leftCents, "en")} left.`,
    },
    remedy: {
      ru: "Партнёру пополнить предоплату или увеличить гарантию; возврат можно сделать деньгами.",
      en: "The partner tops up its deposit or raises its guarantee; a return can be refunded in money.",
    },
    details: Type.Object({ funder: Type.String(), leftCents: Type.Integer() }),
    example: { funder: "beta", leftCents: 1_000 },
  }),
  overloaded: problemKind({
    status: 429,
    title: { ru: "Касс сейчас слишком много", en: "Too much at once" },
    detail: {
      ru: ({ retryAfterSeconds }) => `Очередь полна. Повторите через ${retryAfterSeconds} с.`,
      en: ({ retryAfterSeconds }) => `The queue is full. Send it again in ${retryAfterSeconds} s.`,
    },
    remedy: {
      ru: "Повторите тот же запрос после Retry-After: ничего не записано.",
      en: "Send the same request again after Retry-After: nothing was written.",
    },
    details: Type.Object({ retryAfterSeconds: Type.Integer({ description: "As the header Retry-After." }) }),
    example: { retryAfterSeconds: 1 },
  }),
};

const SPENDING = {
  "insufficient-points": problemKind({
    status: 422,
    title: { ru: "Баллов не хватает", en: "Not enough points" },
    detail: {
      ru: ({ activeCents }) => `Доступно ${points(activeCents, "ru")}.`,
      en: ({ activeCents }) => `${points(activeCents, "en")} are available.`,
    },
    remedy: {
      ru: "Спишите не больше доступного: его показывает POST /v1/quotes.",
      en: "Spend no more than is available: POST /v1/quotes tells it.",
    },
    details: Type.Object({ activeCents: Type.Integer() }),
    example: { activeCents: 12_34 },
  }),
  "spend-not-allowed": problemKind({
    status: 422,
    title: { ru: "Здесь баллы не принимают", en: "Points can't be spent here" },
    detail: {
      ru: ({ limit }) => `На этот чек баллы списать нельзя (${limit}).`,
      en: ({ limit }) => `Points can't be spent on this receipt (${limit}).`,
    },
    remedy: { ru: "Отправьте чек без spend.", en: "Send the receipt without spend." },
    details: SPENDABLE,
    example: { ...SPENDABLE_EXAMPLE, spendableCents: 0 },
  }),
  "spend-over-limit": problemKind({
    status: 422,
    title: { ru: "Столько баллов списать нельзя", en: "More points than may be spent" },
    detail: {
      ru: ({ spendableCents, limit }) => `На этот чек можно списать до ${points(spendableCents, "ru")} (${limit}).`,
      en: ({ spendableCents, limit }) =>
        `Up to ${points(spendableCents, "en")} may be spent on this receipt (${limit}).`,
    },
    remedy: { ru: "Спишите не больше spendableCents.", en: "Spend no more than spendableCents." },
    details: SPENDABLE,
    example: SPENDABLE_EXAMPLE,
  }),
  "spend-needs-hold": problemKind({
    status: 422,
    title: { ru: "Для списания нужна бронь", en: "The spend needs a hold" },
    detail: {
      ru: () => "Чек, пришедший с опозданием, списывает баллы только по брони.",
      en: () => "A receipt that arrives late spends points only by a hold.",
    },
    remedy: {
      ru: "Поставьте бронь (POST /v1/holds), пока касса на связи, и укажите её в hold; либо отправьте чек без spend.",
      en: "Place a hold (POST /v1/holds) while the till is online and name it in hold; or send the receipt without spend.",
    },
    details: NO_DETAILS,
    example: {},
  }),
  "spend-without-member": problemKind({
    status: 422,
    title: { ru: "Списание без участника", en: "A spend without a member" },
    detail: {
      ru: () => "Чтобы списать баллы, нужен участник.",
      en: () => "Points are spent by a member, and the receipt has none.",
    },
    remedy: { ru: "Укажите member или уберите spend и hold.", en: "Name a member, or leave out spend and hold." },
    details: NO_DETAILS,
    example: {},
  }),
};

const HOLDS = {
  "unknown-hold": problemKind({
    status: 404,
    title: { ru: "Такой брони нет", en: "No such hold" },
    detail: {
      ru: () => "Брони с таким номером нет, или она принадлежит другому партнёру.",
      en: () => "There is no hold of that id, or it is another partner's.",
    },
    remedy: { ru: "Возьмите hold из ответа на POST /v1/holds.", en: "Use the hold of the answer to POST /v1/holds." },
    details: NO_DETAILS,
    example: {},
  }),
  "hold-not-open": problemKind({
    status: 409,
    title: { ru: "Бронь уже закрыта", en: "The hold has ended" },
    detail: {
      ru: ({ state }) => `Бронь уже закрыта: ${state}.`,
      en: ({ state }) => `The hold has ended already: ${state}.`,
    },
    remedy: { ru: "Поставьте новую бронь.", en: "Place a new hold." },
    details: Type.Object({ state: Type.String() }),
    example: { state: "captured" },
  }),
  "hold-expired": problemKind({
    status: 422,
    title: { ru: "Срок брони вышел", en: "The hold has timed out" },
    detail: {
      ru: () => "Срок брони вышел, баллы вернулись участнику.",
      en: () => "The hold has timed out, and its points are the member's again.",
    },
    remedy: { ru: "Поставьте новую бронь.", en: "Place a new hold." },
    details: NO_DETAILS,
    example: {},
  }),
  "hold-too-long": problemKind({
    status: 422,
    title: { ru: "Бронь на слишком долгий срок", en: "The hold would last too long" },
    detail: {
      ru: ({ longestSeconds }) => `Бронь держится не дольше ${longestSeconds} с.`,
      en: ({ longestSeconds }) => `A hold lasts for ${longestSeconds} s at most.`,
    },
    remedy: { ru: "Уменьшите ttlSeconds.", en: "Ask for fewer ttlSeconds." },
    details: Type.Object({ longestSeconds: Type.Integer() }),
    example: { longestSeconds: 604_800 },
  }),
  "capture-exceeds-hold": problemKind({
    status: 422,
    title: { ru: "Списание больше брони", en: "The capture exceeds the hold" },
    detail: {
      ru: ({ heldCents }) => `Забронировано ${points(heldCents, "ru")}.`,
      en: ({ heldCents }) => `${points(heldCents, "en")} are held.`,
    },
    remedy: { ru: "Спишите не больше heldCents.", en: "Capture no more than heldCents." },
    details: Type.Object({ heldCents: Type.Integer() }),
    example: { heldCents: 50_000 },
  }),
};

const RETURNS_AND_AWARDS = {
  "return-exceeds-purchase": problemKind({
    status: 422,
    title: { ru: "Возврат больше покупки", en: "The return exceeds the purchase" },
    detail: {
      ru: ({ leftKopecks }) => `Вернуть можно ещё ${roubles(leftKopecks, "ru")}.`,
      en: ({ leftKopecks }) => `${roubles(leftKopecks, "en")} are left to return.`,
    },
    remedy: {
      ru: "GET /v1/receipts/{receiptId} показывает, что уже возвращено.",
      en: "GET /v1/receipts/{receiptId} shows what has been returned.",
    },
    details: Type.Object({ pointer: POINTER, leftKopecks: Type.Integer() }),
    example: { pointer: "/lines/0/amount", leftKopecks: 12_990 },
  }),
  "return-before-purchase": problemKind({
    status: 422,
    title: { ru: "Возврат раньше покупки", en: "The return is before the purchase" },
    detail: {
      ru: () => "Время возврата раньше времени покупки.",
      en: () => "The time of the return is before that of the purchase.",
    },
    remedy: { ru: "Проверьте часы кассы.", en: "Check the till's clock." },
    details: NO_DETAILS,
    example: {},
  }),
  "unknown-line": problemKind({
    status: 422,
    title: { ru: "Такой строки в чеке нет", en: "The receipt has no such line" },
    detail: {
      ru: ({ lines }) => `В чеке строк: ${lines}, счёт с нуля.`,
      en: ({ lines }) => `The receipt has ${lines} lines, counted from 0.`,
    },
    remedy: {
      ru: "Строки считаются с нуля, как в чеке.",
      en: "Lines are counted from 0, as they stood in the receipt.",
    },
    details: Type.Object({ pointer: POINTER, lines: Type.Integer() }),
    example: { pointer: "/lines/0/line", lines: 3 },
  }),
  "expiry-in-past": problemKind({
    status: 422,
    title: { ru: "Срок баллов уже прошёл", en: "The points would have expired already" },
    detail: {
      ru: () => "Баллы сгорели бы в момент начисления.",
      en: () => "The points would expire as they are given.",
    },
    remedy: { ru: "Укажите expiresAt в будущем.", en: "Give an expiresAt in the future." },
    details: Type.Object({ pointer: POINTER }),
    example: { pointer: "/expiresAt" },
  }),
};

/** Why checkout refuses. Together with the ledger's and access's problems they cover `CheckoutFailure`. */
export const CHECKOUT_PROBLEMS = { ...RECEIPTS, ...SPENDING, ...HOLDS, ...RETURNS_AND_AWARDS };
