/**
 * The Fellegi-Sunter model (Fellegi & Sunter 1969) as a mixture of three classes of pairs: matches; relatives (what a
 * household shares agrees as often as it likes, what is personal agrees by chance); all others. Within a class, fields are
 * independent, except that a field may depend on one other (its parent), such as a city on the postcode.
 */
export type EmField = {
  readonly levels: number;
  readonly personal: boolean;
  /** Whether outcome 1, the same value, weighs by how frequent the value is. */
  readonly frequency: boolean;
  readonly parent?: Parent;
  /** The largest chance of outcome 1 among others, where nothing else in the data can teach it. */
  readonly mostByChance?: number;
};

/** The field depends on whether another one is alike: its outcome is at least as strong as `cut`. */
export type Parent = { readonly field: number; readonly cut: number };

/** What a field's parent says: nothing (missing, or no parent), alike, or not alike. */
export const CONTEXTS = { unknown: 0, alike: 1, unlike: 2 } as const;
export type Context = 0 | 1 | 2;

/** Probabilities of the outcomes (index outcome - 1) in each context. */
export type Rows = readonly [unknown: readonly number[], alike: readonly number[], unlike: readonly number[]];

export type Model = {
  /** Per field: among matches, among relatives, among others. */
  readonly m: readonly Rows[];
  readonly h: readonly Rows[];
  readonly u: readonly Rows[];
  /** Shares of all pairs there are. */
  readonly matchShare: number;
  readonly relativeShare: number;
  readonly iterations: number;
};

/** Outcomes per field (0 = missing), and Σ -log2(share of the value) over agreeing values that weigh by frequency. */
export type Scored = {
  readonly outcomes: readonly number[];
  readonly personBits: number;
  readonly householdBits: number;
};

export function contextOf({ parent }: EmField, outcomes: readonly number[]): Context {
  if (!parent) return CONTEXTS.unknown;
  const outcome = outcomes[parent.field] ?? 0;
  if (outcome === 0) return CONTEXTS.unknown;
  return outcome <= parent.cut ? CONTEXTS.alike : CONTEXTS.unlike;
}

/** Whether an outcome weighs by its value's frequency: not when the value agrees because the parent does. */
export function weighsByFrequency(field: EmField, outcome: number, context: Context): boolean {
  return field.frequency && outcome === 1 && context !== CONTEXTS.alike;
}

export type ClassLogs = { readonly match: number; readonly relative: number; readonly other: number };
export type Posterior = ClassLogs;

/**
 * Gives the log-likelihoods of a pair's outcomes in the three classes, natural logarithms, shares of the classes included.
 * With `plain`, values weigh by the mean frequency instead of their own. Logarithms are taken once, not for each pair.
 */
export function classScorer(model: Model, fields: readonly EmField[], plain = false): (pair: Scored) => ClassLogs {
  const logs = (rows: Rows) => rows.map((row) => row.map(Math.log));
  const [m, h, u] = [model.m.map(logs), model.h.map(logs), model.u.map(logs)];
  const match0 = Math.log(model.matchShare);
  const relative0 = model.relativeShare > 0 ? Math.log(model.relativeShare) : Number.NEGATIVE_INFINITY;
  const other0 = Math.log(1 - model.matchShare - model.relativeShare);
  return ({ outcomes, personBits, householdBits }) => {
    let match = match0;
    let relative = relative0;
    let other = other0;
    for (let index = 0; index < fields.length; index++) {
      const outcome = outcomes[index] as number;
      if (outcome === 0) continue;
      const field = fields[index] as EmField;
      const context = contextOf(field, outcomes);
      const at = outcome - 1;
      /* The same value by chance is as likely as the value is frequent; that is in the bits. */
      const byValue = !plain && weighsByFrequency(field, outcome, context);
      const chance = byValue ? 0 : (u[index]?.[context]?.[at] as number);
      match += m[index]?.[context]?.[at] as number;
      relative += field.personal ? chance : (h[index]?.[context]?.[at] as number);
      other += chance;
    }
    if (plain) return { match, relative, other };
    relative -= personBits * Math.LN2;
    return { match, relative, other: other - (personBits + householdBits) * Math.LN2 };
  };
}

/** Gives the probabilities that a pair is a match, one of relatives, and neither. */
export function pairScorer(model: Model, fields: readonly EmField[], plain = false): (pair: Scored) => Posterior {
  const score = classScorer(model, fields, plain);
  return (pair) => {
    const { match, relative, other } = score(pair);
    const top = Math.max(match, relative, other);
    const [a, b, c] = [Math.exp(match - top), Math.exp(relative - top), Math.exp(other - top)];
    const sum = a + b + c;
    return { match: a / sum, relative: b / sum, other: c / sum };
  };
}
