import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyProjections } from "#domains/ledger/index.ts";
import { type ChargeOrder, createSandbox } from "#domains/subscription/index.ts";
import { termsOf } from "#flows/close-month/index.ts";
import { followLevels } from "#flows/levels/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { createCalendar, DAY_MS, HOUR_MS, parseMonth } from "#kernel/time.ts";
import { type Json, testApi } from "../../../test/support/api.ts";
import { levelsHaveSeenAll } from "../../../test/support/levels.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";
import { renewSubscriptions, subscribe } from "./index.ts";

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

test("reference case 15: bought at 15:00, an offline receipt of 14:59 that comes at 15:05 is not boosted, nor is its return", async () => {
  set("2026-06-15T14:00:00+03:00");
  const { member } = await buy("+79000000001", 1_000);
  set("2026-06-15T15:00:00+03:00");
  const { subscription, state } = await subscribed(member);
  assert.equal(state as unknown, "active");
  set("2026-06-15T15:05:00+03:00");
  const early = await buy("+79000000001", 100_000, Date.parse("2026-06-15T14:59:00+03:00"));
  assert.equal(early.earned as unknown, 10_000, "base only");
  const late = await buy("+79000000001", 100_000);
  assert.equal(late.earned as unknown, 10_000 + 5_000);
  const giveBack = (receipt: Json) =>
    api.call(`/v1/receipts/${receipt.receiptId}/returns`, {
      key: till,
      body: { store: "alfa-1", till: "1", number: `r${++number}`, at: new Date(clock.now()).toISOString(), all: true },
    });
  assert.equal((await giveBack(early)).body.takenBack as unknown, 10_000, "by the state of its own time");
  await act(subscription, "cancel");
  set("2026-07-20T12:00:00+03:00");
  await run();
  assert.equal((await giveBack(late)).body.takenBack as unknown, 15_000, "also when the subscription is over");
  const spends = await api.call("/v1/receipts", {
    key: till,
    body: {
      ...{ partner: "alfa", store: "alfa-1", till: "1", number: String(++number) },
      at: new Date(clock.now() - HOUR_MS).toISOString(),
      member: { kind: "phone", value: "+79000000001" },
      lines: [{ category: "food", amount: 1_000 }],
      spend: 10,
    },
  });
  assert.equal(spends.status, 422);
  assert.equal(spends.body.code as unknown, "spend-needs-hold");
});

test("it renews at the end of each period for as long as payments succeed, and the 31st comes back after a short month", async () => {
  set("2027-01-31T15:00:00+03:00");
  const { member } = await buy("+79000000002", 1_000);
  const { subscription } = await subscribed(member);
  for (const until of ["2027-02-28", "2027-03-31", "2027-04-30"]) {
    assert.equal((await read(subscription)).periodUntil as unknown, `${until}T12:00:00.000Z`);
    set(`${until}T15:00:00+03:00`);
    await run();
    await run();
  }
  assert.equal((await payments(subscription)).length, 4);
  assert.equal((await buy("+79000000002", 10_000)).earned as unknown, 1_500);
  const revenue = await api.call("/v1/subscription-revenue?month=2027-02", { key: operator });
  assert.deepEqual(revenue.body.totals as unknown, [
    { seller: "operator", plan: "plus", payments: 1, chargedKopecks: 19_900, refundedKopecks: 0, netKopecks: 19_900 },
  ]);
  assert.equal((revenue.body.items as unknown as Json[])[0]?.subscription as unknown, subscription);
  const partner = await api.call("/v1/subscription-revenue?month=2027-02", { key: api.keys.partner });
  assert.deepEqual(partner.body.totals as unknown, [], "alfa sells none");
});

