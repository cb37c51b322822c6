import type { EpochMs } from "#kernel/time.ts";
import { earn, hasExpired, recover, type Work } from "./booking.ts";
import { compareForConsumption, entryOf } from "./consumption.ts";
import { compareIds, floorShare, splitInProportion, sum } from "./split.ts";
import type { Entry, Movement, Purchase, Refusal } from "./types.ts";

export type ReturnTerms = {
  readonly at: EpochMs;
  readonly lines: readonly { readonly line: number; readonly amountKopecks: number }[] | "all";
  /** `grace`: what was given back to expired lots gets a new lot that lasts until `expiresAt`. */
  readonly policy: { readonly kind: "original" } | { readonly kind: "grace"; readonly expiresAt: EpochMs };
  /** Whether the money part becomes points of the seller, and how long they last. */
  readonly refund: { readonly in: "money" } | { readonly in: "points"; readonly expiresAt: EpochMs | null };
};

export type ReturnOutcome = {
  readonly takenBack: number;
  readonly givenBack: number;
  readonly arrears: number;
  readonly expired: number;
  readonly refundKopecks: number;
};

/** Adds what is returned to `purchase.returned`, line by line, and says what it was before. */
export function addReturned(purchase: Purchase, lines: ReturnTerms["lines"]): number[] | Refusal {
  const before = [...purchase.returned];
  const left = purchase.lineAmounts.map((amount, i) => amount - (before[i] as number));
  const asked = lines === "all" ? left.map((amountKopecks, line) => ({ line, amountKopecks })) : lines;
  if (lines === "all" && sum(left) === 0) return { code: "return-exceeds-purchase", line: 0, leftKopecks: 0 };
  for (const { line, amountKopecks } of asked) {
    const amount = purchase.lineAmounts[line];
    if (amount === undefined || (purchase.returned[line] as number) + amountKopecks > amount) {
      purchase.returned.splice(0, before.length, ...before);
      return { code: "return-exceeds-purchase", line, leftKopecks: left[line] ?? 0 };
    }
    purchase.returned[line] = (purchase.returned[line] as number) + amountKopecks;
  }
  return before;
}

/** How much more of `whole` is due after a line's returned amount went from `before` to `after`: floors of cumulatives. */
function increase(whole: number, before: number, after: number, lineAmount: number): number {
  if (lineAmount === 0) return 0;
  return floorShare(whole, after, lineAmount) - floorShare(whole, before, lineAmount);
}

/** Takes back what the returned part of each line earned, and makes debts of what is no longer there. */
export function takeBackEarned(work: Work, purchase: Purchase, before: readonly number[]) {
  const movements: Movement[] = [];
  const missing = new Map<string, number>();
  let takenBack = 0;
  purchase.parts.forEach((part, partNumber) => {
    part.funders.forEach((funder, f) => {
      if (part.amountCents[f] === 0) return;
      const due = sum(
        purchase.lineAmounts.map((lineAmount, line) =>
          increase(
            part.lineCents[line]?.[f] ?? 0,
            before[line] as number,
            purchase.returned[line] as number,
            lineAmount,
          ),
        ),
      );
      const entry = entryOf(work.member, { seq: purchase.seq, part: partNumber, funder });
      const taken = takeRemaining(entry, due, movements);
      takenBack += taken;
      const owed = due - taken - countExpired(entry, due - taken);
      if (owed > 0) {
        movements.push(["ar", "ob", entry.seq, entry.part, funder, null, owed]);
        missing.set(funder, (missing.get(funder) ?? 0) + owed);
      }
    });
  });
  // Silent: one debt per funder and return; several of one return are ordered by funder.
  const since = work.member.seq + 1;
  for (const funder of [...missing.keys()].sort(compareIds)) {
    work.member.debts.push({ funder, cents: missing.get(funder) as number, since });
  }
  return { movements, takenBack, arrears: sum(missing.values()) };
}

