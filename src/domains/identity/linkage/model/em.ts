/**
 * The Fellegi-Sunter model (Fellegi & Sunter 1969) as a mixture of classes of pairs, estimated without labels by
 * expectation and maximisation (Winkler 1988; on counts of patterns as in Enamorado, Fifield & Imai 2019).
 *
 * Classes: matches; relatives (of one household: what households share agrees as often as it likes, what is personal
 * agrees as in random pairs); all others. Fields are independent within a class. `u`, the outcomes of random pairs, is
 * observed; the matches and relatives hidden among the random pairs are subtracted from it. Pairs that blocking did not
 * bring together count as others.
 */
export type EmField = { readonly levels: number; readonly personal: boolean; readonly frequency: boolean };

/** Pairs alike: outcomes per field (0 = missing), how many, term-frequency bits, fields they may teach (bit mask). */
export type EmGroup = {
  readonly outcomes: readonly number[];
  readonly count: number;
  readonly personBits: number;
  readonly householdBits: number;
  readonly eligible: number;
};

export type Scored = Pick<EmGroup, "outcomes" | "personBits" | "householdBits">;

export type EmInput = {
  readonly fields: readonly EmField[];
  readonly groups: readonly EmGroup[];
  /** Share of each outcome 1..levels among random pairs where nothing is missing, `[field][level - 1]`. */
  readonly random: readonly (readonly number[])[];
  /** Random pairs behind `random`, per field: bounds how small a share can be known. */
  readonly randomPairs: readonly number[];
  /** All pairs there are, brought together or not. */
  readonly totalPairs: number;
  readonly relatives: boolean;
};

/** Probability of each outcome (index level - 1) per field and class, and the classes' shares of all pairs. */
export type Model = {
  readonly m: readonly (readonly number[])[];
  readonly h: readonly (readonly number[])[];
  readonly u: readonly (readonly number[])[];
  readonly matchShare: number;
  readonly relativeShare: number;
  readonly iterations: number;
};

const MAX_ITERATIONS = 200;
const CONVERGED = 1e-5;
/** Pairs' worth of prior belief in a field's outcomes: keeps an outcome that few pairs have from a weight of infinity. */
const PRIOR_PAIRS = 2;

export function estimate(input: EmInput): Model {
  let model = firstGuess(input);
  for (let iteration = 1; iteration <= MAX_ITERATIONS; iteration++) {
    const next = maximise(input, model, iteration);
    const change = difference(model, next);
    model = next;
    if (change < CONVERGED) break;
  }
  return model;
}

/** Matches agree: 0.8 on the strongest outcome, the rest falls by halves. Blocking finds about a match per record. */
function firstGuess({ fields, random, totalPairs, groups, relatives }: EmInput): Model {
  const m = fields.map(({ levels }) => agreeing(levels));
  const found = groups.reduce((sum, group) => sum + group.count, 0);
  const matchShare = Math.min(0.3, Math.max(1 / totalPairs, (0.1 * found) / totalPairs / 10));
  return { m, h: m, u: random, matchShare, relativeShare: relatives ? matchShare / 2 : 0, iterations: 0 };
}

function agreeing(levels: number): number[] {
  const shares = Array.from({ length: levels }, (_, level) => (level === 0 ? 0.8 : 0.2 * 0.5 ** level));
  const sum = shares.reduce((a, b) => a + b, 0);
  return shares.map((share) => share / sum);
}

/** Log-likelihoods of a pair's outcomes in the three classes, natural logarithms, shares of the classes included. */
export function classLogs(model: Model, fields: readonly EmField[], pair: Scored) {
  let match = Math.log(model.matchShare);
  let relative = model.relativeShare > 0 ? Math.log(model.relativeShare) : Number.NEGATIVE_INFINITY;
  let other = Math.log(1 - model.matchShare - model.relativeShare);
  for (const [index, outcome] of pair.outcomes.entries()) {
    if (outcome === 0) continue;
    const { frequency, personal } = fields[index] as EmField;
    /* The same value by chance is as likely as the value is frequent; that is in the bits. */
    const u = frequency && outcome === 1 ? 0 : Math.log(model.u[index]?.[outcome - 1] ?? 1);
    match += Math.log(model.m[index]?.[outcome - 1] ?? 1);
    relative += personal ? u : Math.log(model.h[index]?.[outcome - 1] ?? 1);
    other += u;
  }
  relative -= pair.personBits * Math.LN2;
  other -= (pair.personBits + pair.householdBits) * Math.LN2;
  return { match, relative, other };
}