test("a failed renewal is tried again with back-off through the days of grace, in which benefits hold; then it ends", async () => {
  set("2026-08-01T12:00:00+03:00");
  const { member } = await buy("+79000000003", 1_000);
  const { subscription } = await subscribed(member, { paymentToken: "tok_first_1" });
  set("2026-09-01T12:00:00+03:00");
  await run();
  const grace = await read(subscription);
  assert.equal(grace.state as unknown, "grace");
  assert.match(String((grace.text as Json).ru), /Платёж не прошёл/);
  clock.advance(30 * 60_000);
  await run();
  assert.equal((await payments(subscription)).length, 2, "not before the hour");
  clock.advance(30 * 60_000);
  await run();
  assert.equal((await payments(subscription)).length, 3);
  assert.equal((await buy("+79000000003", 10_000)).earned as unknown, 1_500, "grace holds");
  clock.advance(DAY_MS);
  await run();
  assert.equal((await payments(subscription)).length, 4);
  set("2026-09-04T12:00:00+03:00");
  assert.equal((await buy("+79000000003", 10_000)).earned as unknown, 1_000, "it ends by itself, before any sweep");
  await run();
  const over = await read(subscription);
  assert.equal(over.endReason as unknown, "payment-failed");
  assert.equal((await payments(subscription)).filter(({ state }) => (state as unknown) === "succeeded").length, 1);
  assert.equal((await ask(member)).status, 201, "it can be bought again");
});

test("another card in the days of grace is tried at once, and the new period joins the old one", async () => {
  set("2026-08-02T12:00:00+03:00");
  const { member } = await buy("+79000000004", 1_000);
  const { subscription } = await subscribed(member, { paymentToken: "tok_first_1" });
  set("2026-09-03T12:00:00+03:00");
  await run();
  const path = `/v1/subscriptions/${subscription}/payment-method`;
  const number = await api.call(path, { method: "PUT", key: till, body: { paymentToken: "visa:4111-1111-1111-1111" } });
  assert.equal(number.body.code as unknown, "card-number");
  const paid = await api.call(path, { method: "PUT", key: till, body: { paymentToken: "tok_ok" } });
  assert.equal(paid.body.state as unknown, "active", paid.text);
  assert.equal(paid.body.periodUntil as unknown, "2026-10-02T09:00:00.000Z");
});

test("what was cancelled ends with its period; resumed in time, it goes on", async () => {
  set("2026-08-03T12:00:00+03:00");
  const { member } = await buy("+79000000005", 1_000);
  const { subscription } = await subscribed(member);
  assert.equal((await act(subscription, "cancel")).body.benefitUntil as unknown, "2026-09-03T09:00:00.000Z");
  assert.equal((await act(subscription, "resume")).body.benefitUntil as unknown, "2026-09-06T09:00:00.000Z");
  assert.equal((await act(subscription, "cancel")).status, 200);
  set("2026-09-03T11:59:59+03:00");
  assert.equal((await buy("+79000000005", 10_000)).earned as unknown, 1_500);
  set("2026-09-03T12:00:00+03:00");
  assert.equal((await buy("+79000000005", 10_000)).earned as unknown, 1_000);
  await run();
  assert.equal((await read(subscription)).endReason as unknown, "cancelled");
  assert.equal((await act(subscription, "resume")).status, 409);
  assert.equal((await payments(subscription)).length, 1);
});

test("a refund ends it at once, gives the unused days back, and takes back what its rules gave since the period began", async () => {
  set("2026-09-01T12:00:00+03:00");
  const { member } = await buy("+79000000006", 1_000);
  const { subscription } = await subscribed(member);
  clock.advance(HOUR_MS);
  const boosted = await buy("+79000000006", 100_000);
  assert.equal(boosted.earned as unknown, 15_000);
  const partly = await api.call(`/v1/receipts/${boosted.receiptId}/returns`, {
    key: till,
    body: {
      ...{ store: "alfa-1", till: "1", number: `r${++number}`, at: new Date(clock.now()).toISOString() },
      lines: [{ line: 0, amount: 40_000 }],
    },
  });
  assert.equal(partly.body.takenBack as unknown, 6_000);
  set("2026-09-10T12:00:00+03:00");
  const before = await api.call(`/v1/members/${member}/wallet`, { key: operator });
  const refunded = await act(subscription, "refund", {});
  assert.equal(refunded.status, 200, refunded.text);
  assert.equal(refunded.body.endReason as unknown, "refunded");
  const [back, paid] = await payments(subscription);
  assert.equal(back?.amountKopecks as unknown, Math.floor((19_900 * 20) / 30), "20 of 30 days are left");
  assert.equal(back?.cites as unknown, paid?.key);
  const after = await api.call(`/v1/members/${member}/wallet`, { key: operator });
  assert.equal(
    Number(before.body.activeCents) - Number(after.body.activeCents),
    3_000,
    "5 % of the 600 that were kept",
  );
  clock.advance(1_000);
  assert.equal((await buy("+79000000006", 10_000)).earned as unknown, 1_000);
  assert.equal((await act(subscription, "refund", {})).status, 409, "once");
});

