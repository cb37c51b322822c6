import type { Pool } from "pg";
import { findMembers, type IdentifierKey } from "#domains/identity/index.ts";
import { type ReadDeps, readLots } from "#domains/ledger/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { Calendar } from "#kernel/time.ts";
import { formatDay } from "#kernel/time.ts";
import { externalIdentifier } from "./core/member-rows.ts";
import { type OpeningLot, toOpeningLot, WALLET_COLUMNS } from "./core/wallet-rows.ts";
import type { RefusedRow } from "./import-members.ts";
import { openRows } from "./read-rows.ts";

export type CompareDeps = ReadDeps & {
  readonly identifierKey: (kind: string, value: string) => IdentifierKey;
};

/** What one member's wallets differ in: per funder and last day, what each side has. */
export type WalletDifference = {
  readonly member: string;
  readonly reason: "unknown-member" | "differs";
  readonly lines: readonly {
    readonly funder: string;
    readonly lastDay: string | null;
    readonly thereCents: number;
    readonly hereCents: number;
  }[];
};

export type CompareReport = {
  readonly members: number;
  readonly equal: number;
  readonly thereCents: number;
  readonly hereCents: number;
  readonly differences: readonly WalletDifference[];
  /** Rows that could not be compared. */
  readonly unreadable: readonly RefusedRow[];
};

/**
 * The parallel run: compares a fresh wallets file of the other programme with the wallets here as they are now, member by
 * member, per funder and last day. Both sides have taken the same receipts if nothing differs.
 */
export async function compareWallets(
  deps: CompareDeps,
  request: { readonly file: string; readonly source: string },
  onProgress: (members: number) => void = () => {},
): Promise<CompareReport> {
  const { lots: there, unreadable } = await readFile(deps, request.file);
  const report = {
    members: 0,
    equal: 0,
    thereCents: 0,
    hereCents: 0,
    differences: [] as WalletDifference[],
    unreadable,
  };
  for (const [member, lots] of there) {
    const id = await findMember(deps.pool, deps.identifierKey, request.source, member);
    const own = sumByLine(lots.map((lot) => lineOf(deps.calendar(), lot)));
    const here = id === undefined ? new Map<string, number>() : sumByLine(await linesHere(deps, id));
    const lines = differingLines(own, here);
    report.members++;
    for (const cents of own.values()) report.thereCents += cents;
    for (const cents of here.values()) report.hereCents += cents;
    if (lines.length === 0 && id !== undefined) report.equal++;
    else report.differences.push({ member, reason: id === undefined ? "unknown-member" : "differs", lines });
    onProgress(report.members);
  }
  return report;
}

async function readFile(deps: CompareDeps, file: string) {
  const lots = new Map<string, OpeningLot[]>();
  const unreadable: RefusedRow[] = [];
  for await (const { number, row } of await openRows(file, WALLET_COLUMNS, ["member", "funder", "points"])) {
    const lot = toOpeningLot(row, deps.calendar(), deps.now());
    if (!lot.ok) {
      unreadable.push({ row: number, reason: `${lot.failure.column}: ${lot.failure.message}` });
      continue;
    }
    const known = lots.get(lot.value.member);
    if (known) known.push(lot.value);
    else lots.set(lot.value.member, [lot.value]);
  }
  return { lots, unreadable };
}

async function findMember(
  pool: Pool,
  identifierKey: CompareDeps["identifierKey"],
  source: string,
  member: string,
): Promise<MemberId | undefined> {
  const { kind, value } = externalIdentifier(source, member);
  const key = identifierKey(kind, value);
  return (await findMembers(pool, [key])).get(key.text);
}

type Line = readonly [key: string, cents: number];

function lineOf(calendar: Calendar, lot: OpeningLot): Line {
  const lastDay = Number.isFinite(lot.expiresAt) ? formatDay(calendar.dayOf(lot.expiresAt - 1)) : "";
  return [`${lot.funders[0]}|${lastDay}`, lot.amountCents[0] as number];
}

async function linesHere(deps: CompareDeps, member: MemberId): Promise<Line[]> {
  const lines: Line[] = [];
  for (let after: readonly [number, number] | undefined; ; ) {
    const page = await readLots(deps, member, { isOpen: true, limit: 200, ...(after ? { after } : {}) });
    for (const lot of page?.lots ?? []) {
      if (lot.remaining + lot.held > 0) lines.push([`${lot.funder}|${lot.lastDay ?? ""}`, lot.remaining + lot.held]);
    }
    after = page?.next;
    if (!after) return lines;
  }
}

function sumByLine(lines: readonly Line[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [key, cents] of lines) sums.set(key, (sums.get(key) ?? 0) + cents);
  return sums;
}

function differingLines(there: ReadonlyMap<string, number>, here: ReadonlyMap<string, number>) {
  return [...new Set([...there.keys(), ...here.keys()])].sort().flatMap((key) => {
    const [funder = "", lastDay = ""] = key.split("|");
    const thereCents = there.get(key) ?? 0;
    const hereCents = here.get(key) ?? 0;
    return thereCents === hereCents
      ? []
      : [{ funder, lastDay: lastDay === "" ? null : lastDay, thereCents, hereCents }];
  });
}
