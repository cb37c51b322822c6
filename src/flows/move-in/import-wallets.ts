import { MOST_OPENING_LOTS, type Principal, type RunningCheckout } from "#flows/checkout/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Calendar } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { externalIdentifier } from "./core/member-rows.ts";
import {
  type ControlTotals,
  centsOf,
  compareTotals,
  type OpeningLot,
  toOpeningLot,
  totalsOf,
  WALLET_COLUMNS,
} from "./core/wallet-rows.ts";
import type { RefusedRow } from "./import-members.ts";
import { openRows } from "./read-rows.ts";

export type WalletsDeps = {
  readonly checkout: RunningCheckout;
  readonly clock: Clock;
  readonly calendar: Calendar;
  readonly signal: AbortSignal;
};

export type WalletsRequest = {
  readonly file: string;
  readonly source: string;
  /** A file of funder, lots, points: what the other programme says its file holds. */
  readonly controlFile: string;
};

export type WalletsReport = {
  readonly rows: number;
  readonly members: number;
  readonly opened: number;
  /** Members whose opening was posted before, with the same lots. */
  readonly replayed: number;
  readonly cents: number;
  readonly refused: readonly { readonly member: string; readonly reason: string }[];
};

export type WalletsFailure =
  | { readonly code: "rows-unreadable"; readonly rows: readonly RefusedRow[] }
  | { readonly code: "control-totals-differ"; readonly differences: readonly string[] };

const PRINCIPAL: Principal = { keyId: "import", role: "operator" };
const IN_FLIGHT = 256;

/**
 * Opens wallets with the lots of another programme. The whole file is read and its sums per funder are compared with
 * the control totals before anything is written. Repeatable: a member whose lots are the same is a replay; one whose
 * lots have changed since is refused (compare shows how), since a stream has one opening.
 */
export async function importWallets(
  deps: WalletsDeps,
  request: WalletsRequest,
  onProgress: (members: number, of: number) => void = () => {},
): Promise<Result<WalletsReport, WalletsFailure>> {
  const read = await readLots(deps, request.file);
  if (!read.ok) return read;
  const { lots, rows } = read.value;
  const differences = compareTotals(await readControlTotals(request.controlFile), totalsOf([...lots.values()].flat()));
  if (differences.length > 0) return err({ code: "control-totals-differ", differences });
  const report = {
    rows,
    members: lots.size,
    opened: 0,
    replayed: 0,
    cents: 0,
    refused: [] as { member: string; reason: string }[],
  };
  const underWay = new Set<Promise<void>>();
  let done = 0;
  for (const [member, own] of lots) {
    if (deps.signal.aborted) break;
    const opening = openMember(deps, request.source, member, own, report).finally(() => {
      underWay.delete(opening);
      onProgress(++done, lots.size);
    });
    underWay.add(opening);
    if (underWay.size >= IN_FLIGHT) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return ok(report);
}

async function readLots(deps: WalletsDeps, file: string) {
  const lots = new Map<string, OpeningLot[]>();
  const unreadable: RefusedRow[] = [];
  let rows = 0;
  for await (const { number, row } of await openRows(file, WALLET_COLUMNS, ["member", "funder", "points"])) {
    rows = number;
    const lot = toOpeningLot(row, deps.calendar, deps.clock.now());
    if (!lot.ok) {
      unreadable.push({ row: number, reason: `${lot.failure.column}: ${lot.failure.message}` });
      continue;
    }
    const known = lots.get(lot.value.member);
    if (known) known.push(lot.value);
    else lots.set(lot.value.member, [lot.value]);
  }
  return unreadable.length > 0 ? err({ code: "rows-unreadable" as const, rows: unreadable }) : ok({ lots, rows });
}

async function readControlTotals(file: string): Promise<ControlTotals> {
  const totals = new Map<string, { lots: number; cents: number }>();
  for await (const { row } of await openRows(file, ["funder", "lots", "points"], ["funder", "lots", "points"])) {
    totals.set(row.funder ?? "", { lots: Number(row.lots), cents: centsOf(row.points) ?? 0 });
  }
  return totals;
}

/** A member's lots in chunks that one operation can hold. */
async function openMember(
  deps: WalletsDeps,
  source: string,
  member: string,
  lots: readonly OpeningLot[],
  report: { opened: number; replayed: number; cents: number; refused: { member: string; reason: string }[] },
): Promise<void> {
  let isReplay = true;
  for (let start = 0; start < lots.length; start += MOST_OPENING_LOTS) {
    const chunk = lots.slice(start, start + MOST_OPENING_LOTS).map(({ member: _, ...lot }) => lot);
    const idempotencyKey = start === 0 ? member : `${member}#${start / MOST_OPENING_LOTS}`;
    const outcome = await deps.checkout.openWallet(
      { idempotencyKey, member: { by: "identifier", ...externalIdentifier(source, member) }, lots: chunk, source },
      PRINCIPAL,
    );
    if (!outcome.ok) {
      report.refused.push({ member, reason: outcome.failure.code });
      return;
    }
    report.cents += outcome.value.body.earned;
    isReplay &&= outcome.value.replayed;
  }
  if (isReplay) report.replayed++;
  else report.opened++;
}
