import assert from "node:assert/strict";
import { test } from "node:test";
import { createCalendar, formatDay, parseInstant } from "#kernel/time.ts";
import { createCity } from "./city.ts";
import { receiptKeyOf } from "./wire.ts";

const city = createCity({ seed: 21, people: 3_000, from: "2025-01-01", to: "2025-04-01" });
const WINDOW = { from: "2025-02-10", to: "2025-02-20" } as const;
const receipts = [...city.receipts(WINDOW)];
const kindOfCategory = new Map(city.categories.map(({ id, kind }) => [id, kind]));
const kindOfPartner = new Map(city.partners.map(({ id, kind }) => [id, kind]));
const storeById = new Map(city.stores.map((store) => [store.id, store]));
const sum = (amounts: readonly number[]) => amounts.reduce((total, amount) => total + amount, 0);

test("ten days of three thousand people make thousands of receipts", () => {
  assert.ok(receipts.length > 8_000, `${receipts.length}`);
});

test("every amount is a positive integer of kopecks, every quantity a positive integer", () => {
  for (const receipt of receipts) {
    const body = city.toReceiptBody(receipt);
    assert.ok(body.lines.length > 0);
    for (const { amount, quantity } of body.lines) {
      assert.ok(Number.isInteger(amount) && amount > 0);
      assert.ok(Number.isInteger(quantity) && quantity > 0);
    }
    for (const { amount } of body.tenders) assert.ok(Number.isInteger(amount) && amount > 0);
    assert.ok(body.deliveryFee === undefined || (Number.isInteger(body.deliveryFee) && body.deliveryFee > 0));
  }
});

test("tenders sum to lines and delivery, with points spent and without", () => {
  for (const receipt of receipts) {
    const goods = sum(receipt.amounts);
    for (const spend of [0, receipt.wishKopecks, goods]) {
      const body = city.toReceiptBody(receipt, spend);
      assert.equal(sum(body.tenders.map(({ amount }) => amount)), goods + (body.deliveryFee ?? 0));
      assert.equal(body.spend, spend > 0 ? spend : undefined);
    }
    assert.ok(receipt.wishKopecks <= goods);
  }
});

test("a receipt stands in a store of its partner, at one of its tills, with its categories, each on one line", () => {
  for (const receipt of receipts) {
    const body = city.toReceiptBody(receipt);
    const store = storeById.get(body.store);
    assert.equal(store?.partner, body.partner);
    assert.equal(store?.channel, body.channel);
    assert.ok(Number(body.till) >= 1 && Number(body.till) <= (store?.tills ?? 0));
    for (const { category } of body.lines) assert.equal(kindOfCategory.get(category), kindOfPartner.get(body.partner));
    assert.equal(new Set(body.lines.map(({ category }) => category)).size, body.lines.length);
  }
});

test("receipt keys are unique", () => {
  const keys = new Set(receipts.map((receipt) => Object.values(receiptKeyOf(receipt)).join("|")));
  assert.equal(keys.size, receipts.length);
});

test("times are Moscow's, say the same as the number of milliseconds, ascend, and fall in the window and opening hours", () => {
  const moscow = createCalendar("Europe/Moscow");
  let last = 0;
  for (const receipt of receipts) {
    const { at, channel } = city.toReceiptBody(receipt);
    assert.match(at, /\+03:00$/);
    assert.equal(parseInstant(at), receipt.at);
    assert.ok(receipt.at >= last);
    last = receipt.at;
    const day = formatDay(moscow.dayOf(receipt.at));
    assert.ok(day >= WINDOW.from && day < WINDOW.to);
    const hour = Math.floor(moscow.minuteOfDay(receipt.at) / 60);
    assert.ok(channel === "online" || (hour >= 7 && hour < 23), at);
  }
});

test("a till shows a card or a phone that some registration has", () => {
  const known = new Set([...city.members()].flatMap(({ card, phone }) => [card, phone]));
  let members = 0;
  for (const receipt of receipts) {
    const { member } = city.toReceiptBody(receipt);
    if (!member) continue;
    members++;
    assert.ok(known.has(member.value));
  }
  assert.ok(members > receipts.length * 0.4 && members < receipts.length * 0.7);
});

test("nobody buys tobacco who does not smoke, nor diesel for a petrol car", () => {
  for (const receipt of receipts) {
    const { lines } = city.toReceiptBody(receipt);
    const { car } = city.household(city.person(receipt.person).household);
    if (lines.some(({ category }) => category === "diesel")) assert.equal(car, "diesel");
    if (lines.some(({ category }) => category === "petrol")) assert.equal(car, "petrol");
  }
});
