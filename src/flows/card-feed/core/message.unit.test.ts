import assert from "node:assert/strict";
import { test } from "node:test";
import { categoryOf, exclusionOf, firstState, isCardNumber } from "./message.ts";

const terms = {
  store: "bank-cards",
  category: "card-spending",
  byMcc: { travel: ["3000-3350", "4511"], eating: "5812" },
  exceptMcc: ["4829", "6010-6012"],
  exceptMerchants: "m-alfa",
};
const clearing = {
  bank: "bank",
  id: "1",
  kind: "clearing",
  token: "t",
  at: 0,
  amountKopecks: 100,
  mcc: "5999",
} as const;

test("transfers and cash earn nothing, nor the coalition's own merchants", () => {
  assert.equal(exclusionOf({ mcc: "4829" }, terms), "mcc");
  assert.equal(exclusionOf({ mcc: "6011" }, terms), "mcc");
  assert.equal(exclusionOf({ mcc: "6013" }, terms), undefined);
  assert.equal(exclusionOf({ mcc: "5411", merchant: "m-alfa" }, terms), "merchant");
});

test("an MCC decides the category, else the feed's own", () => {
  assert.equal(categoryOf({ mcc: "3100" }, terms), "travel");
  assert.equal(categoryOf({ mcc: "4511" }, terms), "travel");
  assert.equal(categoryOf({ mcc: "5812" }, terms), "eating");
  assert.equal(categoryOf({ mcc: "5999" }, terms), "card-spending");
});

test("money moves with a clearing: an authorisation is only noted", () => {
  assert.deepEqual(firstState({ ...clearing, kind: "authorisation" }, terms), { state: "noted" });
  assert.deepEqual(firstState(clearing, terms), { state: "due" });
  assert.deepEqual(firstState({ ...clearing, mcc: "4829" }, terms), { state: "excluded", reason: "mcc" });
  assert.deepEqual(firstState({ ...clearing, kind: "refund", of: "1" }, terms), { state: "due" });
});

test("a card number is told from a token, however it is written", () => {
  assert.ok(isCardNumber("4111 1111 1111 1111"));
  assert.ok(isCardNumber("5500-0000-0000-0004"));
  assert.ok(!isCardNumber("4111 1111 1111 1112"));
  assert.ok(!isCardNumber("tok_4111111111111111"));
  assert.ok(!isCardNumber("123"));
});
