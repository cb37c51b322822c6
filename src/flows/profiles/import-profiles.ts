import type { Decision } from "#domains/identity/index.ts";
import type { Calendar } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { openTable, TableFileError } from "#platform/tables/read-table.ts";
import type { Profiles } from "./create-profiles.ts";
import { columnsOf, type ProfileMapping, toProfile } from "./profile-mapping.ts";

export type ImportProfilesDeps = {
  readonly profiles: Pick<Profiles, "put">;
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly signal?: AbortSignal;
};

export type ProfilesReport = {
  rows: number;
  decisions: Record<Decision, number>;
  /** Told before with the same content. */
  known: number;
  refused: { row: number; reason: string }[];
};

/** Enough to fill two batches. */
const IN_FLIGHT = 400;

/**
 * Imports a partner's file of people. Repeatable: a row told before changes nothing. Rows that can't be right are reported
 * with their number and reason; the others are taken. Throws TableFileError for a file that is none or lacks a column.
 */
export async function importProfiles(
  deps: ImportProfilesDeps,
  file: string,
  mapping: ProfileMapping,
  onRow: (rows: number) => void = () => {},
): Promise<ProfilesReport> {
  const table = await openTable(file);
  const missing = columnsOf(mapping).find((column) => !table.columns.includes(column));
  if (missing !== undefined) throw new TableFileError(`${file} lacks the column "${missing}".`);
  const places = new Map(table.columns.map((column, index) => [column, index]));
  const decisions = { new: 0, attached: 0, merged: 0, "for-review": 0 };
  const report: ProfilesReport = { rows: 0, decisions, known: 0, refused: [] };
  const underWay = new Set<Promise<void>>();
  for await (const { number, values } of table.rows) {
    if (deps.signal?.aborted) break;
    report.rows++;
    onRow(report.rows);
    const cells = (column: string): string => values[places.get(column) as number]?.trim() ?? "";
    const profile = toProfile(mapping, cells, deps.calendar, deps.clock.now());
    if (!profile.ok) {
      report.refused.push({ row: number, reason: profile.failure });
      continue;
    }
    const written = deps.profiles.put(profile.value).then((outcome) => {
      underWay.delete(written);
      if (outcome === "overloaded") report.refused.push({ row: number, reason: "overloaded" });
      else if (outcome.isKnown) report.known++;
      else report.decisions[outcome.decision]++;
    });
    underWay.add(written);
    if (underWay.size >= IN_FLIGHT) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return report;
}
