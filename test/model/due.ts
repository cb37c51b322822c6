import type { EpochMs } from "#kernel/time.ts";
import { recoverArrears } from "./arrears.ts";
import { book, hasExpired, recover, release, type Work } from "./booking.ts";
import type { Movement } from "./types.ts";

/**
 * Lets time pass up to `work.now`: instant after instant, at each one activations, then hold time-outs, then expiries.
 * Activations, with the recoveries that they make possible, wait for the next operation to carry them; a time-out and an expiry are operations of their own.
 */
export function bookWhatIsDue(work: Work): void {
  for (;;) {
    const instant = nextInstant(work);
    if (instant === undefined) return;
    activate(work, instant);
    timeOut(work, instant);
    expire(work, instant);
  }
}

function nextInstant(work: Work): EpochMs | undefined {
  const instants: EpochMs[] = [];
  for (const entry of work.member.entries) {
    if (entry.remaining === 0) continue;
    if (entry.activatesAt !== null) instants.push(entry.activatesAt);
    if (entry.expiresAt !== null) instants.push(entry.expiresAt);
  }
  for (const hold of work.member.holds) if (hold.state === "open") instants.push(hold.expiresAt);
  const due = instants.filter((at) => at <= work.now);
  return due.length === 0 ? undefined : Math.min(...due);
}

function activate(work: Work, at: EpochMs): void {
  for (const entry of work.member.entries) {
    if (entry.remaining === 0 || entry.activatesAt === null || entry.activatesAt > at) continue;
    entry.active = true;
    entry.activatesAt = null;
    work.head.push(["pe", "ac", entry.seq, entry.part, entry.funder, null, entry.remaining]);
  }
  work.head.push(...recoverArrears(work.member));
}

function timeOut(work: Work, at: EpochMs): void {
  for (const hold of work.member.holds) {
    if (hold.state !== "open" || hold.expiresAt > at) continue;
    hold.state = "timed-out";
    const movements = release(work.member, hold.items, at);
    recover(work);
    book(work, {
      kind: "hold-timeout",
      occurredAt: at,
      businessDay: dayBefore(work, at),
      citesSeq: hold.seq,
      movements,
    });
  }
}

function expire(work: Work, at: EpochMs): void {
  const movements: Movement[] = [];
  for (const entry of work.member.entries) {
    if (entry.remaining === 0 || !hasExpired(entry, at)) continue;
    movements.push([entry.active ? "ac" : "pe", "ex", entry.seq, entry.part, entry.funder, null, entry.remaining]);
    entry.expired += entry.remaining;
    entry.remaining = 0;
  }
  if (movements.length > 0) book(work, { kind: "expiry", occurredAt: at, businessDay: dayBefore(work, at), movements });
}

/** An instant at midnight belongs to the day that ended. */
function dayBefore(work: Work, at: EpochMs): number {
  return work.calendar.dayOf(at - 1);
}
