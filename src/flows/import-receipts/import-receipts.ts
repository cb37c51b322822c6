import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Pool } from "pg";
import { loadProgrammes, type Programmes } from "#domains/program/index.ts";
import { createCheckout, type PostedReceipt, type Principal, postInOrder } from "#flows/checkout/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";
import { type Clock, manualClock } from "#platform/clock.ts";
import { openTable } from "#platform/tables/read-table.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import type { ImportMapping } from "./core/mapping.ts";
import { readMapping } from "./core/read-mapping.ts";
import { type Position, receiptsQuery, refusedQuery, type StagedColumns } from "./core/receipts-sql.ts";
import { type Counters, newTally, type Tally, tallyAccepted, tallyRefused } from "./core/tally.ts";
import { type RowReceipt, rowsOf, toRequest, turnoverOf } from "./core/to-request.ts";
import { readRun, saveRun } from "./store/import-runs.ts";
import { openRefusedRows, type RefusedRows } from "./store/refused-rows.ts";
import { dropTable, stageTable } from "./store/stage.ts";

export type ImportDeps = {
  readonly pool: Pool;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
  readonly identifierSecret: Uint8Array;
  /** Stops the import after what is under way; it can go on later. */
  readonly signal: AbortSignal;
  /** Rows read or posted so far, and how many there are when that is known. */
  readonly onProgress?: (stage: "read" | "post", done: number, of?: number) => void;
};

export type ImportRequest = {
  readonly file: string;
  readonly mapping: { readonly text: string; readonly name: string };
  /** Where refused rows are written, with their reasons. */
  readonly refusedFile: string;
};

export type ImportReport = Counters & {
  readonly state: "done" | "interrupted";
  /** True when the file had been imported before: nothing was done. */
  readonly wasDone: boolean;
  readonly rowsAccepted: number;
  readonly rowsRefused: number;
};

export type ImportFailure =
  | { readonly code: "mapping-invalid"; readonly faults: readonly FileFault[] }
  | { readonly code: "no-programme" };

const PRINCIPAL: Principal = { keyId: "import", role: "operator" };
const SAVE_EVERY_RECEIPTS = 1_000;

/**
 * Imports the history of a till system: rows are staged, joined and sorted in the warehouse's engine, then posted in the
 * order of their times through the same pricing and ledger as a till's receipts. Interrupted, it goes on where it
 * stopped; what it had posted since is answered as a replay, so nothing counts twice. Rows in = accepted + refused.
 */
export async function importReceipts(
  deps: ImportDeps,
  request: ImportRequest,
): Promise<Result<ImportReport, ImportFailure>> {
  const { text, name } = request.mapping;
  const mapping = readMapping(text, name);
  if (!mapping.ok) return err({ code: "mapping-invalid", faults: mapping.failure });
  const importId = await importIdOf(request.file, text);
  const known = await readRun<Position, Counters>(deps.pool, importId);
  if (known?.state === "done") return ok(reportOf(known, "done", true));
  const clock = manualClock(0);
  const programmes = await loadProgrammes({ pool: deps.pool, clock });
  if (!programmes.latest) return err({ code: "no-programme" });
  const prefix = `import_${importId.slice(0, 16)}`;
  try {
    const staged = await stageAll(deps, request, mapping.value, prefix);
    const checked = readMapping(text, name, staged.columns);
    if (!checked.ok) return err({ code: "mapping-invalid", faults: checked.failure });
    const tally: Tally = known ? { ...known } : newTally();
    const state = await postAll({ ...deps, importClock: clock, programmes }, request, mapping.value, {
      importId,
      prefix,
      staged,
      tally,
    });
    return ok(reportOf(tally, state, false));
  } finally {
    await dropStaged(deps, prefix, mapping.value);
  }
}

function reportOf(
  tally: Pick<Tally, "counters" | "rowsAccepted" | "rowsRefused">,
  state: ImportReport["state"],
  wasDone: boolean,
): ImportReport {
  const { rowsAccepted, rowsRefused, counters } = tally;
  return { state, wasDone, rowsAccepted, rowsRefused, ...counters };
}

/** The file and its mapping, whatever they are called. */
async function importIdOf(file: string, mapping: string): Promise<string> {
  const hash = createHash("sha256").update("receipts\n");
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.update(mapping).digest("hex");
}

type Staged = { readonly columns: StagedColumns; readonly rows: number };

