import type { Calendar, Day, EpochMs } from "#kernel/time.ts";
import { recoverArrears } from "./arrears.ts";
import { entryOf } from "./consumption.ts";
import type { Entry, Hold, Member, Movement, Operation, OperationKind, Part } from "./types.ts";

/** Work on a copy of one member: operations gathered here are kept only when the whole request succeeds. */
export type Work = {
  readonly member: Member;
  readonly now: EpochMs;
  readonly calendar: Calendar;
  readonly firstOpenDay: Day;
  readonly operations: Operation[];
  /** Activations that happened since the last operation, and recoveries that they allowed: they lead the next one. */
  head: Movement[];
  /** What this operation itself made possible: comes last in it. */
  recoveries: Movement[];
};

export function recover(work: Work): void {
  work.recoveries.push(...recoverArrears(work.member));
}

/** Writes one operation, its movements as things happened: what activated, its own, recoveries. */
export function book(
  work: Work,
  operation: {
    kind: OperationKind;
    occurredAt: EpochMs;
    businessDay: Day;
    citesSeq?: number;
    movements: readonly Movement[];
  },
): number {
  const seq = ++work.member.seq;
  work.operations.push({
    member: work.member.id,
    seq,
    kind: operation.kind,
    occurredAt: operation.occurredAt,
    postedAt: work.now,
    businessDay: operation.businessDay,
    accountingDay: Math.max(operation.businessDay, work.firstOpenDay),
    citesSeq: operation.citesSeq ?? null,
    movements: [...work.head, ...operation.movements, ...work.recoveries],
  });
  work.head = [];
  work.recoveries = [];
  return seq;
}

/**
 * Begins a lot of the operation about to be booked. Points are active at once when their time has come.
 * Silent: a lot whose availability is not before its expiry never turns active. One that has already expired when it is
 * posted (a very late receipt) is pending until what is due is booked, which is in order of time as ever: it activates
 * at its time and expires at its time.
 */
export function earn(work: Work, part: Part, partNumber: number, earnedAt: EpochMs): Movement[] {
  const seq = work.member.seq + 1;
  const lastsUntil = part.expiresAt ?? Number.POSITIVE_INFINITY;
  const active = part.availableAt <= work.now && work.now < lastsUntil;
  const activatesAt = !active && part.availableAt < lastsUntil ? part.availableAt : null;
  const movements: Movement[] = [];
  part.funders.forEach((funder, i) => {
    const amount = part.amountCents[i] as number;
    if (amount === 0) return;
    work.member.entries.push({
      seq,
      part: partNumber,
      funder,
      earnedAt,
      availableAt: part.availableAt,
      expiresAt: part.expiresAt,
      amount,
      activatesAt,
      active,
      remaining: amount,
      held: 0,
      spent: 0,
      expired: 0,
      takenBack: 0,
      expiredCounted: 0,
    });
    movements.push(["ob", active ? "ac" : "pe", seq, partNumber, funder, null, amount]);
  });
  return movements;
}

export function hasExpired(entry: Entry, at: EpochMs): boolean {
  return entry.expiresAt !== null && entry.expiresAt <= at;
}

/** Gives held points back to the lots they came from, or lets them expire where the lot's time has passed. */
export function release(member: Member, items: Hold["items"], at: EpochMs): Movement[] {
  return items
    .filter((item) => item.cents > 0)
    .map((item) => {
      const entry = entryOf(member, item);
      entry.held -= item.cents;
      if (hasExpired(entry, at)) {
        entry.expired += item.cents;
        return ["he", "ex", item.seq, item.part, item.funder, null, item.cents];
      }
      entry.remaining += item.cents;
      return ["he", "ac", item.seq, item.part, item.funder, null, item.cents];
    });
}
