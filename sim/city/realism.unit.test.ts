import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DAY_MS, monthOf, parseDay } from "#kernel/time.ts";
import {
  GROCERY_FIGURES,
  HOURLY_BASKETS_BP,
  MEMBERSHIP_FIGURES,
  OPEN_FROM_HOUR,
  TILL_FIGURES,
  VISIT_FIGURES,
  WEEKDAY_BASKETS_BP,
} from "./assumptions.ts";
import { createCity } from "./city.ts";
import { isGrocer } from "./partners.ts";
import type { CityReceipt } from "./receipts.ts";

const PEOPLE = 12_000;
const city = createCity({ seed: 101, people: PEOPLE, from: "2025-01-01", to: "2025-12-31" });
/** Eight whole weeks without holidays. */
const receipts = [...city.receipts({ from: "2025-09-01", to: "2025-10-27" })];
const DAYS = 56;
const grocery = receipts.filter(({ partner, fraud }) => isGrocer(partner) && !fraud);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
const within = (value: number, expected: number, part: number, what: string) =>
  assert.ok(Math.abs(value / expected - 1) < part, `${what}: ${value}, expected about ${expected}`);

/** Lines of receipts as [category id, amount, quantity]. */
function* linesOf(of: readonly CityReceipt[]): Generator<readonly [string, number, number]> {
  for (const { categories, amounts, quantities } of of) {
    for (let i = 0; i < categories.length; i++) {
      yield [city.categories[categories[i] ?? 0]?.id ?? "", amounts[i] ?? 0, quantities[i] ?? 0];
    }
  }
}

test("weekdays of grocery receipts are the measured ones", () => {
  const counts = new Array<number>(7).fill(0);
  for (const { day } of grocery) counts[(day + 3) % 7]!++;
  WEEKDAY_BASKETS_BP.forEach((share, i) => {
    within((counts[i]! / grocery.length) * 10_000, share, 0.05, `weekday ${i + 1}`);
  });
});

test("hours of grocery receipts in stores are the measured ones, on workdays and at weekends", () => {
  for (const [name, isWeekend] of [
    ["workday", false],
    ["weekend", true],
  ] as const) {
    const inStore = grocery.filter(({ online, day }) => !online && (day + 3) % 7 > 4 === isWeekend);
    const whole = HOURLY_BASKETS_BP[name].reduce((sum, share) => sum + share, 0);
    HOURLY_BASKETS_BP[name].forEach((share, i) => {
      const hour = OPEN_FROM_HOUR + i;
      const count = inStore.filter(({ at }) => Math.floor((at / 3_600_000 + 3) % 24) === hour).length;
      assert.ok(Math.abs(count / inStore.length - share / whole) < 0.006, `${name} ${hour}`);
    });
  }
});

test("categories' lines have about the stated shares, less where many people never buy", () => {
  const counts = new Map<string, number>();
  let lines = 0;
  for (const [category] of linesOf(grocery)) {
    counts.set(category, (counts.get(category) ?? 0) + 1);
    lines++;
  }
  const weights = Object.values(GROCERY_FIGURES).reduce((sum, { weightBp }) => sum + weightBp, 0);
  const oftenAvoided = ["tobacco", "alcohol", "baby-goods", "pet-goods"];
  const seasonal = ["flowers-gifts"];
  for (const [category, { weightBp }] of Object.entries(GROCERY_FIGURES)) {
    const share = (counts.get(category) ?? 0) / lines;
    const stated = weightBp / weights;
    if (oftenAvoided.includes(category)) assert.ok(share > 0 && share < stated, category);
    else if (!seasonal.includes(category)) within(share, stated, 0.25, category);
  }
});

test("a single piece costs what its category costs, in the middle", () => {
  const prices = new Map<string, number[]>();
  for (const [category, amount, quantity] of linesOf(grocery)) {
    const amounts = prices.get(category) ?? [];
    if (quantity === 1) amounts.push(amount);
    prices.set(category, amounts);
  }
  for (const [category, { medianKopecks }] of Object.entries(GROCERY_FIGURES)) {
    const amounts = prices.get(category) ?? [];
    if (amounts.length > 500) within(median(amounts), medianKopecks, 0.12, category);
  }
});

