import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { createCodes } from "#domains/offers/index.ts";
import { tendOffers } from "#flows/offers/index.ts";
import { type Json, testApi } from "../../../test/support/api.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";

const programme = `${SMALL_COALITION}
subscriptions:
  plus: { name: Plus, seller: operator, price: 199 RUB, period: month }
  gold: { name: Gold, seller: operator, price: 399 RUB, period: month }
`;
const api = await testApi({ programme, isStored: true });
const { operator, till, partner } = api.keys;

const refresh = () => (api.programmes as unknown as { refresh(): Promise<boolean> }).refresh();

async function live(id: string, document: object): Promise<void> {
  for (const [method, action, who, body] of [
    ["PUT", "", partner, document],
    ["POST", "/forecast", partner, {}],
    ["POST", "/approve", operator, { comment: "ok" }],
  ] as const) {
    const answer = await api.call(`/v1/promotions/${id}${action}`, { method, key: who, body });
    assert.equal(answer.status, 200, answer.text);
  }
  await refresh();
  // The worker makes the codes.
  const codes = createCodes(Buffer.from("test"));
  const { clock, programmes, checkout, engines } = api;
  await tendOffers({ pool: engines.pool, clock, programmes, checkout, codes, random: randomBytes, refresh });
  api.clock.advance(1_000);
}

let number = 0;
async function member(phone: string): Promise<unknown> {
  const body = {
    ...{ partner: "alfa", store: "alfa-1", till: "1", number: String(++number) },
    at: new Date(api.clock.now()).toISOString(),
    member: { kind: "phone", value: phone },
    lines: [{ category: "food", amount: 1_000 }],
  };
  const answer = await api.call("/v1/receipts", { key: till, body });
  assert.equal(answer.status, 201, answer.text);
  return answer.body.member;
}

const ask = (id: unknown, over: object, key = `k${++number}`) =>
  api.call(`/v1/members/${id}/subscriptions`, {
    key: till,
    body: { plan: "plus", paymentToken: "tok_ok", ...over },
    headers: { "idempotency-key": key },
  });

test("a promotion's code gives its price, once, within its limit; what was not bought uses nothing up", async () => {
  await live("autumn", {
    partner: "alfa",
    name: { ru: "Осень", en: "Autumn" },
    from: "2026-06-01",
    until: "2026-12-31",
    code: "AUTUMN-26",
    limit: "2 times",
    gives: { subscription: "plus", price: "49 RUB", periods: "2 times" },
  });
  const [one, other, third] = [
    await member("+79000000001"),
    await member("+79000000002"),
    await member("+79000000003"),
  ];
  const declined = await ask(one, { promoCode: "autumn-26", paymentToken: "tok_closed" });
  assert.equal(declined.body.code as unknown, "payment-declined", declined.text);
  const elsewhere = await ask(one, { plan: "gold", promoCode: "AUTUMN-26" });
  assert.equal(elsewhere.body.code as unknown, "promo-code-elsewhere");
  const bought = await ask(one, { promoCode: "autumn-26" }, "same");
  assert.equal(bought.status, 201, bought.text);
  assert.deepEqual(bought.body.promo as unknown, { id: "code-autumn", periodsLeft: 1 });
  assert.equal((await ask(one, { promoCode: "autumn-26" }, "same")).status, 201, "a repeat");
  const paid = await api.call(`/v1/subscriptions/${bought.body.subscription}/payments`, { key: operator });
  assert.deepEqual(
    (paid.body.items as unknown as Json[]).map(({ amountKopecks }) => amountKopecks as unknown),
    [4_900],
  );
  assert.equal((await ask(other, { promoCode: "AUTUMN-26" })).status, 201);
  assert.equal((await ask(third, { promoCode: "AUTUMN-26" })).body.code as unknown, "promo-used-up");
  assert.equal((await ask(third, { promoCode: "NOBODY-KNOWS" })).body.code as unknown, "unknown-promo");
  await api.call(`/v1/subscriptions/${bought.body.subscription}/refund`, { key: operator, body: {} });
  assert.equal((await ask(one, { promoCode: "AUTUMN-26" })).body.code as unknown, "promo-used");
});
