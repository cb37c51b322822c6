import type { Calendar } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { MEMBER_COLUMNS, toRegistration } from "./core/member-rows.ts";
import { openRows } from "./read-rows.ts";
import { type RegisterDeps, type Registration, registerMembers } from "./register-members.ts";

export type RefusedRow = { readonly row: number; readonly reason: string };

export type MembersReport = {
  readonly rows: number;
  readonly created: number;
  readonly known: number;
  readonly refused: readonly RefusedRow[];
};

export type MembersRequest = { readonly file: string; readonly source: string };

const PAGE = 500;

/**
 * Registers the members of another programme: their identifiers, levels and what else holds of them. Repeatable: a
 * later file adds who is new, and new identifiers of who is known. A row is refused when a cell can't be read or its
 * identifiers belong to different members. `source` names the programme, so that two may use the same ids.
 */
export async function importMembers(
  deps: RegisterDeps & { readonly clock: Clock; readonly calendar: Calendar; readonly signal: AbortSignal },
  request: MembersRequest,
  onProgress: (rows: number) => void = () => {},
): Promise<MembersReport> {
  const report = { rows: 0, created: 0, known: 0, refused: [] as RefusedRow[] };
  let page: { number: number; registration: Registration }[] = [];
  const flush = async (): Promise<void> => {
    const results = await registerMembers(
      deps,
      page.map(({ registration }) => registration),
    );
    for (const [index, result] of results.entries()) {
      if (result.outcome === "created") report.created++;
      else if (result.outcome === "known") report.known++;
      else
        report.refused.push({ row: page[index]?.number ?? 0, reason: "its identifiers belong to different members" });
    }
    page = [];
    onProgress(report.rows);
  };
  for await (const { number, row } of await openRows(request.file, MEMBER_COLUMNS, ["member"])) {
    if (deps.signal.aborted) break;
    report.rows = number;
    const registration = toRegistration(row, request.source, deps.calendar, deps.clock.now());
    if (registration.ok) page.push({ number, registration: registration.value });
    else
      report.refused.push({ row: number, reason: `${registration.failure.column}: ${registration.failure.message}` });
    if (page.length === PAGE) await flush();
  }
  if (page.length > 0) await flush();
  return report;
}