async function stageAll(
  deps: ImportDeps,
  request: ImportRequest,
  mapping: ImportMapping,
  prefix: string,
): Promise<Staged> {
  const joins: Record<string, readonly string[]> = {};
  for (const [name, source] of Object.entries(mapping.joins ?? {})) {
    const table = await openTable(resolve(dirname(request.file), source.file));
    joins[name] = table.columns;
    await stageTable(deps.clickhouse, `${prefix}_${name}`, table, () => {});
  }
  const main = await openTable(request.file);
  let rows = 0;
  await stageTable(deps.clickhouse, `${prefix}_main`, main, (number) => {
    rows = number;
    if (number % 1_000 === 0) deps.onProgress?.("read", number);
  });
  return { columns: { main: main.columns, joins }, rows };
}

async function dropStaged(deps: ImportDeps, prefix: string, mapping: ImportMapping): Promise<void> {
  for (const name of ["main", ...Object.keys(mapping.joins ?? {})])
    await dropTable(deps.clickhouse, `${prefix}_${name}`);
}

type PostingDeps = ImportDeps & {
  readonly importClock: ReturnType<typeof manualClock>;
  readonly programmes: Programmes;
};
type Run = { readonly importId: string; readonly prefix: string; readonly staged: Staged; readonly tally: Tally };

async function postAll(
  deps: PostingDeps,
  request: ImportRequest,
  mapping: ImportMapping,
  run: Run,
): Promise<ImportReport["state"]> {
  const { tally, staged, prefix } = run;
  const refused = await openRefusedRows(
    request.refusedFile,
    deps.clickhouse,
    `${prefix}_main`,
    staged.columns.main,
    tally.refusedBytes,
  );
  const save = async (state: "running" | "done"): Promise<void> => {
    tally.refusedBytes = await refused.flush();
    await saveRun(
      deps.pool,
      { ...tally, importId: run.importId, kind: "receipts", fileName: request.file, state },
      deps.clock.now(),
    );
  };
  try {
    if (!tally.position) await refuseRows(deps, mapping, prefix, tally, refused);
    const { pool, importClock, programmes, identifierSecret } = deps;
    const checkout = createCheckout({ pool, clock: importClock, programmes, identifierSecret });
    const source = receiptSource(deps, mapping, prefix, tally.position);
    let unsaved = 0;
    for await (const posted of postInOrder(checkout, importClock, PRINCIPAL, source)) {
      note(tally, refused, posted);
      deps.onProgress?.("post", tally.rowsAccepted + tally.rowsRefused, staged.rows);
      if (++unsaved < SAVE_EVERY_RECEIPTS) continue;
      await save("running");
      unsaved = 0;
    }
    await save(deps.signal.aborted ? "running" : "done");
    return deps.signal.aborted ? "interrupted" : "done";
  } finally {
    await refused.close();
  }
}

/** Counts one receipt's outcome and moves the position past it. */
function note(tally: Tally, refused: RefusedRows, { source, outcome }: PostedReceipt<RowReceipt>): void {
  const rows = rowsOf(source);
  if (outcome.ok) {
    tallyAccepted(tally, rows.length, { turnoverKopecks: turnoverOf(source), ...outcome.value.body });
  } else {
    tallyRefused(tally, rows.length, outcome.failure.code);
    tally.counters.receiptsRefused += 1;
    refused.add(rows, outcome.failure.code);
  }
  tally.position = { atMs: Number(source.at_ms), number: source.number, partner: source.partner };
}

async function* receiptSource(deps: ImportDeps, mapping: ImportMapping, prefix: string, after: Position | undefined) {
  const { text, parameters } = receiptsQuery(prefix, mapping, after);
  const result = await deps.clickhouse.query({ query: text, query_params: parameters, format: "JSONEachRow" });
  for await (const chunk of result.stream<RowReceipt>()) {
    for (const row of chunk) {
      if (deps.signal.aborted) return;
      const receipt = row.json();
      yield { source: receipt, request: toRequest(mapping, receipt) };
    }
  }
}

/** Rows that the mapping itself refuses are known before the first receipt is posted. */
async function refuseRows(
  deps: ImportDeps,
  mapping: ImportMapping,
  prefix: string,
  tally: Tally,
  refused: RefusedRows,
): Promise<void> {
  const { text, parameters } = refusedQuery(prefix, mapping);
  const result = await deps.clickhouse.query({ query: text, query_params: parameters, format: "JSONEachRow" });
  for await (const chunk of result.stream<{ row: string; reason: string }>()) {
    for (const each of chunk) {
      const { row, reason } = each.json();
      tallyRefused(tally, 1, reason);
      refused.add([Number(row)], reason);
    }
  }
}
