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

/**
 * Log-likelihoods of a pair's outcomes in the three classes, natural logarithms, shares of the classes included. With
 * `plain`, values weigh by the mean frequency instead of their own.
 */
export function classLogs(model: Model, fields: readonly EmField[], pair: Scored, plain = false) {
  let match = Math.log(model.matchShare);
  let relative = model.relativeShare > 0 ? Math.log(model.relativeShare) : Number.NEGATIVE_INFINITY;
  let other = Math.log(1 - model.matchShare - model.relativeShare);
  for (let index = 0; index < fields.length; index++) {
    const outcome = pair.outcomes[index] as number;
    if (outcome === 0) continue;
    const field = fields[index] as EmField;
    const context = contextOf(field, pair.outcomes);
    const at = outcome - 1;
    const byValue = !plain && weighsByFrequency(field, outcome, context);
    /* The same value by chance is as likely as the value is frequent; that is in the bits. */
    const u = byValue ? 0 : Math.log(model.u[index]?.[context][at] as number);
    match += Math.log(model.m[index]?.[context][at] as number);
    relative += field.personal ? u : Math.log(model.h[index]?.[context][at] as number);
    other += u;
  }
  if (!plain) {
    relative -= pair.personBits * Math.LN2;
    other -= (pair.personBits + pair.householdBits) * Math.LN2;
  }
  return { match, relative, other };
}

/** Probabilities that a pair is a match and that it is one of relatives. */
export function posterior(model: Model, fields: readonly EmField[], pair: Scored, plain = false) {
  const { match, relative, other } = classLogs(model, fields, pair, plain);
  const top = Math.max(match, relative, other);
  const [a, b, c] = [Math.exp(match - top), Math.exp(relative - top), Math.exp(other - top)];
  const sum = a + b + c;
  return { match: a / sum, relative: b / sum, other: c / sum };
}
