import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "#kernel/random.ts";
import { beliefOf, drawStated } from "./belief.ts";
import { costsOf, drawCosts } from "./costs.ts";
import { beta, binomial, gamma, mean, quantile, student } from "./draws.ts";
import { type ForecastInput, forecast } from "./forecast.ts";
import { learnSpending } from "./spending.ts";
import { type FinishedMission, learnUplift } from "./uplift.ts";

const drawn = (count: number, draw: (random: ReturnType<typeof createRandom>) => number): number[] => {
  const random = createRandom(7);
  return Array.from({ length: count }, () => draw(random));
};
const near = (value: number, expected: number, within: number, what = "") =>
  assert.ok(Math.abs(value - expected) <= within, `${what} ${value} is not ${expected} ± ${within}`);
const sure = (value: number) => ({ low: value, expected: value, high: value });

const member = (cents: number) => ({
  byFunder: new Map([
    ["alfa", cents * 0.8],
    ["operator", cents * 0.2],
  ]),
  byPartner: new Map([["shop", cents]]),
});
const INPUT: ForecastInput = {
  terms: {
    ...{ hash: "h", madeAt: 0, days: 28, operator: "operator", feeKopecks: 10_000 },
    ...{ budgetCents: undefined, fixedCents: 0, pointKopecks: 100 },
  },
  audience: { members: 10_000, sampled: 1_000, found: 500 },
  natural: { hits: 10, members: 500, participants: 10, days: 28 },
  costs: costsOf([member(5_000), member(15_000), member(10_000)], 30),
  uplift: learnUplift([]),
  spending: learnSpending([]),
  stated: { won: sure(300), spend: sure(10_000) },
};

test("draws have the mean and the spread of what they are drawn from, in each way of drawing them", () => {
  for (const shape of [0.4, 1, 7.5]) {
    const values = drawn(20_000, (random) => gamma(random, shape));
    near(mean(values), shape, 0.1 * Math.sqrt(shape) + 0.02, "gamma");
    near(mean(values.map((value) => (value - shape) ** 2)), shape, 0.12 * shape + 0.03, "its variance");
  }
  near(mean(drawn(20_000, (random) => beta(random, 2.5, 97.5))), 0.025, 0.0005, "beta");
  for (const [n, p] of [
    [40, 0.1],
    [40, 0.93],
    [2_000, 0.01],
    [100_000, 0.2],
    [5, 0],
    [5, 1],
  ] as const) {
    const values = drawn(8_000, (random) => binomial(random, n, p));
    const variance = n * p * (1 - p);
    near(mean(values), n * p, 0.06 * Math.sqrt(variance) + 1e-9, `binomial ${n} ${p}`);
    near(mean(values.map((value) => (value - n * p) ** 2)), variance, 0.1 * variance + 1e-9, "its variance");
    assert.ok(values.every((value) => Number.isInteger(value) && value >= 0 && value <= n));
  }
  const sorted = drawn(20_000, (random) => student(random, 5)).sort((a, b) => a - b);
  near(quantile(sorted, 0.9), 1.476, 0.06, "Student's t with 5 degrees, the table's value");
});

test("what a person states comes out again: a tenth below low, a tenth above high, the middle at the expected", () => {
  for (const scale of ["log", "logit"] as const) {
    const stated = { low: 0.01, expected: 0.03, high: 0.06 };
    const sorted = drawn(20_000, (random) => drawStated(random, stated, scale)).sort((a, b) => a - b);
    near(quantile(sorted, 0.1), 0.01, 0.0007);
    near(quantile(sorted, 0.5), 0.03, 0.001);
    near(quantile(sorted, 0.9), 0.06, 0.002);
  }
  assert.deepEqual([...new Set(drawn(9, (random) => drawStated(random, sure(0.02), "logit")))], [0.02]);
});

const finished = (wonShare: number, valueKopecks: number, audience = 20_000): FinishedMission => ({
  ...{ audience, days: 28, valueKopecks },
  completions: Math.round(audience * (1 - (1 - 0.01) * (1 - wonShare))),
  natural: { hits: 200, members: 20_000, days: 28 },
});
const wonBy = (missions: readonly FinishedMission[], valueKopecks: number) => {
  const uplift = learnUplift(missions);
  return beliefOf(drawn(4_000, (random) => uplift.draw(random, valueKopecks)));
};

test("before any mission has finished the prior speaks; each that finishes moves and narrows what is won", () => {
  const prior = wonBy([], 50_000);
  assert.ok(prior.low < 0.008 && prior.high > 0.05, JSON.stringify(prior));
  const alike = Array.from({ length: 12 }, (_, i) => finished(0.06 * (0.9 + 0.2 * (i % 2)), 50_000));
  const one = wonBy(alike.slice(0, 1), 50_000);
  const many = wonBy(alike, 50_000);
  near(many.expected, 0.06, 0.006);
  const width = ({ low, high }: typeof prior) => Math.log(high / low);
  assert.ok(width(many) < width(one) && width(one) < width(prior));
  assert.ok(one.expected > prior.expected * 1.2, "towards what it won");
});

