import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChargeOrder, createSandbox } from "#domains/subscription/index.ts";
import { termsOf } from "#flows/close-month/index.ts";
import { followLevels } from "#flows/levels/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { DAY_MS, HOUR_MS, parseMonth } from "#kernel/time.ts";
import type { Json } from "../../../test/support/api.ts";
import { levelsHaveSeenAll } from "../../../test/support/levels.ts";
import { renewSubscriptions, subscribe } from "./index.ts";
import { openSubscriptions } from "./testing/subscribers.ts";

const { api, deps, operator, till, clock, engines, run, set, buy, ask, subscribed, act, read, payments, nextNumber } =
  await openSubscriptions();

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
      ...{ store: "alfa-1", till: "1", number: `r${nextNumber()}`, at: new Date(clock.now()).toISOString() },
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
