import assert from "node:assert/strict";
import { createSandbox } from "#domains/subscription/index.ts";
import { type Json, testApi } from "../../../../test/support/api.ts";
import { SMALL_COALITION } from "../../../../test/support/programmes.ts";
import { renewSubscriptions } from "../index.ts";

const programme = `${SMALL_COALITION.replace(
  "rules:\n",
  `rules:
  plus:
    name: { ru: на продукты по подписке, en: on groceries with the subscription }
    when: { partner: alfa, subscription: plus }
    earn: 5%
    funders: { operator: 3, alfa: 1 }
`,
)}
subscriptions:
  plus:
    name: { ru: Плюс, en: Plus }
    seller: operator
    price: 199 RUB
    period: month
    trial: { lasts: 14 days }
    grace: 3 days
    retries: [1 hour, 1 day]
    refund: { share: pro-rata, points: take-back }
    promos:
      spring: { code: SPRING-99, price: 99 RUB, periods: 2 times, until: 2026-12-31, limit: 2 times }
      over: { code: OVER, price: 1 RUB, periods: 1 time, until: 2026-01-31 }
  yearly:
    name: Year
    seller: telecom
    price: 1990 RUB
    period: year
    grace: 0 days
    refund: { share: full, points: keep }
`;

/** The API with plans to sell, the built-in sandbox, and a worker that runs when asked. */
export async function openSubscriptions() {
  const api = await testApi({ programme });
  const { operator, till } = api.keys;
  const { clock, engines } = api;
  const deps = {
    pool: engines.pool,
    clock,
    programmes: api.programmes,
    checkout: api.checkout,
    provider: createSandbox(clock),
  };
  const run = async () => {
    while ((await renewSubscriptions(deps)) > 0);
  };
  const set = (text: string) => clock.set(Date.parse(text));

  let number = 0;
  async function buy(phone: string, amount: number, at = clock.now(), over: object = {}): Promise<Json> {
    const body = {
      ...{ partner: "alfa", store: "alfa-1", till: "1", number: String(++number), at: new Date(at).toISOString() },
      member: { kind: "phone", value: phone },
      lines: [{ category: "food", amount }],
      ...over,
    };
    const answer = await api.call("/v1/receipts", { key: till, body });
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }

  async function ask(member: unknown, over: object = {}, key = `k${++number}`) {
    const body = { plan: "plus", paymentToken: "tok_ok", ...over };
    return api.call(`/v1/members/${member}/subscriptions`, { key: till, body, headers: { "idempotency-key": key } });
  }

  async function subscribed(member: unknown, over: object = {}): Promise<Json> {
    const answer = await ask(member, over);
    assert.equal(answer.status, 201, answer.text);
    return answer.body;
  }

  const act = (id: unknown, action: string, body?: object) =>
    api.call(`/v1/subscriptions/${id}/${action}`, { method: "POST", key: operator, ...(body ? { body } : {}) });
  const read = async (id: unknown) => (await api.call(`/v1/subscriptions/${id}`, { key: operator })).body;
  const payments = async (id: unknown) =>
    (await api.call(`/v1/subscriptions/${id}/payments`, { key: operator })).body.items as unknown as Json[];
  const nextNumber = () => ++number;
  return { api, deps, operator, till, clock, engines, run, set, buy, ask, subscribed, act, read, payments, nextNumber };
}
