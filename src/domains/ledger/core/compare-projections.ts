import { type Replay, walletOf } from "./replay.ts";
import { NEVER } from "./wallet.ts";

export const PROJECTIONS = ["wallet", "lot", "hold", "purchase_return"] as const;
type Row = readonly (string | null)[];
/** A member's stored rows as lines of columns, the way COPY gives them, in any order. */
export type StoredProjections = { readonly [projection in (typeof PROJECTIONS)[number]]: string[] };
/** How a line is written and read. */
export type Lines = { of(row: Row): string; columns(line: string): Row };

export function emptyProjections(): StoredProjections {
  return { wallet: [], lot: [], hold: [], purchase_return: [] };
}

/**
 * What differs between a replay and the stored rows, as sentences. Whole lines are compared; columns only where lines
 * differ, to say which.
 */
export function compareMember(member: number, replay: Replay, stored: StoredProjections, lines: Lines): string[] {
  const id = String(member);
  const rebuilt: Record<keyof StoredProjections, Row[]> = {
    wallet: [walletRow(id, replay)],
    lot: Array.from(replay.lots.values(), (lot) => lotRow(id, lot)),
    hold: Array.from(replay.holds.values(), (hold) => holdRow(id, hold)),
    purchase_return: Array.from(replay.returned, ([seq, state]) => [
      ...[id, String(seq), json(state.lines), json(state.refunded), json(state.absorbed)],
    ]),
  };
  const differences: string[] = [];
  for (const projection of PROJECTIONS) {
    const found = stored[projection];
    if (!areSame(rebuilt[projection].map(lines.of), found))
      compareRows(differences, projection, rebuilt[projection], found.map(lines.columns));
  }
  return differences;
}

/** As sets: each line has its own numbers in it. */
function areSame(rebuilt: readonly string[], stored: readonly string[]): boolean {
  if (rebuilt.length !== stored.length) return false;
  if (rebuilt.every((line, i) => line === stored[i])) return true;
  const lines = new Set(stored);
  return rebuilt.every((line) => lines.has(line));
}

function walletRow(member: string, replay: Replay): Row {
  const { active, pending, held, next } = walletOf(replay);
  const debts = replay.debts.map((debt) => [debt.funder, debt.cents, debt.sinceSeq]);
  return [
    member,
    String(replay.seq),
    String(active),
    String(pending),
    String(held),
    debts.length === 0 ? null : json(debts),
    mapJson(replay.capUse),
    mapJson(replay.firstPurchaseAt),
    instant(next),
    replay.status,
    replay.mergedInto === undefined ? null : String(replay.mergedInto),
  ];
}

type ReplayedLot = Replay["lots"] extends Map<number, infer L> ? L : never;
type ReplayedHold = Replay["holds"] extends Map<number, infer H> ? H : never;

function lotRow(member: string, lot: ReplayedLot): Row {
  const isOpen = lot.remaining.some((cents) => cents > 0) || lot.held.some((cents) => cents > 0);
  return [
    member,
    String(lot.seq),
    String(lot.part),
    String(lot.earnedAt),
    String(lot.availableAt),
    instant(lot.expiresAt),
    lot.isActive ? "t" : "f",
    isOpen ? "t" : "f",
    `{${lot.funders.join(",")}}`,
    `{${lot.amount.join(",")}}`,
    `{${lot.remaining.join(",")}}`,
    amounts(lot.held),
    amounts(lot.spent),
    amounts(lot.expired),
    amounts(lot.takenBack),
  ];
}

function holdRow(member: string, hold: ReplayedHold): Row {
  return [
    member,
    String(hold.seq),
    hold.partner,
    hold.state,
    String(hold.placedAt),
    String(hold.expiresAt),
    json(hold.items),
  ];
}

function amounts(values: readonly number[]): string | null {
  return values.some((cents) => cents !== 0) ? `{${values.join(",")}}` : null;
}

function instant(at: number): string | null {
  return at === NEVER ? null : String(at);
}

function json(value: unknown): string {
  return JSON.stringify(value);
}

function mapJson(map: ReadonlyMap<string, unknown>): string | null {
  return map.size === 0 ? null : json(Object.fromEntries(map));
}

/** Rows are known by their numbers: of a wallet none, of a lot two, else one. */
function nameOf(projection: keyof StoredProjections, row: Row): string {
  return [projection, ...row.slice(1, { wallet: 1, lot: 3, hold: 2, purchase_return: 2 }[projection])].join(" ");
}

function compareRows(
  differences: string[],
  projection: keyof StoredProjections,
  rebuilt: readonly Row[],
  stored: readonly Row[],
): void {
  const left = new Map(stored.map((row) => [nameOf(projection, row), row]));
  for (const row of rebuilt) {
    const name = nameOf(projection, row);
    compareRow(differences, name, row, left.get(name));
    left.delete(name);
  }
  for (const name of left.keys()) differences.push(`${name} is stored, but no operation began it`);
}

function compareRow(differences: string[], name: string, rebuilt: Row, stored: Row | undefined): void {
  if (!stored) {
    differences.push(`${name} is not stored`);
    return;
  }
  for (let i = 0; i < rebuilt.length; i++) {
    if (rebuilt[i] !== stored[i]) {
      differences.push(`${name}, column ${i}: operations say ${rebuilt[i]}, stored is ${stored[i]}`);
    }
  }
}