test("a trial costs nothing, is given once, and goes on at the promo's price, then at the plan's", async () => {
  set("2026-10-01T12:00:00+03:00");
  const { member } = await buy("+79000000007", 1_000);
  const trial = await subscribed(member, { trial: true, promoCode: "spring-99" });
  assert.equal(trial.isTrial as unknown, true);
  assert.equal(trial.periodUntil as unknown, "2026-10-15T09:00:00.000Z");
  assert.equal((await buy("+79000000007", 10_000)).earned as unknown, 1_500);
  for (const day of ["2026-10-15", "2026-11-15", "2026-12-15"]) {
    set(`${day}T12:00:00+03:00`);
    await run();
  }
  const amounts = (await payments(trial.subscription)).map(({ amountKopecks }) => amountKopecks as unknown);
  assert.deepEqual(amounts, [19_900, 9_900, 9_900]);
  await act(trial.subscription, "refund", { share: "none", points: "keep" });
  assert.equal((await ask(member, { trial: true })).body.code as unknown, "trial-used");
  assert.equal((await ask(member, { promoCode: "SPRING-99" })).body.code as unknown, "promo-used");
  assert.equal((await ask(member, { promoCode: "OVER" })).body.code as unknown, "unknown-promo");
  assert.equal((await ask(member, { paymentToken: undefined })).body.code as unknown, "payment-needed");
});

test("a promo code has so many places, a declined payment gives its place back", async () => {
  set("2026-10-02T12:00:00+03:00");
  const members = [];
  for (const phone of ["+79000000011", "+79000000012"]) members.push((await buy(phone, 1_000)).member);
  const declined = await ask(members[0], { promoCode: "SPRING-99", paymentToken: "tok_closed" });
  assert.equal(declined.body.code as unknown, "payment-declined");
  assert.equal((await ask(members[0], { promoCode: "SPRING-99" })).status, 201);
  assert.equal((await ask(members[1], { promoCode: "SPRING-99" })).body.code as unknown, "promo-exhausted");
});

test("a payment that is confirmed later begins then; a message told twice counts once; money for what has ended goes back", async () => {
  set("2026-10-03T12:00:00+03:00");
  const { member } = await buy("+79000000008", 1_000);
  const waiting = await subscribed(member, { paymentToken: "tok_waits" });
  assert.equal(waiting.state as unknown, "pending");
  assert.equal((await buy("+79000000008", 10_000)).earned as unknown, 1_000);
  clock.advance(HOUR_MS);
  const key = String((await payments(waiting.subscription))[0]?.key);
  const tell = () =>
    api.call("/v1/payment-events", { key: operator, body: { key, state: "succeeded", reference: "bank-1" } });
  assert.equal((await tell()).body.state as unknown, "succeeded");
  assert.equal((await tell()).status, 200);
  const begun = await read(waiting.subscription);
  assert.equal(begun.startedAt as unknown, "2026-10-03T10:00:00.000Z");
  assert.equal(begun.periodUntil as unknown, "2026-11-03T10:00:00.000Z");
  const other = await buy("+79000000009", 1_000);
  const lost = await subscribed(other.member, { paymentToken: "tok_waits" });
  clock.advance(DAY_MS);
  await run();
  assert.equal((await read(lost.subscription)).endReason as unknown, "declined");
  const lateKey = String((await payments(lost.subscription))[0]?.key);
  const late = { key: lateKey, state: "succeeded", reference: "bank-2" };
  assert.equal((await api.call("/v1/payment-events", { key: operator, body: late })).status, 200);
  await run();
  const money = (await payments(lost.subscription)).map(({ kind, state, amountKopecks }) => [
    kind,
    state,
    amountKopecks,
  ]);
  assert.deepEqual(money as unknown, [
    ["refund", "succeeded", 19_900],
    ["charge", "succeeded", 19_900],
  ]);
  assert.equal((await buy("+79000000009", 10_000)).earned as unknown, 1_000);
  assert.equal((await api.call("/v1/payment-events", { key: till, body: late })).status, 403);
});

