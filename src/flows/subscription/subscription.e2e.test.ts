import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyProjections } from "#domains/ledger/index.ts";
import { followLevels } from "#flows/levels/index.ts";
import { createCalendar, DAY_MS, HOUR_MS } from "#kernel/time.ts";
import type { Json } from "../../../test/support/api.ts";
import { levelsHaveSeenAll } from "../../../test/support/levels.ts";
import { openSubscriptions } from "./testing/subscribers.ts";

const { api, deps, operator, till, clock, engines, run, set, buy, ask, subscribed, act, read, payments, nextNumber } =
  await openSubscriptions();

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
      body: {
        store: "alfa-1",
        till: "1",
        number: `r${nextNumber()}`,
        at: new Date(clock.now()).toISOString(),
        all: true,
      },
    });
  assert.equal((await giveBack(early)).body.takenBack as unknown, 10_000, "by the state of its own time");
  await act(subscription, "cancel");
  set("2026-07-20T12:00:00+03:00");
  await run();
  assert.equal((await giveBack(late)).body.takenBack as unknown, 15_000, "also when the subscription is over");
  const spends = await api.call("/v1/receipts", {
    key: till,
    body: {
      ...{ partner: "alfa", store: "alfa-1", till: "1", number: String(nextNumber()) },
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
