import assert from "node:assert/strict";
import { after, test } from "node:test";
import fc from "fast-check";
import { createHttpProvider } from "#domains/subscription/index.ts";
import { type Fault, startGateway, type TestGateway } from "#domains/subscription/testing/gateway.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { type Json, testApi } from "../../../test/support/api.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";
import { renewSubscriptions } from "./index.ts";

const programme = `${SMALL_COALITION}
subscriptions:
  plus:
    name: Plus
    seller: operator
    price: 199 RUB
    period: month
    trial: { lasts: 14 days }
    grace: 3 days
    retries: [1 hour, 1 day]
    refund: { share: full, points: keep }
`;
const clock: Clock = { now: () => api.clock.now() };
const gateway: TestGateway = await startGateway(clock);
after(() => gateway.close());
const unanswered: unknown[] = [];
const provider = createHttpProvider({
  ...{ clock, url: gateway.url, timeoutMs: 100, tries: 2, pauseMs: 1 },
  secrets: [gateway.secret],
});
const api = await testApi({ programme, paymentProvider: provider });
const { operator, till } = api.keys;
const deps = {
  ...{ pool: api.engines.pool, clock, programmes: api.programmes, checkout: api.checkout, provider },
  onUnanswered: (error: unknown) => void unanswered.push(error),
};
/** All that is due now. */
async function work(): Promise<void> {
  while ((await renewSubscriptions(deps)) > 0);
}

let number = 0;
async function newMember(): Promise<string> {
  const body = {
    ...{
      partner: "alfa",
      store: "alfa-1",
      till: "1",
      number: String(++number),
      at: new Date(clock.now()).toISOString(),
    },
    member: { kind: "card", value: `77770000${String(number).padStart(5, "0")}` },
    lines: [{ category: "food", amount: 1_000 }],
  };
  const answer = await api.call("/v1/receipts", { key: till, body });
  assert.equal(answer.status, 201, answer.text);
  return String(answer.body.member);
}

const ask = (member: string, over: object = {}) =>
  api.call(`/v1/members/${member}/subscriptions`, {
    key: till,
    body: { plan: "plus", paymentToken: "tok_ok", ...over },
    headers: { "idempotency-key": `k${++number}` },
  });
async function subscribed(over: object = {}): Promise<string> {
  const answer = await ask(await newMember(), over);
  assert.equal(answer.status, 201, answer.text);
  return String(answer.body.subscription);
}
const read = async (id: string) => (await api.call(`/v1/subscriptions/${id}`, { key: operator })).body;
const stateOf = async (id: string) => String((await read(id)).state);
const payments = async (id: string) =>
  (await api.call(`/v1/subscriptions/${id}/payments`, { key: operator })).body.items as unknown as Json[];
const states = async (id: string) => (await payments(id)).map(({ kind, state }) => `${kind} ${state}`);
const notify = ({ body, headers }: ReturnType<TestGateway["message"]>) =>
  api.call("/v1/payment-notifications", { body, headers });

test("a gateway that takes the money and falls silent is asked again with the same key, and pays once", async () => {
  gateway.faults.push("silence-after", "silence-before");
  const id = await subscribed();
  assert.equal(await stateOf(id), "pending", "nobody knows yet");
  assert.deepEqual(await states(id), ["charge created"]);
  api.clock.advance(MINUTE_MS);
  await work();
  assert.equal(await stateOf(id), "active");
  assert.equal(gateway.carriedOut(`${id}.1`), 1);
});

test("an error and a lost answer within one request are nothing that a member sees", async () => {
  gateway.faults.push("500-after");
  const id = await subscribed();
  assert.equal(await stateOf(id), "active");
  assert.equal(gateway.carriedOut(`${id}.1`), 1);
});

test("a message of the gateway settles what was pending, once, however often it comes", async () => {
  gateway.faults.push("pending");
  const id = await subscribed();
  assert.deepEqual(await states(id), ["charge pending"]);
  gateway.settle(`${id}.1`, "succeeded");
  const message = gateway.message(`${id}.1`);
  const answers = await Promise.all([notify(message), notify(message), notify(message)]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200],
    answers[0]?.text,
  );
  assert.equal(await stateOf(id), "active");
  assert.deepEqual(await states(id), ["charge succeeded"]);
  const otherwise = await notify(gateway.message(`${id}.1`, { state: "declined" }));
  assert.equal(otherwise.status, 409);
  assert.deepEqual([otherwise.body.code, otherwise.body.state] as unknown, ["payment-settled", "succeeded"]);
});

test("a message that the gateway did not sign, or long ago, is refused and changes nothing", async () => {
  gateway.faults.push("pending");
  const id = await subscribed();
  const message = gateway.message(`${id}.1`, { state: "succeeded" });
  const forged = { ...message, body: message.body.replace("gw-", "xx-") };
  for (const each of [forged, { ...message, headers: {} }, { body: "{}", headers: {} }]) {
    const refused = await notify(each);
    assert.equal(refused.status, 401, refused.text);
    assert.equal(refused.body.code as unknown, "bad-signature");
  }
  api.clock.advance(6 * MINUTE_MS);
  assert.equal((await notify(message)).status, 401);
  assert.deepEqual(await states(id), ["charge pending"]);
  const unknown = await notify(gateway.message(`${id}.1`, { key: "sub_000000000z8000001.1", state: "succeeded" }));
  assert.equal(unknown.status, 404);
  const odd = await notify(gateway.message(`${id}.1`, { state: "maybe" }));
  assert.equal(odd.status, 400);
  assert.equal((await api.call("/v1/payment-notifications", { body: "{", headers: message.headers })).status, 400);
  gateway.settle(`${id}.1`, "declined");
  assert.equal((await notify(gateway.message(`${id}.1`))).status, 200);
  assert.equal(await stateOf(id), "ended");
});

