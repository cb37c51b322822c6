import type { AwardBody, HoldBody, ReceiptBody, ReturnBody } from "../answers.ts";
import type { QuoteBody } from "../checkout.ts";
import type { AwardJson, HoldJson, ReceiptJson, ReturnJson } from "./schemas.ts";

/** Requests and answers for the documentation; a test sends each request through the validation. */

const wallet = { activeCents: 125_000, pendingCents: 3_014, heldCents: 0, arrearsCents: 0 };
const member = "mem_0000000019j";

export const RECEIPT_EXAMPLE: ReceiptJson = {
  partner: "kalitka",
  store: "kalitka-1",
  till: "3",
  number: "104233",
  at: "2026-03-04T12:34:56+03:00",
  channel: "store",
  member: { kind: "phone", value: "+7 900 000-00-01" },
  lines: [
    { category: "dairy", amount: 12_990 },
    { category: "bread", amount: 4_990, quantity: 2 },
    { category: "fruit", amount: 25_000 },
  ],
  tenders: [{ kind: "card", amount: 42_980, token: "tok_5f2c81", bank: "kubyshka" }],
};

export const RECEIPT_ANSWER_EXAMPLE: ReceiptBody = {
  receiptId: "rcp_5m2vq8z0c4t7x1nrhw9kd3efag",
  operation: "op_0000000019j00000a",
  member,
  earned: 3_014,
  spent: 0,
  rules: [
    { rule: "base", funder: "kalitka", base: 42_980, percent: 50, points: 214, why: "0,5 % с чека по уровню 1" },
    {
      rule: "favourites",
      funder: "kalitka",
      base: 12_990,
      percent: 500,
      points: 650,
      why: "5 % за любимую категорию «Молочные продукты»",
    },
    {
      rule: "subscription",
      funder: "dolka-operator",
      base: 42_980,
      percent: 500,
      points: 2_150,
      why: "5 % по подписке",
    },
  ],
  wallet,
  programmeVersion: 1,
};

const { receiptId: _receiptId, operation: _operation, ...quoted } = RECEIPT_ANSWER_EXAMPLE;
export const QUOTE_ANSWER_EXAMPLE: QuoteBody = { ...quoted, spendable: 21_490 };

export const STORED_RECEIPT_EXAMPLE = {
  ...RECEIPT_ANSWER_EXAMPLE,
  receipt: {
    partner: "kalitka",
    store: "kalitka-1",
    till: "3",
    number: "104233",
    at: "2026-03-04T09:34:56.000Z",
    channel: "store",
    lines: [
      { category: "dairy", amount: 12_990, earned: 1_365 },
      { category: "bread", amount: 4_990, quantity: 2, earned: 275 },
      { category: "fruit", amount: 25_000, earned: 1_374, returned: 5_000 },
    ],
    tenders: [{ kind: "card", amount: 42_980, bank: "kubyshka" }],
  },
  turnover: 42_980,
};

export const RETURN_EXAMPLE: ReturnJson = {
  store: "kalitka-1",
  till: "3",
  number: "R-17",
  at: "2026-03-05T10:00:00+03:00",
  lines: [{ line: 2, amount: 5_000 }],
  refund: "money",
};

export const RETURN_ANSWER_EXAMPLE: ReturnBody = {
  receiptId: "rcp_5m2vq8z0c4t7x1nrhw9kd3efag",
  operation: "op_0000000019j00000b",
  member,
  takenBack: 274,
  givenBack: 0,
  arrears: 0,
  expired: 0,
  refundKopecks: 5_000,
  refundPoints: 0,
  wallet: { ...wallet, pendingCents: 2_740 },
};

export const HOLD_EXAMPLE: HoldJson = {
  partner: "galyorka",
  member: { id: member },
  pointsCents: 50_000,
  ttlSeconds: 900,
  reference: "order-8812",
};

export const HOLD_ANSWER_EXAMPLE: HoldBody = {
  hold: "hold_0000000019j00000c",
  operation: "op_0000000019j00000c",
  member,
  state: "open",
  held: 50_000,
  expiresAt: "2026-03-05T10:15:00.000Z",
  wallet: { ...wallet, activeCents: 75_000, heldCents: 50_000 },
};

export const CAPTURED_EXAMPLE: HoldBody = {
  ...HOLD_ANSWER_EXAMPLE,
  operation: "op_0000000019j00000d",
  state: "captured",
  captured: 42_000,
  released: 8_000,
  wallet: { ...wallet, activeCents: 83_000 },
};

export const VOIDED_EXAMPLE: HoldBody = {
  ...HOLD_ANSWER_EXAMPLE,
  operation: "op_0000000019j00000d",
  state: "voided",
  released: 50_000,
  wallet,
};

export const AWARD_EXAMPLE: AwardJson = {
  member: { id: member },
  pointsCents: 30_000,
  funder: "kalitka",
  reason: "Опоздавшая доставка",
};

export const AWARD_ANSWER_EXAMPLE: AwardBody = {
  operation: "op_0000000019j00000e",
  member,
  earned: 30_000,
  wallet: { ...wallet, activeCents: 155_000 },
};