test("a provider that can't be reached is asked again by the worker; the request repeated buys once", async () => {
  set("2026-10-05T12:00:00+03:00");
  const { member } = await buy("+79000000010", 1_000);
  const first = await ask(member, { paymentToken: "tok_down" }, "same");
  assert.equal(first.body.state as unknown, "pending", first.text);
  const again = await Promise.all([1, 2, 3].map(() => ask(member, { paymentToken: "tok_down" }, "same")));
  assert.deepEqual(
    again.map(({ status }) => status),
    [201, 201, 201],
  );
  assert.equal((await ask(member, {}, "same")).status, 409);
  clock.advance(6 * 60_000);
  await run();
  assert.equal((await read(first.body.subscription)).state as unknown, "active");
  assert.equal((await payments(first.body.subscription)).length, 1);
  const together = await buy("+79000000013", 1_000);
  const racing = await Promise.all([1, 2, 3, 4].map((i) => ask(together.member, {}, `race-${i}`)));
  assert.deepEqual(
    racing.map(({ status }) => status).sort(),
    [201, 409, 409, 409],
    racing.map(({ text }) => text).join(),
  );
  const list = await api.call(`/v1/members/${together.member}/subscriptions`, { key: till });
  assert.equal((list.body.items as unknown as Json[]).length, 1);
});

test("merged members have the subscriptions of both, and only one of two to a plan is renewed", async () => {
  set("2026-11-02T12:00:00+03:00");
  const [one, other] = [await buy("+79000000021", 1_000), await buy("+79000000022", 1_000)];
  const first = await subscribed(one.member);
  clock.advance(DAY_MS);
  const second = await subscribed(other.member);
  const merged = await api.call(`/v1/members/${one.member}/merge`, {
    key: operator,
    body: { with: other.member, note: "one person" },
  });
  assert.ok(merged.status < 300, merged.text);
  while ((await followLevels(deps)) || !(await levelsHaveSeenAll(engines.pool)));
  await run();
  const list = await api.call(`/v1/members/${other.member}/subscriptions`, { key: operator });
  const items = list.body.items as unknown as Json[];
  assert.deepEqual(items.map(({ subscription, isCancelled }) => [subscription, isCancelled]) as unknown, [
    [second.subscription, false],
    [first.subscription, true],
  ]);
  assert.equal((await ask(one.member)).body.code as unknown, "already-subscribed");
  set("2026-12-03T12:00:01+03:00");
  await run();
  assert.equal((await payments(first.subscription)).length, 1);
  assert.equal((await payments(second.subscription)).length, 2);
  clock.advance(1_000);
  assert.equal((await buy("+79000000021", 10_000)).earned as unknown, 1_500, "by either card");
});

test("what the operator takes for another seller is a credit to it in the month's settlement", async () => {
  set("2026-12-04T12:00:00+03:00");
  const { member } = await buy("+79000000023", 1_000);
  const { subscription } = await subscribed(member, { plan: "yearly" });
  const terms = await termsOf(engines.pool, api.programmes, parseMonth("2026-12") as number);
  const line = terms.fees.find(({ reason }) => reason === "subscription yearly");
  assert.deepEqual(line, { partner: "telecom", kind: "programme", reason: "subscription yearly", kopecks: -199_000 });
  assert.ok(!terms.fees.some(({ partner }) => partner === "operator"), "its own is its own");
  await act(subscription, "refund", {});
  const after = await termsOf(engines.pool, api.programmes, parseMonth("2026-12") as number);
  assert.ok(!after.fees.some(({ reason }) => reason === "subscription yearly"), "given back in full");
});

