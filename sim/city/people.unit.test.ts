import assert from "node:assert/strict";
import { test } from "node:test";
import { createCity } from "./city.ts";
import { luhnDigit } from "./identifiers.ts";

const PERIOD = { from: "2025-01-01", to: "2025-03-01" } as const;

test("person 7,654,321 is the same in a city of 8 million and of 80 million, asked first or last", () => {
  const large = createCity({ seed: 5, people: 80_000_000, ...PERIOD });
  const small = createCity({ seed: 5, people: 8_000_000, ...PERIOD });
  const asked = large.person(7_654_321);
  for (let i = 0; i < 100; i++) small.person(i);
  assert.deepEqual(small.person(7_654_321), asked);
  assert.deepEqual(small.profiles(7_654_321), large.profiles(7_654_321));
  assert.deepEqual([...small.receiptsOf(7_654_321)], [...large.receiptsOf(7_654_321)]);
});

test("another seed gives other people", () => {
  const one = createCity({ seed: 1, people: 100, ...PERIOD });
  const two = createCity({ seed: 2, people: 100, ...PERIOD });
  const same = Array.from({ length: 100 }, (_, i) => one.person(i).birthDay === two.person(i).birthDay);
  assert.ok(same.filter(Boolean).length < 5);
});

test("households partition the people: everybody lives in exactly one, with its head", () => {
  const city = createCity({ seed: 3, people: 2_400, ...PERIOD });
  const adults = new Map<number, number>();
  for (let i = 0; i < 2_400; i++) {
    const { household, role } = city.person(i);
    adults.set(household, (adults.get(household) ?? 0) + 1);
    assert.equal(role === "head", i === household);
  }
  for (const [number, count] of adults) assert.equal(city.household(number).adults, count);
  assert.equal(adults.size, 1_300);
});

test("a couple is of about one age, children are younger than their parents, nobody is a minor", () => {
  const city = createCity({ seed: 3, people: 2_400, ...PERIOD });
  for (let i = 0; i < 2_400; i++) {
    const person = city.person(i);
    const head = city.person(person.household);
    assert.ok(person.age >= 18 && person.age <= 90);
    if (person.role === "partner") assert.ok(Math.abs(person.age - head.age) <= 5);
    if (person.role === "child") assert.ok(head.age - person.age >= 15);
  }
});

test("a name agrees with the gender", () => {
  const city = createCity({ seed: 3, people: 600, ...PERIOD });
  for (let i = 0; i < 600; i++) {
    const { gender, name } = city.person(i);
    assert.match(name.middle, gender === "female" ? /(вна|чна)$/ : /ич$/);
    if (gender === "male") assert.doesNotMatch(name.last, /(ова|ева|ина|ская)$/);
  }
});

test("cards and phones of members are unique and well formed", () => {
  const city = createCity({ seed: 9, people: 20_000, ...PERIOD });
  const cards = new Set<string>();
  const phones = new Set<string>();
  let registrations = 0;
  for (const { card, phone } of city.members()) {
    registrations++;
    cards.add(card);
    phones.add(phone);
    assert.match(card, /^7789\d{12}$/);
    assert.equal(Number(card.at(-1)), luhnDigit(card.slice(0, -1)));
    assert.match(phone, /^\+79\d{9}$/);
  }
  assert.equal(cards.size, registrations);
  assert.equal(phones.size, registrations);
});

test("Luhn's digit of 7992739871 is 3", () => {
  assert.equal(luhnDigit("7992739871"), 3);
});
