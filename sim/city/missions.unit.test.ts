import assert from "node:assert/strict";
import { test } from "node:test";
import { parseDay } from "#kernel/time.ts";
import { RESPONSE_FIGURES } from "./assumptions.ts";
import { type City, createCity } from "./city.ts";
import { type Mission, strengthOf } from "./missions.ts";
import type { CityReceipt } from "./receipts.ts";
import { NEVER } from "./spans.ts";

const PEOPLE = 6_000;
const BOOST: Mission = {
  id: "autumn-boost",
  partner: "kalitka",
  rateBp: 3_000,
  from: "2025-02-01",
  to: "2025-03-01",
  audience: { shareBp: 5_000 },
};
const CARD: Mission = {
  ...BOOST,
  id: "bank-card",
  partner: "kubyshka",
  rateBp: 700,
  audience: "everyone",
  task: "card-issued",
};
const PERIOD = { from: "2025-01-01", to: "2025-05-01" } as const;

const boosted = createCity({ seed: 4, people: PEOPLE, ...PERIOD, missions: [BOOST] });
const plain = boosted.without(BOOST.id);
const idOf = ({ person, day, slot }: CityReceipt) => `${person}/${day}/${slot}`;
const everybody = Array.from({ length: PEOPLE }, (_, i) => i);
const dayOf = (text: string) => parseDay(text) ?? 0;

function receiptsOf(city: City, window: { from: string; to: string }): Map<string, CityReceipt> {
  return new Map([...city.receipts(window)].map((receipt) => [idOf(receipt), receipt]));
}

const during = { from: BOOST.from, to: BOOST.to };
const withBoost = receiptsOf(boosted, during);
const without = receiptsOf(plain, during);

test("outside of its time and its partner a boost changes nothing", () => {
  assert.deepEqual([...boosted.receipts({ to: BOOST.from })], [...plain.receipts({ to: BOOST.from })]);
  assert.deepEqual(
    [...boosted.receipts({ from: BOOST.to, to: "2025-03-10" })],
    [...plain.receipts({ from: BOOST.to, to: "2025-03-10" })],
  );
  for (const [id, receipt] of withBoost) if (receipt.partner !== 0) assert.deepEqual(without.get(id), receipt);
});

test("people out of the audience, unaware or indifferent do the same with and without", () => {
  for (const [id, receipt] of withBoost) {
    if (boosted.truth.response(receipt.person, BOOST.id)?.boosts.some((boost) => boost.visitLift !== 0)) continue;
    assert.deepEqual(without.get(id), receipt);
  }
});

test("potential outcomes are nested: a boost only adds trips, where it annoys it only removes some", () => {
  for (const [id, { person }] of without) {
    if (boosted.truth.tastes(person).sensitivity >= 0) assert.ok(withBoost.has(id));
  }
  for (const [id, { person }] of withBoost) {
    if (boosted.truth.tastes(person).sensitivity <= 0) assert.ok(without.has(id));
  }
});

test("on a trip made either way, amounts grow by the person's stated lift and nothing else changes", () => {
  let compared = 0;
  for (const [id, receipt] of withBoost) {
    const other = without.get(id);
    const boost = boosted.truth.response(receipt.person, BOOST.id)?.boosts[0];
    const lift = boost && receipt.day >= boost.from ? boost.basketLift : 0;
    if (!other || receipt.partner !== 0 || lift === 0) continue;
    compared++;
    assert.deepEqual(receipt.categories, other.categories);
    receipt.amounts.forEach((amount, i) => {
      assert.equal(amount, Math.max(100, Math.round((other.amounts[i] ?? 0) * (1 + lift))));
    });
  }
  assert.ok(compared > 1_000);
});