test("money that comes when the member has long given up goes back, whatever stands in its way", async () => {
  gateway.faults.push("pending");
  const before = gateway.takenKopecks();
  const id = await subscribed();
  api.clock.advance(DAY_MS);
  await work();
  assert.equal(await stateOf(id), "ended");
  gateway.settle(`${id}.1`, "succeeded");
  gateway.faults.push("reset-after", "500-before");
  assert.equal((await notify(gateway.message(`${id}.1`))).status, 200);
  assert.deepEqual(await states(id), ["refund created", "charge succeeded"]);
  api.clock.advance(MINUTE_MS);
  await work();
  assert.deepEqual(await states(id), ["refund succeeded", "charge succeeded"]);
  assert.equal(gateway.carriedOut(`${id}.2`), 1);
  assert.equal(gateway.takenKopecks(), before);
});

test("a refund that is declined is tried again, each time later", async () => {
  const id = await subscribed();
  gateway.faults.push("pending");
  const refunded = await api.call(`/v1/subscriptions/${id}/refund`, { key: operator, body: {} });
  assert.equal(refunded.status, 200, refunded.text);
  const pauses: number[] = [];
  for (let payment = 2; payment < 5; payment++) {
    gateway.settle(`${id}.${payment}`, "declined");
    gateway.faults.push("pending");
    await notify(gateway.message(`${id}.${payment}`));
    const [next] = await payments(id);
    pauses.push((Date.parse(String(next?.createdAt)) - clock.now()) / MINUTE_MS);
    gateway.faults.length = 0;
    gateway.faults.push("pending");
    await work();
    api.clock.set(Date.parse(String(next?.createdAt)));
    await work();
  }
  assert.deepEqual(pauses, [1, 2, 4]);
});

test("a trial with a dead card does not begin; with a gateway that is away it does", async () => {
  const member = await newMember();
  const dead = await ask(member, { trial: true, paymentToken: "tok_closed" });
  assert.equal(dead.status, 422, dead.text);
  assert.deepEqual([dead.body.code, dead.body.decline] as unknown, ["payment-declined", "card-closed"]);
  gateway.faults.push("500-before");
  const begun = await ask(member, { trial: true });
  assert.equal(begun.status, 201, begun.text);
  const another = await api.call(`/v1/subscriptions/${begun.body.subscription}/payment-method`, {
    ...{ method: "PUT", key: till, body: { paymentToken: "tok_closed" } },
  });
  assert.equal(another.status, 422, another.text);
});

test("while the gateway is away nobody waits for it and nothing else stands still", async () => {
  const away: Fault[] = Array.from({ length: 40 }, () => "500-before");
  gateway.faults.push(...away);
  const ids = await Promise.all([subscribed(), subscribed(), subscribed(), subscribed()]);
  assert.deepEqual(await Promise.all(ids.map(stateOf)), Array(4).fill("pending"));
  const left = gateway.faults.length;
  const heard = gateway.heard.length;
  ids.push(await subscribed());
  assert.equal(gateway.heard.length, heard, "it is left alone for a while");
  assert.ok(left > 0);
  api.clock.advance(MINUTE_MS);
  await work();
  assert.ok(unanswered.length > 0, "somebody is told");
  gateway.faults.length = 0;
  api.clock.advance(MINUTE_MS);
  await work();
  assert.deepEqual(await Promise.all(ids.map(stateOf)), Array(5).fill("active"));
});

const FAULTS: readonly Fault[] = [
  "500-before",
  "500-after",
  "silence-after",
  "reset-before",
  "reset-after",
  "429",
  "garbage",
  "pending",
];

test("whatever the gateway does, what it took less what it gave back is what the books say, and nobody pays twice", async () => {
  const plan = fc.record({
    faults: fc.array(fc.constantFrom(...FAULTS), { maxLength: 8 }),
    refund: fc.boolean(),
    late: fc.constantFrom("succeeded", "declined", "never"),
  });
  const all: string[] = [];
  await fc.assert(
    fc.asyncProperty(plan, async ({ faults, refund, late }) => {
      gateway.faults.splice(0, gateway.faults.length, ...faults);
      const bought = await ask(await newMember());
      if (bought.status !== 201) return;
      const id = String(bought.body.subscription);
      all.push(id);
      if (refund) await api.call(`/v1/subscriptions/${id}/refund`, { key: operator, body: {} });
      api.clock.advance(HOUR_MS);
      await work();
      gateway.faults.length = 0;
      for (const payment of (await payments(id)).filter(({ state }) => String(state) === "pending")) {
        if (late === "never") continue;
        gateway.settle(String(payment.key), late);
        await notify(gateway.message(String(payment.key)));
      }
      for (let rounds = 0; rounds < 3; rounds++) {
        api.clock.advance(10 * DAY_MS);
        await work();
      }
      for (const { key } of await payments(id)) assert.ok(gateway.carriedOut(String(key)) <= 1, `${key} paid once`);
    }),
    { numRuns: 25, seed: 20_261_125 },
  );
  gateway.faults.length = 0;
  api.clock.advance(DAY_MS);
  await work();
  const { rows } = await api.engines.pool.query<{ net: string; open: string }>(
    `select coalesce(sum(case when state <> 'succeeded' then 0 when kind = 'charge' then amount_kopecks else -amount_kopecks end), 0) as net,
       count(*) filter (where state in ('created', 'pending')) as open from subscription_payment`,
  );
  assert.ok(all.length > 5);
  assert.equal(Number(rows[0]?.net), gateway.takenKopecks());
});
