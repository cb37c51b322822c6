import type { Belongs, FieldPlan } from "../fields/types.ts";
import type { EmField } from "../model/classes.ts";
import { derivedSide, type Layout, type PlacedComparison, sideOf } from "./layout.ts";

/** How pairs are compared: the layout, and which fields depend on others. */
export type Compared = {
  readonly layout: Layout;
  readonly fields: readonly EmField[];
  /** Atoms whose agreement is wanted; all when absent. Each costs two look-ups a pair. */
  readonly atoms?: readonly number[];
};

/**
 * Compares the pairs (`l_id`, `r_id`) that `candidates` selects, both sides looked up in the record table: one row per pair with the bit mask of agreeing atoms, the pattern of
 * outcomes, and the term-frequency bits, Σ -log2(share of the value) over fields that agree exactly, of
 * personal fields and of those that a household shares.
 */
export function comparePairs({ layout, fields, atoms }: Compared, records: string, candidates: string): string {
  const derived = layout.plans.flatMap((plan, index) => derivedOf(plan, index));
  const outcomes = layout.comparisons.map((comparison, index) => `${outcomeOf(comparison)} AS g${index}`);
  const pattern = layout.comparisons.map(({ radix }, index) => `toUInt64(g${index}) * ${radix}`).join(" + ");
  const bits = (belongs: Belongs) => {
    const terms = layout.comparisons.flatMap((comparison, index) =>
      comparison.frequency && fields[index]?.frequency && comparison.belongs === belongs
        ? [`if(g${index} = 1${unlessAlike(fields[index])}, -log2(${shareOf(comparison)}), 0)`]
        : [],
    );
    return `toFloat32(${terms.join(" + ") || "0"})`;
  };
  const columns = [
    "c.l_id AS l_id",
    "c.r_id AS r_id",
    `${atomMask(layout, atoms)} AS atoms`,
    ...derived,
    ...outcomes,
    `${pattern} AS pattern`,
    `${bits("person")} AS person_bits`,
    `${bits("household")} AS household_bits`,
  ];
  const from = `(${candidates}) AS c INNER JOIN ${records} AS l ON l.id = c.l_id INNER JOIN ${records} AS r ON r.id = c.r_id`;
  return `SELECT l_id, r_id, atoms, pattern, person_bits, household_bits FROM (SELECT ${columns.join(",\n ")} FROM ${from})`;
}

/** A value that agrees because the field's parent does says nothing by its frequency. */
function unlessAlike(field: EmField | undefined): string {
  return field?.parent ? ` AND NOT (g${field.parent.field} BETWEEN 1 AND ${field.parent.cut})` : "";
}

function derivedOf(plan: FieldPlan, index: number): string[] {
  const d = derivedSide(index);
  return plan.derived.map(([name, sql]) => `${sql(sideOf("l", index), sideOf("r", index), d)} AS ${d(name)}`);
}

function outcomeOf({ plan, missing, levels }: PlacedComparison): string {
  const [l, r, d] = [sideOf("l", plan), sideOf("r", plan), derivedSide(plan)];
  const branches = levels.flatMap(({ when }, index) => (when ? [`${when(l, r, d)}, ${index + 1}`] : []));
  return `toUInt8(multiIf(${missing(l, r, d)}, 0, ${branches.join(", ")}, ${levels.length}))`;
}

function shareOf({ plan, frequency }: PlacedComparison): string {
  return frequency ? frequency(sideOf("l", plan), sideOf("r", plan), derivedSide(plan)) : "1";
}

/** Bit j: both sides have atom j's key and it is the same (or one of several is). */
function atomMask({ atoms }: Layout, wanted: readonly number[] = atoms.map((_, index) => index)): string {
  const agrees = (index: number) =>
    atoms[index]?.many ? `hasAny(l.k${index}, r.k${index})` : `l.k${index} = r.k${index} AND l.k${index} != 0`;
  const bits = wanted.map((index) => `bitShiftLeft(toUInt64(${agrees(index)}), ${index})`);
  return bits.join(" + ") || "toUInt64(0)";
}