test("the trips a boost adds are those the truth expects, within chance", () => {
  const [from, to] = [dayOf(BOOST.from), dayOf(BOOST.to)];
  let expected = 0;
  for (const person of everybody) {
    expected +=
      boosted.truth.expectedVisits(person, "kalitka", from, to) -
      plain.truth.expectedVisits(person, "kalitka", from, to);
  }
  const mainTrips = (receipts: Map<string, CityReceipt>) =>
    [...receipts.values()].filter(({ slot }) => slot === 0).length;
  const added = mainTrips(withBoost) - mainTrips(without);
  assert.ok(expected > 200);
  assert.ok(Math.abs(added - expected) < 4 * Math.sqrt(expected), `added ${added}, expected ${expected}`);
});

test("half of the people are in the audience and the stated part of its members is aware", () => {
  const responses = everybody.map((person) => boosted.truth.response(person, BOOST.id));
  const audience = responses.filter((response) => response?.inAudience).length;
  assert.ok(Math.abs(audience / PEOPLE - 0.5) < 0.03);
  const members = everybody.filter((person) => boosted.truth.spans(person).memberFrom < dayOf(BOOST.to));
  const aware = members.filter((person) => boosted.truth.response(person, BOOST.id)?.aware).length;
  assert.ok(Math.abs(aware / members.length - RESPONSE_FIGURES.awareBp / 10_000) < 0.03);
});

test("the audience drawn by lot is like the rest: an honest experiment", () => {
  const mean = (people: readonly number[]) =>
    people.reduce(
      (sum, person) => sum + plain.truth.expectedVisits(person, "kalitka", dayOf("2025-01-01"), dayOf("2025-02-01")),
      0,
    ) / people.length;
  const isTreated = (person: number) => boosted.truth.response(person, BOOST.id)?.inAudience === true;
  const ratio = mean(everybody.filter(isTreated)) / mean(everybody.filter((person) => !isTreated(person)));
  assert.ok(Math.abs(ratio - 1) < 0.06, `${ratio}`);
});

test("+10 % counts one, +30 % two, +70 % three", () => {
  assert.deepEqual([1_000, 3_000, 7_000].map(strengthOf), [1, 2, 3]);
});

test("a task wins people who would not have done it, and boosts all who did it in time", () => {
  const city = createCity({ seed: 4, people: PEOPLE, ...PERIOD, missions: [CARD] });
  const other = city.without();
  const issued = (of: City) =>
    new Set([...of.events()].filter(({ body }) => body.type === "card-issued").map(({ person }) => person));
  const [withMission, withoutIt] = [issued(city), issued(other)];
  let won = 0;
  for (const person of everybody) {
    const response = city.truth.response(person, CARD.id);
    assert.ok(response);
    const inTime = (day: number) => day >= dayOf(CARD.from) && day < dayOf(CARD.to);
    if (response.doneWith < response.doneWithout) {
      won++;
      assert.ok(inTime(response.doneWith) && withMission.has(person));
    } else assert.equal(withMission.has(person), withoutIt.has(person));
    if (response.boosts.length > 0) {
      assert.ok(inTime(response.doneWith));
      assert.deepEqual(
        response.boosts.map(({ partner }) => partner),
        [0, 1],
      );
      assert.equal(response.boosts[0]?.from, response.doneWith + 1);
    }
    if (!response.aware) assert.equal(response.doneWith, response.doneWithout);
  }
  assert.ok(won > 20 && won < PEOPLE / 20, `${won} won`);
});

test("a policy or a ticket bought for a mission is a receipt and an event of that day", () => {
  const mission: Mission = { ...CARD, id: "first-policy", partner: "obereg", task: "policy-bought", rateBp: 7_000 };
  const city = createCity({ seed: 4, people: PEOPLE, ...PERIOD, missions: [mission] });
  const won = everybody.filter((person) => {
    const response = city.truth.response(person, mission.id);
    return response !== undefined && response.doneWith < response.doneWithout;
  });
  assert.ok(won.length > 20);
  for (const person of won) {
    const day = city.truth.response(person, mission.id)?.doneWith ?? NEVER;
    assert.ok([...city.receiptsOf(person)].some((receipt) => receipt.day === day && receipt.partner === 6));
  }
});
