import assert from "node:assert/strict";
import { test } from "node:test";
import { parseInstant } from "#kernel/time.ts";
import { CARD_FIGURES } from "./assumptions.ts";
import { createCity } from "./city.ts";
import { paymentTokenOf } from "./identifiers.ts";

const city = createCity({ seed: 55, people: 5_000, from: "2025-01-01", to: "2025-06-01" });
const events = [...city.events()];

test("an event's partner and id are unique, its times ascend and agree", () => {
  const keys = new Set<string>();
  let last = 0;
  for (const { body, atMs } of events) {
    keys.add(`${body.partner}|${body.id}`);
    assert.equal(parseInstant(body.at), atMs);
    assert.ok(atMs >= last);
    last = atMs;
  }
  assert.equal(keys.size, events.length);
});

test("members' lives happen: they join, get cards, move numbers, buy policies and tickets, subscribe", () => {
  const types = new Set(events.map(({ body }) => body.type));
  for (const type of [
    "member-joined",
    "card-issued",
    "card-closed",
    "number-moved",
    "services-on",
    "bill-paid",
    "policy-bought",
    "ticket-bought",
    "subscription-bought",
    "promo-code-used",
  ] as const) {
    assert.ok(types.has(type), type);
  }
});

test("only members have events, shown by an identifier of theirs", () => {
  for (const { person, body } of events) {
    const registration = city.registrations(person)[0];
    assert.equal(body.member.value, body.member.kind === "card" ? registration?.card : registration?.phone);
  }
});

test("a subscription is paid once a month while it lasts", () => {
  const payments = new Map<number, number>();
  for (const { person, body } of events) {
    if (body.type === "subscription-bought") payments.set(person, (payments.get(person) ?? 0) + 1);
  }
  assert.ok(payments.size > 10);
  for (const count of payments.values()) assert.ok(count <= 6);
  assert.ok(Math.max(...payments.values()) >= 5);
});

test("card spending outside the coalition is by holders, about as often as stated, with the token that tills see", () => {
  const window = { from: "2025-03-01", to: "2025-04-01" } as const;
  const transactions = [...city.cardTransactions(window)];
  const ids = new Set<string>();
  for (const transaction of transactions) {
    const feed = city.toCardFeed(transaction);
    ids.add(feed.id);
    assert.ok(Number.isInteger(feed.amount) && feed.amount > 0);
    assert.equal(feed.token, paymentTokenOf(55, transaction.person, 0));
    const { starts, leaves } = city.truth.spans(transaction.person);
    assert.ok(transaction.day >= (starts[4] ?? 0) && transaction.day < (leaves[4] ?? 0));
  }
  assert.equal(ids.size, transactions.length);
  const holders = new Set(transactions.map(({ person }) => person)).size;
  const perDay = transactions.length / holders / 31;
  assert.ok(Math.abs(perDay / CARD_FIGURES.perDay - 1) < 0.05, `${perDay}`);
});

test("a card transaction becomes a receipt of the bank whose key no other receipt has", () => {
  const window = { from: "2025-03-01", to: "2025-03-08" } as const;
  const numbers = new Set([...city.receipts(window)].map(({ number, day }) => `${number}/${day}`));
  for (const transaction of city.cardTransactions(window)) {
    const receipt = city.toBankReceipt(transaction);
    const key = `${receipt.number}/${receipt.day}`;
    assert.ok(!numbers.has(key));
    numbers.add(key);
    const body = city.toReceiptBody(receipt);
    assert.deepEqual(
      [body.partner, body.store, body.lines[0]?.category],
      ["kubyshka", "kubyshka-cards", "card-spending"],
    );
  }
});