test("users come as often as stated", () => {
  for (const [number, { id }] of city.partners.entries()) {
    const stated = VISIT_FIGURES[id]?.visitsPerMonth ?? 0;
    if (stated < 1) continue;
    const users = Array.from({ length: PEOPLE }, (_, i) => city.truth.spans(i)).filter(
      ({ starts, leaves }) =>
        (starts[number] ?? 0) < (parseDay("2025-09-01") ?? 0) && (leaves[number] ?? 0) > (parseDay("2025-11-30") ?? 0),
    ).length;
    const visits = receipts.filter(
      (receipt) => receipt.partner === number && receipt.fraud !== "buy-earn-return",
    ).length;
    within((visits / users / DAYS) * 30.44, stated, 0.25, id);
  }
});

test("a subscriber's mean receipt is 2.6 times that of a shopper without a card", () => {
  const isSubscriber = ({ owner, person, day }: CityReceipt) => {
    const { subscribedFrom, subscribedUntil } = city.truth.spans(person);
    return owner === person && day >= subscribedFrom && day < subscribedUntil;
  };
  const subscribers = grocery.filter(isSubscriber);
  const strangers = grocery.filter(({ owner }) => owner < 0);
  const ratio = mean(subscribers.map((each) => each.totalKopecks)) / mean(strangers.map((each) => each.totalKopecks));
  within(ratio, 2.6, 0.12, "ratio");
});

test("shares of members, subscribers, online orders and cash are as stated", () => {
  const members = [...city.members()].filter(({ account }) => account === 0);
  const subscribers = members.filter(({ subscription }) => subscription).length;
  within(
    members.length / PEOPLE,
    (MEMBERSHIP_FIGURES.memberBp + MEMBERSHIP_FIGURES.joinsLaterBp / 2) / 10_000,
    0.04,
    "members",
  );
  within(subscribers / members.length, MEMBERSHIP_FIGURES.subscriberBp / 10_000, 0.25, "subscribers");
  within(
    grocery.filter(({ online }) => online).length / grocery.length,
    TILL_FIGURES.onlineGroceryBp / 10_000,
    0.15,
    "online",
  );
  const inStore = receipts.filter(({ online }) => !online);
  within(inStore.filter(({ bank }) => bank < 0).length / inStore.length, TILL_FIGURES.cashBp / 10_000, 0.03, "cash");
});

test("people shop near their home", () => {
  const near = grocery.filter(({ partner, online }) => partner === 0 && !online);
  const distances = near.map(({ person, store }) => {
    const { home } = city.household(city.person(person).household);
    const at = city.stores[store]?.at ?? home;
    return Math.hypot(home.x - at.x, home.y - at.y);
  });
  assert.ok(median(distances) < 1.2, `${median(distances)} km`);
});

test("after pay-day people come more often than before it", () => {
  const since = { early: 0, late: 0 };
  for (const { person, day } of grocery) {
    const [first, second] = city.truth.tastes(person).paydays;
    const date = new Date(day * DAY_MS).getUTCDate();
    const passed = date < second ? date - first : -1;
    if (passed >= 0 && passed < 3) since.early++;
    if (passed >= 9 && passed < 12) since.late++;
  }
  within(since.early / since.late, 1.29, 0.08, "first three days against days 9 to 11");
});

test("favourite categories of the month are liked ones", () => {
  const month = monthOf(parseDay("2025-09-01") ?? 0);
  const liked = city.truth.tastes(17).favourites.map((number) => city.categories[number]?.id);
  const chosen = city.favourites(17, month, 2);
  assert.equal(chosen.length, 2);
  for (const category of chosen) assert.ok(liked.includes(category));
});

test("every figure says where it comes from", () => {
  const text = readFileSync(new URL("assumptions.ts", import.meta.url), "utf8");
  const exported = [...text.matchAll(/^export const (\w+)/gm)];
  assert.ok(exported.length > 20);
  const blocks = text.split(/(?=^\/\*\*)/m);
  for (const [, name] of exported) {
    const block = blocks.find((each) => each.includes(`export const ${name}`)) ?? "";
    assert.match(block, /MEASURED|FACTS|ASSUMPTION|Issue 2/, `${name} has no source`);
  }
});
