import type { ClientBase } from "pg";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import type { Calendar } from "#kernel/time.ts";
import { compareMember, emptyProjections, type StoredProjections } from "./core/compare-projections.ts";
import type { Movement, OperationFacts, OperationKind } from "./core/operation.ts";
import { newReplay, type Replay, type ReplayedOperation, replayOperation } from "./core/replay.ts";
import { columnsOf, copyLines } from "./store/copy-lines.ts";

/** One thing that does not agree, in words. */
export type Difference = { readonly member: string; readonly what: string };

export type Tally = {
  members: number;
  operations: number;
  lots: number;
  differences: Difference[];
  differenceCount: number;
};

/** Buckets, both ends included. */
export type BucketRange = { readonly from: number; readonly to: number };

export const KEPT_DIFFERENCES = 100;

/** By double precision, not numeric: exact for any millisecond of the next thousand years, and half the price. */
const ms = (column: string): string => `(date_part('epoch', ${column}) * 1000)::int8`;

/** The columns of each projection, in the order of core/compare-projections.ts. */
const COLUMNS: Record<keyof StoredProjections, string> = {
  wallet: `member_id, seq, active_cents, pending_cents, held_cents, arrears, cap_use, first_purchases,
    ${ms("next_change_at")}, status, merged_into`,
  lot: `member_id, seq, part, ${ms("earned_at")}, ${ms("available_at")}, ${ms("expires_at")}, is_active, is_open,
    funders, amount, remaining, held, spent, expired, taken_back`,
  hold: `member_id, seq, partner, state, ${ms("placed_at")}, ${ms("expires_at")}, items`,
  purchase_return: "member_id, seq, lines, refunded, absorbed",
};

/**
 * Rebuilds the projections of a range of buckets from its operations, and compares. Reads each table once: the stored
 * rows into memory, then operations in the order of members and numbers.
 */
export async function verifyRange(client: ClientBase, range: BucketRange, calendar: Calendar): Promise<Tally> {
  const tally: Tally = { members: 0, operations: 0, lots: 0, differences: [], differenceCount: 0 };
  const where = `where bucket between ${range.from} and ${range.to}`;
  const stored = await readStored(client, where, tally);
  let member = -1;
  let replay: Replay = newReplay();
  const close = (): void => {
    if (member < 0) return;
    const projections = stored.get(member) ?? emptyProjections();
    stored.delete(member);
    report(tally, member, [...replay.faults, ...compareMember(member, replay, projections, columnsOf)]);
  };
  await copyLines(
    client,
    `select member_id, seq, kind, partner, ${ms("occurred_at")}, ${ms("posted_at")}, cites_seq, movements, facts
     from operation ${where} order by bucket, member_id, seq`,
    (line) => {
      const columns = columnsOf(line);
      const id = Number(columns[0]);
      if (id !== member) {
        close();
        member = id;
        replay = newReplay();
        tally.members++;
      }
      tally.operations++;
      replayOperation(replay, toReplayed(columns), calendar);
    },
  );
  close();
  // Wallets that no operation stands behind: a new member's is empty.
  for (const [id, projections] of stored) report(tally, id, compareMember(id, newReplay(), projections, columnsOf));
  return tally;
}

function toReplayed(columns: (string | null)[]): ReplayedOperation {
  return {
    seq: Number(columns[1]),
    kind: columns[2] as OperationKind,
    partner: columns[3] as string,
    occurredAt: Number(columns[4]),
    postedAt: Number(columns[5]),
    citesSeq: columns[6] === null ? null : Number(columns[6]),
    movements: JSON.parse(columns[7] as string) as Movement[],
    facts: columns[8] === null ? null : (JSON.parse(columns[8] as string) as OperationFacts),
  };
}

async function readStored(client: ClientBase, where: string, tally: Tally): Promise<Map<MemberId, StoredProjections>> {
  const stored = new Map<MemberId, StoredProjections>();
  for (const projection of Object.keys(COLUMNS) as (keyof StoredProjections)[]) {
    await copyLines(client, `select ${COLUMNS[projection]} from ${projection} ${where}`, (line) => {
      const member = Number(line.slice(0, line.indexOf("\t")));
      let projections = stored.get(member);
      if (!projections) {
        projections = emptyProjections();
        stored.set(member, projections);
      }
      projections[projection].push(line);
      if (projection === "lot") tally.lots++;
    });
  }
  return stored;
}

function report(tally: Tally, member: MemberId, faults: readonly string[]): void {
  tally.differenceCount += faults.length;
  for (const what of faults) {
    if (tally.differences.length >= KEPT_DIFFERENCES) return;
    tally.differences.push({ member: memberIds.format(member), what });
  }
}
