import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY_MS } from "#kernel/time.ts";
import { type Json, testApi } from "../../../test/support/api.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";

const rule = `rules:
  plus:
    name: { ru: на продукты по подписке, en: on groceries with the subscription }
    when: { partner: [alfa, beta], category: food, subscription: plus }
    earn: 5%
    funders: operator
    caps: plus-month
`;
const programme = `${SMALL_COALITION.replace("rules:\n", rule)}
caps:
  plus-month: { name: 60 points a month, per: month, limit: 60 points }
subscriptions:
  plus: { name: Plus, seller: operator, price: 199 RUB, period: month, delivery: { at: alfa, fee: 99 RUB, usual: 2 times } }
`;
const api = await testApi({ programme });
const { till, operator } = api.keys;

let number = 0;
async function buy(amount: number, over: object = {}): Promise<Json> {
  const body = {
    ...{ partner: "alfa", store: "alfa-1", till: "1", number: String(++number) },
    at: new Date(api.clock.now()).toISOString(),
    member: { kind: "phone", value: "+79000000001" },
    lines: [{ category: "food", amount }],
    ...over,
  };
  const answer = await api.call("/v1/receipts", { key: till, body });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

test("a member's own receipts are priced with the plan and without, less what came back, caps month by month", async () => {
  api.clock.set(Date.parse("2026-03-01T12:00:00+03:00"));
  await buy(100_000);
  api.clock.set(Date.parse("2026-04-10T12:00:00+03:00"));
  const { member } = await buy(100_000, { deliveryFee: 9_900 });
  api.clock.advance(DAY_MS);
  await buy(50_000);
  api.clock.set(Date.parse("2026-05-10T12:00:00+03:00"));
  const { receiptId } = await buy(80_000);
  await buy(10_000, { lines: [{ category: "alcohol", amount: 10_000 }] });
  api.clock.advance(1_000);
  const back = await api.call(`/v1/receipts/${receiptId}/returns`, {
    key: till,
    body: {
      ...{ store: "alfa-1", till: "1", number: "r1", at: new Date(api.clock.now()).toISOString() },
      lines: [{ line: 0, amount: 20_000 }],
    },
  });
  assert.equal(back.status, 201, back.text);
  api.clock.set(Date.parse("2026-06-02T12:00:00+03:00"));
  const path = `/v1/members/${member}/subscription-benefit?plan=plus`;
  const told = await api.call(`${path}&months=2`, { key: operator });
  assert.equal(told.status, 200, told.text);
  const { body } = told;
  assert.deepEqual(
    [body.from as unknown, body.until as unknown, body.receipts as unknown, body.skipped as unknown],
    ["2026-04-02T09:00:00.000Z", "2026-06-02T09:00:00.000Z", 4, 0],
  );
  const rules = (body.rules as unknown as Json[]).map(({ rule, withCents, withoutCents }) => [
    rule,
    withCents,
    withoutCents,
  ]);
  assert.deepEqual(rules as unknown, [["plus", 6_000 + 3_000, 0]], "April: 75 capped to 60; May: 5 % of 600");
  assert.equal(body.pointsWithoutCents as unknown, 10_000 + 5_000 + 6_000 + 1_000);
  assert.equal(body.deliveryKopecks as unknown, 9_900);
  assert.equal(body.savingKopecks as unknown, 9_000 + 9_900);
  assert.equal(body.priceKopecks as unknown, 39_800);
  assert.equal(body.netKopecks as unknown, 18_900 - 39_800, "it would not have paid");
  const longer = await api.call(`${path}&months=12`, { key: operator });
  assert.equal(longer.body.receipts as unknown, 5);
  const stranger = await api.makeKey("partner", "telecom");
  assert.equal((await api.call(path, { key: stranger.key })).status, 404);
  assert.equal((await api.call(`/v1/members/${member}/subscription-benefit?plan=gold`, { key: operator })).status, 422);
});

test("a month of declared spending is estimated without a member, and nothing is written", async () => {
  const rows = await api.countRows();
  const body = {
    spend: [{ partner: "alfa", category: "food", amountKopecks: 70_000 }],
    deliveries: [{ partner: "alfa" }, { partner: "beta", times: 3 }],
  };
  const told = await api.call("/v1/subscription-plans/plus/benefit", { key: till, body });
  assert.equal(told.status, 200, told.text);
  assert.equal(told.body.pointsKopecks as unknown, 3_500);
  assert.equal(told.body.deliveryKopecks as unknown, 19_800);
  assert.equal((told.body.assumed as Json).receiptsPerPartner as unknown, 7);
  const wrong = { ...body, spend: [{ ...body.spend[0], category: "caviar" }] };
  const refused = await api.call("/v1/subscription-plans/plus/benefit", { key: till, body: wrong });
  assert.equal(refused.status, 422);
  assert.equal((refused.body.errors as unknown as Json[])[0]?.pointer as unknown, "/spend/0/category");
  assert.equal(await api.countRows(), rows);
});