/** Probability that a pair is a match and that it is one of relatives. */
export function posterior(model: Model, fields: readonly EmField[], group: Scored) {
  const { match, relative, other } = classLogs(model, fields, group);
  const top = Math.max(match, relative, other);
  const [a, b, c] = [Math.exp(match - top), Math.exp(relative - top), Math.exp(other - top)];
  const sum = a + b + c;
  return { match: a / sum, relative: b / sum };
}

function maximise(input: EmInput, model: Model, iterations: number): Model {
  const { fields, groups, random, randomPairs, totalPairs } = input;
  const m = fields.map(({ levels }) => prior(levels));
  const h = fields.map(({ levels }) => prior(levels));
  const spare = fields.map(({ levels }) => new Array<number>(levels).fill(0));
  let matches = 0;
  let relatives = 0;
  for (const group of groups) {
    const p = posterior(model, fields, group);
    const [match, relative] = [p.match * group.count, p.relative * group.count];
    matches += match;
    relatives += relative;
    for (const [index, outcome] of group.outcomes.entries()) {
      if (outcome === 0) continue;
      if ((group.eligible >>> index) & 1) {
        add(m[index], outcome, match);
        add(h[index], outcome, relative);
      } else add(spare[index], outcome, match);
    }
  }
  /* A field that every rule looks at is taught by all pairs rather than by none. */
  const learned = m.map((counts, index) => {
    const own = counts.reduce((a, b) => a + b, 0) - PRIOR_PAIRS;
    return own >= 20 ? counts : counts.map((count, level) => count + (spare[index]?.[level] ?? 0));
  });
  const matchShare = clampShare(matches / totalPairs, totalPairs);
  const relativeShare = input.relatives ? Math.min(0.3, relatives / totalPairs) : 0;
  const shares = learned.map(normalise);
  const household = h.map(normalise);
  const u = random.map((row, index) => subtract(row, randomPairs[index] ?? 1, shares[index] as number[], matchShare));
  return {
    m: shares.map((row, index) => ordered(row, u[index] as number[])),
    h: household,
    u,
    matchShare,
    relativeShare,
    iterations,
  };
}

function prior(levels: number): number[] {
  return agreeing(levels).map((share) => share * PRIOR_PAIRS);
}

function add(counts: number[] | undefined, outcome: number, amount: number): void {
  if (counts) counts[outcome - 1] = (counts[outcome - 1] ?? 0) + amount;
}

function normalise(counts: readonly number[]): number[] {
  const sum = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => count / sum);
}

function clampShare(share: number, totalPairs: number): number {
  return Math.min(0.5, Math.max(0.5 / totalPairs, share));
}

/** Random pairs less the matches among them; never below half a pair of the sample. */
function subtract(row: readonly number[], pairs: number, m: readonly number[], matchShare: number): number[] {
  const least = 0.5 / Math.max(1, pairs);
  return normalise(
    row.map((share, level) => Math.max(least, (share - matchShare * (m[level] ?? 0)) / (1 - matchShare))),
  );
}

/**
 * A stronger agreement never weighs less than a weaker one: neighbours whose m/u is out of order are pooled (pool
 * adjacent violators), which keeps their sum.
 */
export function ordered(m: readonly number[], u: readonly number[]): number[] {
  const blocks: { m: number; u: number; levels: number }[] = [];
  for (const [level, share] of m.entries()) {
    blocks.push({ m: share, u: u[level] ?? 1, levels: 1 });
    for (let last = blocks.length - 1; last > 0; last = blocks.length - 1) {
      const [before, own] = [blocks[last - 1], blocks[last]] as [
        { m: number; u: number; levels: number },
        { m: number; u: number; levels: number },
      ];
      if (before.m * own.u >= own.m * before.u) break;
      blocks.splice(last - 1, 2, { m: before.m + own.m, u: before.u + own.u, levels: before.levels + own.levels });
    }
  }
  let level = 0;
  return blocks.flatMap((block) => Array.from({ length: block.levels }, () => (block.m * (u[level++] ?? 1)) / block.u));
}

function difference(a: Model, b: Model): number {
  let most = Math.abs(Math.log(a.matchShare / b.matchShare)) * 0.01;
  for (const [index, row] of a.m.entries()) {
    for (const [level, share] of row.entries()) most = Math.max(most, Math.abs(share - (b.m[index]?.[level] ?? 0)));
  }
  return most;
}
