import type { Kopecks, PointsCents } from "#kernel/money.ts";
import { createRandom, hash32, type Random } from "#kernel/random.ts";
import type { EpochMs } from "#kernel/time.ts";
import { beliefOf, COVERAGE_BP, drawStated } from "./belief.ts";
import { type Costs, drawCosts } from "./costs.ts";
import { beta, binomial, mean } from "./draws.ts";
import type { Spending } from "./spending.ts";
import { told } from "./texts.ts";
import type { Assumption, AssumptionKey, AssumptionSource, Forecast, Range, Stated } from "./types.ts";
import { drawNatural, type Natural, type Uplift } from "./uplift.ts";

export type ForecastTerms = {
  readonly hash: string;
  readonly madeAt: EpochMs;
  /** The days in which it can be done. */
  readonly days: number;
  readonly operator: string;
  readonly feeKopecks: Kopecks;
  readonly budgetCents: PointsCents | undefined;
  /** A fixed award, all or nothing for each; 0 for a boost. */
  readonly fixedCents: PointsCents;
  readonly pointKopecks: Kopecks;
};

export type ForecastInput = {
  readonly terms: ForecastTerms;
  /** All members, how many were looked at, and how many of those it is open to. */
  readonly audience: { readonly members: number; readonly sampled: number; readonly found: number };
  /** Of the sampled audience: who has done what comes before; and the share that its forecasts expect. Absent without it. */
  readonly ready?: Ready;
  /** In the days looked back on: who did it, and who began. */
  readonly natural: Natural & { readonly participants: number };
  readonly costs: Costs;
  readonly uplift: Uplift;
  readonly spending: Spending;
  readonly stated: Stated;
};

export type Ready = { readonly sampled: number; readonly found: number; readonly expectedBp: number };

const DRAWS = 2_000;

/** One future: who there is, who does it, what that costs. */
type Future = {
  readonly is: Readonly<Record<AssumptionKey, number>>;
  readonly participants: number;
  readonly completions: number;
  readonly won: number;
  /** Before the budget. */
  readonly asked: PointsCents;
  readonly points: PointsCents;
  readonly fees: Kopecks;
};

/**
 * Draws the future so many times and tells where its values lie: audience × (natural, then won of the rest), each with what
 * is not known of it, each doer's reward by receipts drawn again, cut by the budget. (Posterior predictive simulation: Gelman
 * et al., Bayesian Data Analysis, 3rd ed., 7.) The same document and the same past give the same forecast.
 */
export function forecast(input: ForecastInput): Forecast {
  const { terms, costs, audience, natural, uplift } = input;
  const { budgetCents, pointKopecks } = terms;
  const random = createRandom(hash32(terms.hash));
  const valueKopecks = Math.round((costs.meanCents * pointKopecks) / 100);
  const draw = drawer(input, valueKopecks);
  const drawn = Array.from({ length: DRAWS }, (_, i) => draw(random.fork(String(i))));
  const range = (of: (future: Future) => number): Range => whole(beliefOf(drawn.map(of)));
  const shareOf = (parts: Costs["byFunder"], part: string) => (parts[part] ?? 0) / Math.max(1, total(parts));
  const split = (parts: Costs["byFunder"]) =>
    Object.fromEntries(
      Object.keys(parts)
        .sort()
        .map((part) => [part, range(({ points }) => points * shareOf(parts, part))]),
    );
  const operators = shareOf(costs.byFunder, terms.operator);
  const overrun = budgetCents === undefined ? 0 : drawn.filter(({ asked }) => asked > budgetCents).length;
  return {
    hash: terms.hash,
    madeAt: terms.madeAt,
    coverageBp: COVERAGE_BP,
    assumptions: assumptionsOf(input, drawn),
    measured: {
      members: audience.members,
      sampledMembers: audience.sampled,
      sampledDays: natural.days,
      natural: { hits: natural.hits, members: natural.members, days: natural.days },
      finishedMissions: uplift.finished,
      replayedMembers: costs.members,
      replayedReceipts: costs.receipts,
      perMemberCents: Math.round(costs.meanCents),
      valueKopecks,
    },
    participants: range(({ participants }) => participants),
    completions: range(({ completions }) => completions),
    wonCompletions: range(({ won }) => won),
    pointsCents: range(({ points }) => points),
    byFunder: split(costs.byFunder),
    byPartner: split(costs.byPartner),
    feeKopecks: range(({ fees }) => fees),
    operatorResultKopecks: range(({ fees, points }) => fees - (points * operators * pointKopecks) / 100),
    exceedsBudget: budgetCents !== undefined && mean(drawn.map(({ asked }) => asked)) > budgetCents,
    budgetChanceBp: Math.round((overrun / DRAWS) * 10_000),
  };
}

