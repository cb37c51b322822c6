import { type Replay, walletOf } from "./replay.ts";
import { NEVER } from "./wallet.ts";

/** A member's stored rows as columns of text, the way COPY gives them. */
export type StoredProjections = {
  wallet: (string | null)[] | undefined;
  readonly lots: Map<number, (string | null)[]>;
  readonly holds: Map<number, (string | null)[]>;
  readonly returns: Map<number, (string | null)[]>;
};

export function emptyProjections(): StoredProjections {
  return { wallet: undefined, lots: new Map(), holds: new Map(), returns: new Map() };
}

/** What differs between a replay and the stored rows, column by column, as sentences. */
export function compareMember(replay: Replay, stored: StoredProjections): string[] {
  const differences: string[] = [];
  compareRow(differences, "wallet", walletRow(replay), stored.wallet);
  compareRows(differences, "lot", new Map([...replay.lots].map(([key, lot]) => [key, lotRow(lot)])), stored.lots);
  compareRows(differences, "hold", new Map([...replay.holds].map(([seq, hold]) => [seq, holdRow(hold)])), stored.holds);
  const returned = new Map(
    [...replay.returned].map(([seq, state]) => [
      seq,
      [String(seq), json(state.lines), json(state.refunded), json(state.absorbed)],
    ]),
  );
  compareRows(differences, "purchase_return", returned, stored.returns);
  return differences;
}

function walletRow(replay: Replay): (string | null)[] {
  const { active, pending, held, next } = walletOf(replay);
  const debts = replay.debts.map((debt) => [debt.funder, debt.cents, debt.sinceSeq]);
  return [
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

function lotRow(lot: ReplayedLot): (string | null)[] {
  const isOpen = lot.remaining.some((cents) => cents > 0) || lot.held.some((cents) => cents > 0);
  return [
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

function holdRow(hold: ReplayedHold): (string | null)[] {
  return [String(hold.seq), hold.partner, hold.state, String(hold.placedAt), String(hold.expiresAt), json(hold.items)];
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

function compareRows(
  differences: string[],
  table: string,
  rebuilt: ReadonlyMap<number, (string | null)[]>,
  stored: ReadonlyMap<number, (string | null)[]>,
): void {
  for (const [key, row] of rebuilt) compareRow(differences, `${table} ${row[0]}`, row, stored.get(key));
  for (const [key, row] of stored) {
    if (!rebuilt.has(key)) differences.push(`${table} ${row[0]} is stored, but no operation began it`);
  }
}

function compareRow(
  differences: string[],
  what: string,
  rebuilt: readonly (string | null)[],
  stored: readonly (string | null)[] | undefined,
): void {
  if (!stored) {
    differences.push(`${what} is not stored`);
    return;
  }
  for (let i = 0; i < rebuilt.length; i++) {
    if (rebuilt[i] !== stored[i]) {
      differences.push(`${what}, column ${i + 1}: operations say ${rebuilt[i]}, stored is ${stored[i]}`);
    }
  }
}
