import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type ImportRun, readRun, saveRun } from "#flows/import-receipts/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { ok, type Result } from "#kernel/result.ts";
import { openTable, TableFileError, type TableRow } from "#platform/tables/read-table.ts";
import type { FindByIdentifier } from "../find-by-identifier.ts";
import { type AssignDeps, type AssignFailure, assignable, assignOffer } from "./assign-offer.ts";

export type AssignmentsReport = {
  readonly rows: number;
  readonly assigned: number;
  /** Had it before: by an earlier run, or by another row. */
  readonly known: number;
  readonly refused: readonly { readonly row: number; readonly reason: string }[];
  readonly isWhole: boolean;
};

export type ImportAssignmentsDeps = AssignDeps & {
  readonly findByIdentifier: FindByIdentifier;
  readonly signal?: AbortSignal;
  readonly onRow?: (rows: number) => void;
};

type Counters = { readonly assigned: number; readonly known: number };

/** Rows under way at once; what is written down lies behind all of them. */
const PAGE = 200;
/** Refused rows that are told of. */
const MOST_TOLD = 1_000;

/**
 * Gives a personal offer to the members of a file: a column `member`, or `kind` and `value`. Interrupted, it goes on behind
 * the last page that was written down; repeated, it changes nothing. Throws TableFileError for a file that is no table.
 */
export async function importAssignments(
  deps: ImportAssignmentsDeps,
  file: string,
  offerId: string,
  by: string,
): Promise<Result<AssignmentsReport, AssignFailure>> {
  const offer = await assignable(deps, offerId, undefined);
  if (!offer.ok) return offer;
  const table = await openTable(file);
  const read = rowReader(table.columns, file);
  const importId = await fileId(file, offerId);
  const before = await readRun<number, Counters>(deps.pool, importId);
  const refused: { row: number; reason: string }[] = [];
  let [rows, assigned, known] = [before?.position ?? 0, before?.counters.assigned ?? 0, before?.counters.known ?? 0];
  let isWhole = true;

  const one = async (row: TableRow): Promise<void> => {
    const ref = read(row);
    const byId = ref.member === undefined ? undefined : memberIds.parse(ref.member);
    const member = byId ?? (ref.kind && ref.value ? await deps.findByIdentifier(ref.kind, ref.value) : undefined);
    const outcome = member === undefined ? undefined : await assignOffer(deps, offer.value, member, by);
    if (outcome?.ok) {
      if (outcome.value.isNew) assigned++;
      else known++;
    } else if (refused.length < MOST_TOLD) {
      refused.push({ row: row.number, reason: outcome?.failure.code ?? "unknown-member" });
    }
  };
  const finishPage = async (page: readonly TableRow[], state: ImportRun<number, Counters>["state"]): Promise<void> => {
    await Promise.all(page.map(one));
    rows = page.at(-1)?.number ?? rows;
    const run = { state, position: rows, counters: { assigned, known }, refusedBytes: 0 };
    const counts = { rowsAccepted: assigned + known, rowsRefused: rows - assigned - known };
    await saveRun(deps.pool, { ...run, ...counts, importId, kind: "offers", fileName: file }, deps.clock.now());
    deps.onRow?.(rows);
  };

  let page: TableRow[] = [];
  for await (const row of table.rows) {
    if (row.number <= (before?.position ?? 0)) continue;
    if (deps.signal?.aborted) {
      isWhole = false;
      break;
    }
    page.push(row);
    if (page.length < PAGE) continue;
    await finishPage(page, "running");
    page = [];
  }
  await finishPage(page, isWhole ? "done" : "running");
  return ok({ rows, assigned, known, refused, isWhole });
}

function rowReader(columns: readonly string[], file: string) {
  const places = new Map(columns.map((column, index) => [column.trim().toLowerCase(), index]));
  const hasMember = places.has("member");
  if (!hasMember && !(places.has("kind") && places.has("value"))) {
    throw new TableFileError(`${file} needs a column "member", or the columns "kind" and "value".`);
  }
  const cell = ({ values }: TableRow, column: string): string | undefined => {
    const place = places.get(column);
    return place === undefined ? undefined : values[place]?.trim();
  };
  return (row: TableRow) => ({
    member: cell(row, "member"),
    kind: cell(row, "kind"),
    value: cell(row, "value"),
  });
}

/** SHA-256 over what is imported, the offer and the file's content: another file is another import. */
async function fileId(file: string, offer: string): Promise<string> {
  const digest = createHash("sha256").update(`offers\n${offer}\n`);
  for await (const chunk of createReadStream(file)) digest.update(chunk as Buffer);
  return digest.digest("hex");
}