function takeRemaining(entry: Entry, due: number, movements: Movement[]): number {
  const taken = Math.min(due, entry.remaining);
  if (taken === 0) return 0;
  entry.remaining -= taken;
  entry.takenBack += taken;
  movements.push([entry.active ? "ac" : "pe", "ob", entry.seq, entry.part, entry.funder, null, taken]);
  return taken;
}

/** Expired points are the funder's already; each expired cent meets one missing cent, once. */
function countExpired(entry: Entry, missing: number): number {
  const met = Math.min(missing, entry.expired - entry.expiredCounted);
  entry.expiredCounted += met;
  return met;
}

/** Gives back the points that were paid on what is returned, to the lots that they were drawn from. */
export function giveBackSpent(
  work: Work,
  purchase: Purchase,
  before: readonly number[],
  policy: ReturnTerms["policy"],
) {
  const movements: Movement[] = [];
  const graceByFunder = new Map<string, number>();
  const due = sum(
    purchase.lineAmounts.map((lineAmount, line) =>
      increase(purchase.spentByLine[line] ?? 0, before[line] as number, purchase.returned[line] as number, lineAmount),
    ),
  );
  const draws = purchase.draws
    .map((draw, index) => ({ draw, index, entry: entryOf(work.member, draw) }))
    .sort((a, b) => compareForConsumption(a.entry, b.entry));
  const open = draws.map(({ draw, index }) => draw.cents - (purchase.drawsGivenBack[index] as number));
  const shares = splitInProportion(due, open);
  let expired = 0;
  draws.forEach(({ index, entry }, i) => {
    const cents = shares[i] as number;
    if (cents === 0) return;
    purchase.drawsGivenBack[index] = (purchase.drawsGivenBack[index] as number) + cents;
    entry.spent -= cents;
    movements.push(["re", "ac", entry.seq, entry.part, entry.funder, purchase.partner, cents]);
    if (!hasExpired(entry, work.now)) entry.remaining += cents;
    else if (policy.kind === "original") {
      entry.expired += cents;
      expired += cents;
      movements.push(["ac", "ex", entry.seq, entry.part, entry.funder, null, cents]);
    } else {
      // Silent: the funder takes the dead points back and gives as many in the new lot. Were they booked as expired,
      // a later return of the purchase that earned them would forgive points that the member still has.
      entry.takenBack += cents;
      movements.push(["ac", "ob", entry.seq, entry.part, entry.funder, null, cents]);
      graceByFunder.set(entry.funder, (graceByFunder.get(entry.funder) ?? 0) + cents);
    }
  });
  return { movements, givenBack: due, expired, graceByFunder };
}

/** A whole return: earned points back first, then spent ones, then new lots, then recoveries. */
export function returnLines(work: Work, purchase: Purchase, terms: ReturnTerms) {
  const before = addReturned(purchase, terms.lines);
  if (!Array.isArray(before)) return before;
  const earned = takeBackEarned(work, purchase, before);
  const spent = giveBackSpent(work, purchase, before, terms.policy);
  const movements = [...earned.movements, ...spent.movements];
  let part = 0;
  if (spent.graceByFunder.size > 0 && terms.policy.kind === "grace") {
    const funders = [...spent.graceByFunder.keys()].sort(compareIds);
    const amountCents = funders.map((funder) => spent.graceByFunder.get(funder) as number);
    movements.push(...earn(work, newLot(funders, amountCents, work.now, terms.policy.expiresAt), part++, terms.at));
  }
  const refundKopecks = sum(purchase.returned) - sum(before) - spent.givenBack;
  if (terms.refund.in === "points" && refundKopecks > 0) {
    // Silent: the award is part of the return, as a lot of its own.
    const lot = newLot([purchase.partner], [refundKopecks], work.now, terms.refund.expiresAt);
    movements.push(...earn(work, lot, part++, terms.at));
  }
  recover(work);
  const { takenBack, arrears } = earned;
  const { givenBack, expired } = spent;
  return { movements, outcome: { takenBack, givenBack, arrears, expired, refundKopecks } };
}

function newLot(funders: string[], amountCents: number[], availableAt: EpochMs, expiresAt: EpochMs | null) {
  return { availableAt, expiresAt, funders, amountCents, lineCents: [] };
}
