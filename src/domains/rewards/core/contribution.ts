import type { EpochMs } from "#kernel/time.ts";

/**
 * What one happening adds to one step of a mission or game, or takes from it. Keyed by (mission or game, step, source), so
 * that a duplicate is the same row; progress is computed from all of them, so that the order of arrival is nothing.
 */
export type Contribution = {
  readonly step: string;
  /** What it came of, for good: `e:partner:id` of an event, `o:seq` of an operation of the same member. */
  readonly source: string;
  /** Of a return: the source that it lessens. */
  readonly cites?: string;
  readonly at: EpochMs;
  /** Kopecks of a purchase, below zero for a return; 1 for an event. */
  readonly amount: number;
};

export function operationSource(seq: number): string {
  return `o:${seq}`;
}

/** The same contribution in the stream of a survivor, whose numbers for it begin behind `shift`. */
export function shiftContribution<Row extends Pick<Contribution, "source" | "cites">>(row: Row, shift: number): Row {
  const { source, cites } = row;
  return {
    ...row,
    source: shiftSource(source, shift),
    ...(cites === undefined ? {} : { cites: shiftSource(cites, shift) }),
  };
}

function shiftSource(source: string, shift: number): string {
  return source.startsWith("o:") ? operationSource(Number(source.slice(2)) + shift) : source;
}