function drawer(input: ForecastInput, valueKopecks: Kopecks): (random: Random) => Future {
  const { terms, natural, costs } = input;
  const { fixedCents, budgetCents, feeKopecks } = terms;
  const draws = assumed(input, valueKopecks);
  const finishing = Math.min(1, (natural.hits + 1) / (natural.participants + 1));
  const cost = drawCosts(costs);
  return (random) => {
    const at = (key: AssumptionKey): number => draws[key](random.fork(key));
    const is = {
      audience: at("audience"),
      ready: at("ready"),
      natural: at("natural"),
      won: at("won"),
      spend: at("spend"),
    };
    const open = binomial(random, is.audience, is.ready);
    const byThemselves = binomial(random, open, is.natural);
    const won = binomial(random, open - byThemselves, is.won);
    const completions = byThemselves + won;
    const asked = Math.round(cost(random, completions) * is.spend);
    // An award that the budget has nothing left for is refused, and no fee is owed for it.
    const awards = fixedCents === 0 || budgetCents === undefined ? completions : Math.floor(budgetCents / fixedCents);
    return {
      is,
      participants: Math.min(open, Math.max(completions, Math.round(completions / finishing))),
      completions,
      won,
      asked,
      points: Math.min(asked, budgetCents ?? asked),
      fees: Math.min(completions, awards) * feeKopecks,
    };
  };
}

function assumed(input: ForecastInput, valueKopecks: Kopecks): Record<AssumptionKey, (random: Random) => number> {
  const { terms, audience, ready, natural, uplift, spending, stated } = input;
  const share = (random: Random, { low, expected, high }: Range) =>
    drawStated(random, { low: low / 10_000, expected: expected / 10_000, high: high / 10_000 }, "logit");
  const amount = (random: Random, { low, expected, high }: Range) =>
    drawStated(
      random,
      { low: Math.max(low, 0.5), expected: Math.max(expected, 0.5), high: Math.max(high, 0.5) },
      "log",
    );
  return {
    audience: (random) => {
      if (stated.audience) return Math.floor(amount(random, stated.audience));
      const { members, sampled, found } = audience;
      if (sampled >= members) return found;
      return Math.round(members * beta(random, found + 0.5, sampled - found + 0.5));
    },
    ready: (random) => {
      if (stated.ready) return share(random, stated.ready);
      if (ready === undefined) return 1;
      return Math.max(beta(random, ready.found + 0.5, ready.sampled - ready.found + 0.5), ready.expectedBp / 10_000);
    },
    natural: (random) => (stated.natural ? share(random, stated.natural) : drawNatural(random, natural, terms.days)),
    won: (random) => (stated.won ? share(random, stated.won) : uplift.draw(random, valueKopecks)),
    spend: (random) => {
      if (terms.fixedCents > 0) return 1;
      return stated.spend ? amount(random, stated.spend) / 10_000 : spending.draw(random);
    },
  };
}

function assumptionsOf(input: ForecastInput, drawn: readonly Future[]): Forecast["assumptions"] {
  const { audience, ready, natural, uplift, spending, stated, costs, terms } = input;
  const learnt = (finished: number): AssumptionSource => (finished > 0 ? "learnt" : "prior");
  const sources: Record<AssumptionKey, AssumptionSource> = {
    ...{ audience: "measured", ready: "measured", natural: "measured" },
    won: learnt(uplift.finished),
    spend: learnt(spending.finished),
  };
  const tell = (key: AssumptionKey): Assumption => {
    const own = stated[key];
    const unit = key === "audience" ? 1 : 10_000;
    const source = own === undefined ? sources[key] : "stated";
    const range = own ?? whole(beliefOf(drawn.map(({ is }) => is[key] * unit)));
    return told(key, source, range, {
      ...(key === "ready" && ready !== undefined ? ready : { ...audience, expectedBp: 0 }),
      ...{ hits: natural.hits, members: natural.members, days: natural.days },
      finished: key === "spend" ? spending.finished : uplift.finished,
      replayed: costs.members,
    });
  };
  const keys = ["audience", ready && "ready", "natural", "won", terms.fixedCents === 0 && "spend"] as const;
  return Object.fromEntries(keys.flatMap((key) => (key ? [[key, tell(key)]] : [])));
}

function whole({ low, expected, high }: Range): Range {
  return { low: Math.round(low), expected: Math.round(expected), high: Math.round(high) };
}

function total(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}
