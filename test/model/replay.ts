import type { Account, Movement } from "./types.ts";

/** What movements alone say of one funder's points of one lot. */
export type ReplayedEntry = {
  readonly seq: number;
  readonly part: number;
  readonly funder: string;
  amount: number;
  pending: number;
  active: number;
  held: number;
  spent: number;
  expired: number;
  takenBack: number;
};

export type Replayed = {
  readonly entries: ReplayedEntry[];
  /** What the member owes, per funder. */
  readonly arrears: Map<string, number>;
  readonly faults: string[];
};

/** The only pairs of accounts that the design's table of operations knows. */
const ALLOWED = new Set([
  "ob>pe",
  "ob>ac",
  "pe>ac",
  "ac>re",
  "he>re",
  "ac>he",
  "he>ac",
  "he>ex",
  "ac>ex",
  "pe>ex",
  "pe>ob",
  "ac>ob",
  "ar>ob",
  "re>ac",
  "ob>ar",
]);

/**
 * Rebuilds lots and arrears from movements, in the order of operations and of movements, which is that of what
 * happened: no balance is below zero after any of them. Knows nothing of how they were decided. Works on the model's
 * operations and on stored rows alike.
 */
export function replay(
  operations: readonly { readonly seq: number; readonly movements: readonly Movement[] }[],
): Replayed {
  const entries = new Map<string, ReplayedEntry>();
  const arrears = new Map<string, number>();
  const faults: string[] = [];
  operations.forEach((operation, i) => {
    if (operation.seq !== i + 1) faults.push(`operation ${operation.seq} is number ${i + 1} of its member`);
    for (const movement of operation.movements) apply(operation.seq, movement, entries, arrears, faults);
  });
  return { entries: [...entries.values()], arrears, faults };
}

function apply(
  seq: number,
  movement: Movement,
  entries: Map<string, ReplayedEntry>,
  arrears: Map<string, number>,
  faults: string[],
): void {
  const [from, to, lotSeq, lotPart, funder, redeemer, cents] = movement;
  const fault = (what: string): void => void faults.push(`operation ${seq}: ${what} in ${JSON.stringify(movement)}`);
  if (!ALLOWED.has(`${from}>${to}`)) fault("no operation moves so");
  if (!Number.isSafeInteger(cents) || cents <= 0) fault("not a positive whole amount");
  if ((redeemer !== null) !== (from === "re" || to === "re")) fault("a redeemer belongs to redemptions only");
  if (from === "ar" || to === "ar") {
    const owed = (arrears.get(funder) ?? 0) + (from === "ar" ? cents : -cents);
    arrears.set(funder, owed);
    if (owed < 0) fault(`arrears fell to ${owed}`);
  }
  // A debt's movements touch no lot: the points are elsewhere already.
  if (from === "ar" || to === "ar") return;
  const key = `${lotSeq}.${lotPart} ${funder}`;
  const entry = entries.get(key) ?? emptyEntry(lotSeq, lotPart, funder);
  entries.set(key, entry);
  if (from === "ob") {
    entry.amount += cents;
    if (lotSeq !== seq) fault("a lot begins in its own operation");
  } else add(entry, from, -cents);
  if (to === "ob") entry.takenBack += cents;
  else add(entry, to, cents);
  checkEntry(seq, entry, faults);
}

function emptyEntry(seq: number, part: number, funder: string): ReplayedEntry {
  return { seq, part, funder, amount: 0, pending: 0, active: 0, held: 0, spent: 0, expired: 0, takenBack: 0 };
}

function add(entry: ReplayedEntry, account: Account, cents: number): void {
  if (account === "pe") entry.pending += cents;
  else if (account === "ac") entry.active += cents;
  else if (account === "he") entry.held += cents;
  else if (account === "re") entry.spent += cents;
  else if (account === "ex") entry.expired += cents;
}

/** Truth 2: amount = remaining + held + spent + expired + taken back, nothing below zero. */
function checkEntry(seq: number, entry: ReplayedEntry, faults: string[]): void {
  const { amount, pending, active, held, spent, expired, takenBack } = entry;
  const name = `operation ${seq}: lot ${entry.seq}.${entry.part} of ${entry.funder}`;
  if (Math.min(pending, active, held, spent, expired, takenBack) < 0) faults.push(`${name} fell below zero`);
  if (amount !== pending + active + held + spent + expired + takenBack) faults.push(`${name} does not add up`);
}
