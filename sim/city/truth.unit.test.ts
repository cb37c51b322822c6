import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDay } from "#kernel/time.ts";
import { FRAUD_FIGURES, VISIT_FIGURES } from "./assumptions.ts";
import { createCity } from "./city.ts";
import { type FraudKind, isOnShift } from "./fraud.ts";
import { deviceOf } from "./identifiers.ts";
import { NEVER } from "./spans.ts";

const PEOPLE = 8_000;
const city = createCity({ seed: 77, people: PEOPLE, from: "2025-01-01", to: "2025-07-01" });
const receipts = [...city.receipts({ from: "2025-05-01", to: "2025-06-01" })];
const everybody = Array.from({ length: PEOPLE }, (_, i) => i);
const dayOf = (text: string) => parseDay(text) ?? 0;
const labelled = (kind: FraudKind) => receipts.filter(({ fraud }) => fraud === kind);

test("nobody comes to a partner before the first or after the last day of use", () => {
  for (const { person, partner, day, fraud } of receipts) {
    if (fraud === "buy-earn-return") continue;
    const { starts, leaves } = city.truth.spans(person);
    assert.ok(day >= (starts[partner] ?? NEVER) && day < (leaves[partner] ?? 0));
  }
});

test("the stated part of users churns in half a year", () => {
  const users = everybody.filter((person) => (city.truth.spans(person).starts[0] ?? NEVER) < dayOf("2025-01-01"));
  const gone = users.filter((person) => city.truth.churnDay(person, "kalitka") !== undefined).length;
  const monthly = (VISIT_FIGURES.kalitka?.monthlyChurnBp ?? 0) / 10_000;
  const expected = 1 - (1 - monthly) ** (181 / 30);
  assert.ok(Math.abs(gone / users.length - expected) < 0.012, `${gone / users.length}, expected ${expected}`);
});

test("visits fade before somebody leaves", () => {
  let before = 0;
  let last = 0;
  for (const person of everybody) {
    const day = city.truth.churnDay(person, "kalitka");
    if (day === undefined || day < dayOf("2025-04-25")) continue;
    before += city.truth.expectedVisits(person, "kalitka", day - 75, day - 45);
    last += city.truth.expectedVisits(person, "kalitka", day - 15, day);
  }
  assert.ok(last * 2 < before * 0.6);
});

test("each block of a thousand people has one leader of each kind and the stated accomplices", () => {
  for (let block = 0; block < PEOPLE; block += FRAUD_FIGURES.blockOfPeople) {
    const roles = everybody
      .slice(block, block + FRAUD_FIGURES.blockOfPeople)
      .flatMap((person) => city.truth.fraud(person) ?? []);
    const leaders = roles.filter(({ part }) => part === "leader").map(({ kind }) => kind);
    assert.deepEqual(leaders.sort(), ["buy-earn-return", "funnel", "many-accounts", "promo-sharing"]);
    const feeders = roles.filter(({ kind, part }) => kind === "funnel" && part === "accomplice").length;
    assert.ok(feeders >= FRAUD_FIGURES.funnel.feeders - 3 && feeders <= FRAUD_FIGURES.funnel.feeders);
  }
});

test("who buys to earn and return brings nearly all of it back within days", () => {
  const bought = new Set<number>();
  const returned = new Set<number>();
  for (const delivery of city.deliveries({ from: "2025-05-01", to: "2025-06-01", returns: true })) {
    if (delivery.receipt.fraud !== "buy-earn-return" || delivery.receipt.day > dayOf("2025-05-25")) continue;
    if (delivery.kind === "receipt") bought.add(delivery.receipt.number * 100_000 + delivery.receipt.day);
    if (delivery.kind === "return") {
      assert.equal(delivery.returned.lines, "all");
      returned.add(delivery.receipt.number * 100_000 + delivery.receipt.day);
    }
  }
  const back = [...bought].filter((receipt) => returned.has(receipt)).length;
  assert.ok(bought.size > 20 && back / bought.size > 0.8, `${back} of ${bought.size}`);
});

test("a dishonest cashier's card appears on strangers' receipts, in the own store and shift only", () => {
  const cashiers = new Map(city.truth.cashiers().map(({ store, person }) => [store, person]));
  const taken = labelled("cashier-card");
  assert.ok(taken.length > 20);
  for (const { store, owner, day, at } of taken) {
    assert.equal(owner, cashiers.get(store));
    assert.ok(isOnShift(store, day, (at / 1_000 + 3 * 3_600) % 86_400));
  }
});

test("a person with many accounts shows several cards, all registered from one device", () => {
  const receiptsOfMany = labelled("many-accounts");
  assert.ok(new Set(receiptsOfMany.map(({ account }) => account)).size > 4);
  const person = receiptsOfMany[0]?.person ?? 0;
  const accounts = FRAUD_FIGURES.manyAccounts.accounts;
  const registrations = city.registrations(person);
  assert.equal(new Set(registrations.map(({ card }) => card)).size, accounts);
  assert.equal(new Set(registrations.map(({ phone }) => phone)).size, accounts);
  const devices = city
    .profiles(person)
    .flatMap(({ profile }) => profile.identifiers)
    .filter(({ kind }) => kind === "device");
  assert.ok(devices.length >= accounts);
  assert.deepEqual([...new Set(devices.map(({ value }) => value))], [deviceOf(77, person)]);
});

test("feeders show the card of their block's collector", () => {
  const fed = labelled("funnel");
  assert.ok(fed.length > 50);
  for (const { person, owner } of fed) {
    const leader = city.truth.fraud(person)?.leader;
    assert.equal(owner, leader);
    assert.equal(Math.floor(person / 1_000), Math.floor(owner / 1_000));
  }
});

test("a shared promo code is used by many", () => {
  const uses = new Map<string, number>();
  for (const { body } of city.events({ to: "2025-03-15" })) {
    if (body.type !== "promo-code-used") continue;
    const code = String(body.data.code);
    uses.set(code, (uses.get(code) ?? 0) + 1);
  }
  assert.equal(uses.size, PEOPLE / 1_000);
  for (const count of uses.values()) assert.ok(count > 8);
});