test("a reward that is worth more wins more, as finished missions have shown", () => {
  const lessons = [10_000, 30_000, 90_000, 10_000, 30_000, 90_000].map((worth) =>
    finished(0.02 * (worth / 10_000) ** 0.6, worth),
  );
  near(wonBy(lessons, 50_000).expected, 0.02 * 5 ** 0.6, 0.012);
  assert.ok(wonBy(lessons, 200_000).expected > wonBy(lessons, 10_000).expected * 2);
});

test("a mission that fewer did than do anyway teaches that little is won, and breaks nothing", () => {
  const none = { ...finished(0, 50_000), completions: 100 };
  assert.ok(wonBy([none, none, none], 50_000).expected < 0.01);
  assert.ok(wonBy([{ ...none, completions: 0, audience: 3 }], 50_000).expected > 0);
});

test("what doers earned over the replay is learnt the same way", () => {
  const spend = (ratios: readonly number[]) => beliefOf(drawn(4_000, (random) => learnSpending(ratios).draw(random)));
  near(spend([]).expected, 1.1, 0.2);
  const learnt = spend([1.4, 1.5, 1.6, 1.5, 1.4, 1.6, 1.5, 1.5]);
  near(learnt.expected, 1.47, 0.06);
  assert.ok(learnt.high - learnt.low < spend([]).high - spend([]).low);
});

test("completions are audience × (natural + won of the rest), points what their receipts would have earned, fees follow", () => {
  const made = forecast(INPUT);
  near(made.assumptions.audience?.expected ?? 0, 5_000, 60);
  near(made.completions.expected, 5_000 * (1 - 0.979 * 0.97), 12);
  near(made.wonCompletions.expected, 5_000 * 0.979 * 0.03, 5);
  near(made.pointsCents.expected / made.completions.expected, 10_000, 400);
  near(made.feeKopecks.expected, made.completions.expected * 10_000, 10_000);
  near(made.byFunder.alfa?.expected ?? 0, made.pointsCents.expected * 0.8, 2);
  assert.deepEqual(made.byPartner.shop, made.pointsCents);
  const own = made.byFunder.operator?.expected ?? 0;
  near(made.operatorResultKopecks.expected, made.feeKopecks.expected - own, 2);
  for (const { low, expected, high } of [made.completions, made.pointsCents, made.operatorResultKopecks]) {
    assert.ok(low < expected && expected < high);
  }
});

test("the same document and past give the same forecast; whatever an author states is drawn as stated and marked so", () => {
  assert.deepEqual(forecast(INPUT), forecast(INPUT));
  const { assumptions } = forecast(INPUT);
  assert.deepEqual([assumptions.won?.source, assumptions.natural?.source], ["stated", "measured"]);
  assert.deepEqual({ ...sure(300) }, { low: 300, expected: 300, high: assumptions.won?.high });
  const learnt = forecast({ ...INPUT, stated: {}, uplift: learnUplift([finished(0.05, 50_000)]) }).assumptions;
  assert.deepEqual([learnt.won?.source, learnt.spend?.source], ["learnt", "prior"]);
  assert.match(learnt.won?.text.en ?? "", /learnt of finished missions: 1\.$/);
  assert.match(learnt.natural?.text.ru ?? "", /за 28 дн\. сделали 10 из 500\.$/);
  const all = { audience: sure(400), natural: sure(0), won: sure(5_000), spend: sure(20_000) };
  near(forecast({ ...INPUT, stated: all }).completions.expected, 200, 2);
  near(forecast({ ...INPUT, stated: all }).pointsCents.expected, 4_000_000, 150_000);
});

test("a budget cuts what is given and says how likely it is; an award that it has nothing left for owes no fee", () => {
  const terms = { ...INPUT.terms, budgetCents: 1_500_000 };
  const cut = forecast({ ...INPUT, terms });
  assert.deepEqual([cut.exceedsBudget, cut.pointsCents.high], [true, 1_500_000]);
  near(cut.budgetChanceBp, 9_800, 200);
  const award = { ...terms, fixedCents: 20_000 };
  const fixed = { ...costsOf([member(20_000)], 0), members: 0 };
  const given = forecast({ ...INPUT, terms: award, costs: fixed });
  assert.equal(given.assumptions.spend, undefined);
  assert.equal(given.feeKopecks.high, 75 * 10_000);
});

test("of members who have not done what comes before, only those who will count", () => {
  const ready = forecast({ ...INPUT, ready: { sampled: 500, found: 50, expectedBp: 3_000 } });
  assert.equal(ready.assumptions.ready?.expected, 3_000);
  near(ready.completions.expected, 5_000 * 0.3 * 0.05, 8);
});

test("few doers are drawn one by one, many by their sum; both have the mean and the spread of the receipts", () => {
  const perMember = Array.from({ length: 200 }, (_, i) => (i % 10 === 0 ? 10_000 : 0));
  const costs = drawCosts({ perMember });
  for (const doers of [20, 2_000]) {
    const sums = drawn(6_000, (random) => costs(random, doers)).map((sum) => sum / doers);
    near(mean(sums), 1_000, 40);
    const spread = Math.sqrt(mean(sums.map((sum) => (sum - 1_000) ** 2)));
    // Of one doer 3,000; of the sampled mean 3,000 / √200.
    near(spread, Math.sqrt(9_000_000 / doers + 9_000_000 / 200), 60);
  }
  assert.equal(drawCosts({ perMember: [] })(createRandom(1), 5), 0);
});
