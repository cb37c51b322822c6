import type { FieldKind } from "../config.ts";
import type { CountedValues } from "./frequency.ts";

/** A column of the record table. `bytes` is text compared byte by byte, so Cyrillic is stored in CP1251. */
export type ColumnType = "bytes" | "text" | "float" | "int" | "words";
export type Column = { readonly name: string; readonly type: ColumnType };

/** Gives the SQL of a stored column on one side of a pair. */
export type Side = (column: string) => string;
/** SQL over a pair; `d` gives an expression that the plan names in `derived`. */
export type PairSql = (l: Side, r: Side, d: Side) => string;

/** One outcome of comparing a field; the first level whose condition holds is the outcome, the last has none. */
export type Level = { readonly label: string; readonly when?: PairSql };

/** How many people share what a field holds: one, or those of a household too. */
export type Belongs = "person" | "household";

/**
 * How a field of two records is compared: levels from the strongest agreement to none, numbered from 1; the outcome
 * is 0 when either value is missing, which weighs nothing. With `frequency` (the share of records with this value),
 * level 1 weighs by how frequent the value is.
 */
export type Comparison = {
  readonly field: string;
  readonly belongs: Belongs;
  readonly missing: PairSql;
  readonly levels: readonly Level[];
  readonly frequency?: PairSql;
};

/** A blocking atom: records with an equal key may be compared; `many` says that a record has several keys. */
export type Atom = { readonly label: string; readonly field: string; readonly many?: boolean };

export type Cell = string | number | readonly number[];

/** A field made ready: its columns, the cells of a row, its comparisons, and atoms with their keys. */
export type FieldPlan = {
  readonly field: string;
  readonly kind: FieldKind;
  readonly columns: readonly Column[];
  /** Expressions shared by the comparisons, by name, in order. */
  readonly derived: readonly (readonly [name: string, sql: PairSql])[];
  readonly comparisons: readonly Comparison[];
  readonly atoms: readonly Atom[];
  /** Per comparison with a frequency, its values by row; those of one plan share a dictionary. */
  readonly counted: readonly (CountedValues | undefined)[];
  /** Cells of one row, in the order of `columns`. */
  cells(row: number): Cell[];
  /** Key texts of one row, in the order of `atoms`; an empty text or list where there is none. */
  keys(row: number): (string | readonly string[])[];
};
