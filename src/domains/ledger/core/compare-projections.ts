import { type Replay, walletOf } from "./replay.ts";
import { NEVER } from "./wallet.ts";

/** A member's stored rows as lines of text, the way COPY gives them, in any order. */
export type StoredProjections = { readonly [projection in "wallet" | "lot" | "hold" | "purchase_return"]: string[] };
type Row = readonly (string | null)[];

export function emptyProjections(): StoredProjections {
  return { wallet: [], lot: [], hold: [], purchase_return: [] };
}

/**
 * What differs between a replay and the stored rows, as sentences. Whole lines are compared; `columns` takes apart only
 * those that differ, to say where.
 */
export function compareMember(
  member: number,
  replay: Replay,
  stored: StoredProjections,
  columns: (line: string) => Row,
): string[] {
  const differences: string[] = [];
  const compare = (projection: keyof StoredProjections, rebuilt: readonly string[]): void => {
    if (areSame(rebuilt, stored[projection])) return;
    compareRows(differences, projection, rebuilt.map(columns), stored[projection].map(columns));
  };
  compare("wallet", [walletLine(member, replay)]);
  const lots: string[] = [];
  for (const lot of replay.lots.values()) lots.push(lotLine(member, lot));
  compare("lot", lots);
  const holds: string[] = [];
  for (const hold of replay.holds.values()) holds.push(holdLine(member, hold));
  compare("hold", holds);
  const returns: string[] = [];
  for (const [seq, state] of replay.returned) {
    returns.push(`${member}\t${seq}\t${json(state.lines)}\t${json(state.refunded)}\t${json(state.absorbed)}`);
  }
  compare("purchase_return", returns);
  return differences;
}

/** As sets: each line has its own numbers in it. */
function areSame(rebuilt: readonly string[], stored: readonly string[]): boolean {
  if (rebuilt.length !== stored.length) return false;
  if (rebuilt.every((line, i) => line === stored[i])) return true;
  const lines = new Set(stored);
  return rebuilt.every((line) => lines.has(line));
}

function walletLine(member: number, replay: Replay): string {
  const { active, pending, held, next } = walletOf(replay);
  const debts =
    replay.debts.length === 0 ? NULL : json(replay.debts.map((debt) => [debt.funder, debt.cents, debt.sinceSeq]));
  const points = `${active}\t${pending}\t${held}\t${debts}`;
  const maps = `${mapJson(replay.capUse)}\t${mapJson(replay.firstPurchaseAt)}`;
  return `${member}\t${replay.seq}\t${points}\t${maps}\t${instant(next)}\t${replay.status}\t${replay.mergedInto ?? NULL}`;
}

type ReplayedLot = Replay["lots"] extends Map<number, infer L> ? L : never;
type ReplayedHold = Replay["holds"] extends Map<number, infer H> ? H : never;

function lotLine(member: number, lot: ReplayedLot): string {
  const isOpen = isAny(lot.remaining) || isAny(lot.held);
  const times = `${lot.earnedAt}\t${lot.availableAt}\t${instant(lot.expiresAt)}`;
  const states = `${lot.isActive ? "t" : "f"}\t${isOpen ? "t" : "f"}`;
  const first = `{${lot.funders.join(",")}}\t{${lot.amount.join(",")}}\t{${lot.remaining.join(",")}}`;
  const rest = `${amounts(lot.held)}\t${amounts(lot.spent)}\t${amounts(lot.expired)}\t${amounts(lot.takenBack)}`;
  return `${member}\t${lot.seq}\t${lot.part}\t${times}\t${states}\t${first}\t${rest}`;
}

function holdLine(member: number, hold: ReplayedHold): string {
  const times = `${hold.placedAt}\t${hold.expiresAt}`;
  return `${member}\t${hold.seq}\t${hold.partner}\t${hold.state}\t${times}\t${json(hold.items)}`;
}

const NULL = "\\N";

function isAny(values: readonly number[]): boolean {
  for (const cents of values) if (cents !== 0) return true;
  return false;
}

function amounts(values: readonly number[]): string {
  return isAny(values) ? `{${values.join(",")}}` : NULL;
}

function instant(at: number): string {
  return at === NEVER ? NULL : String(at);
}

/** COPY doubles a backslash; other characters that it escapes are escaped by JSON already. */
function json(value: unknown): string {
  const text = JSON.stringify(value);
  return text.includes("\\") ? text.replaceAll("\\", "\\\\") : text;
}

function mapJson(map: ReadonlyMap<string, unknown>): string {
  return map.size === 0 ? NULL : json(Object.fromEntries(map));
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