test("an answer that is lost is asked for again under the same key, and several workers at once take the money once", async () => {
  set("2027-05-01T12:00:00+03:00");
  const { member } = await buy("+79000000024", 1_000);
  const sandbox = createSandbox(clock);
  const taken = new Map<string, number>();
  let isLost = true;
  const losing = {
    ...sandbox,
    charge: async (order: ChargeOrder) => {
      taken.set(order.key, order.amountKopecks);
      if (isLost) throw new Error("the connection broke");
      return sandbox.charge(order);
    },
  };
  const worker = { ...deps, provider: losing };
  const id = memberIds.parse(String(member)) as number;
  const asked = { member: id, plan: "plus", token: "tok_ok", trial: false, idempotencyKey: "lost" };
  const begun = await subscribe(worker, asked);
  assert.ok(begun.ok && begun.value.subscription.state === "pending");
  isLost = false;
  clock.advance(2 * 60_000);
  await Promise.all([renewSubscriptions(worker), renewSubscriptions(worker), renewSubscriptions(worker)]);
  set("2027-06-01T12:05:00+03:00");
  await Promise.all([renewSubscriptions(worker), renewSubscriptions(worker), renewSubscriptions(worker)]);
  const list = await api.call(`/v1/members/${member}/subscriptions`, { key: operator });
  const [own] = list.body.items as unknown as Json[];
  assert.equal((own as Json).state as unknown, "active");
  const ordered = [...taken.keys()].filter((key) => key.startsWith(String((own as Json).subscription)));
  assert.equal(ordered.length, 2, "the first period and one renewal");
  assert.equal((await payments((own as Json).subscription)).length, 2);
  const { rows } = await engines.pool.query(
    "select count(*)::int as n from member_trait where member_id = $1 and kind = 'subscription'",
    [id],
  );
  assert.equal(rows[0].n, 1);
});

test("an erased member is never charged again, and no token is left", async () => {
  set("2027-07-01T12:00:00+03:00");
  const { member } = await buy("+79000000025", 1_000);
  const { subscription } = await subscribed(member);
  const erased = await api.call(`/v1/members/${member}`, { method: "DELETE", key: operator });
  assert.ok(erased.status < 300, erased.text);
  while ((await followLevels(deps)) || !(await levelsHaveSeenAll(engines.pool)));
  set("2027-08-02T12:00:00+03:00");
  await run();
  const { rows } = await engines.pool.query(
    `select s.state, s.token, (select json_agg(p.token) from subscription_payment p where p.member_id = s.member_id) as tokens
     from subscription s where s.member_id = $1`,
    [memberIds.parse(String(member))],
  );
  assert.deepEqual(rows, [{ state: "ended", token: null, tokens: ["erased"] }]);
  assert.ok(subscription);
});

test("plans are listed with what they bring; strangers see no subscriptions; the ledger still rebuilds", async () => {
  const plans = await api.call("/v1/subscription-plans", { key: till });
  const [plus] = plans.body.items as unknown as Json[];
  assert.deepEqual(
    ((plus as Json).rules as unknown as Json[]).map(({ rule }) => rule as unknown),
    ["plus"],
  );
  const { member } = await buy("+79000000001", 100);
  const stranger = await api.makeKey("partner", "telecom");
  assert.equal((await api.call(`/v1/members/${member}/subscriptions`, { key: stranger.key })).status, 404);
  const own = await api.call(`/v1/members/${member}/subscriptions`, { key: operator });
  const [first] = own.body.items as unknown as Json[];
  assert.equal((await api.call(`/v1/subscriptions/${first?.subscription}`, { key: stranger.key })).status, 404);
  assert.equal(
    (await api.call(`/v1/subscriptions/${first?.subscription}/refund`, { method: "POST", key: till, body: {} })).status,
    403,
  );
  const report = await verifyProjections(engines.pool, { calendar: createCalendar("Europe/Moscow"), now: clock.now });
  assert.deepEqual(report.differences, []);
});
