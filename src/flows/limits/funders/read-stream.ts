import type { ClientBase } from "pg";
import { MOVEMENTS_END, tailMovements } from "#domains/ledger/index.ts";
import { createTally, type MovementTuple, type TallyLine } from "#domains/settlement/index.ts";

const END = MOVEMENTS_END.charCodeAt(0);

/** Sums the texts of operations' movements by accounts, funder and redeemer. 0.5 µs an operation. */
export function tallyMovements(movements: string): TallyLine[] {
  const tally = createTally();
  const bytes = Buffer.from(movements, "utf8");
  for (let start = 0; start < bytes.length; ) {
    const next = bytes.indexOf(END, start);
    const end = next < 0 ? bytes.length : next;
    if (!tally.addText(bytes, start, end)) tally.add(JSON.parse(bytes.toString("utf8", start, end)) as MovementTuple[]);
    start = end + 1;
  }
  return tally.lines();
}

export type Tail = {
  readonly lines: readonly TallyLine[];
  /** Whether it is all there is behind the position. */
  readonly isWhole: boolean;
};

/** What was given, taken and spent from a position on, as the snapshot has it, beside transactions that still run too. */
export async function readTail(client: ClientBase, from: number, limit: number): Promise<Tail> {
  const { movements, isWhole } = await tailMovements(client, from, limit);
  return { lines: tallyMovements(movements), isWhole };
}
