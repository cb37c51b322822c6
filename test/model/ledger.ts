import { type Calendar, createCalendar, type Day, type EpochMs, firstDayOf, type Month } from "#kernel/time.ts";
import { book, earn, recover, type Work } from "./booking.ts";
import { activeCents } from "./consumption.ts";
import { bookWhatIsDue } from "./due.ts";
import { captureFrom, drawActive, refuseEnding, voidThe } from "./holds.ts";
import { type MatrixCell, settlementMatrix, walletOf } from "./reads.ts";
import { type ReturnOutcome, type ReturnTerms, returnLines } from "./returns.ts";
import { compareIds, sum } from "./split.ts";
import type { Entry, Hold, Member, Operation, Part, Refusal, Wallet } from "./types.ts";

/** A request's natural or idempotency key, and its canonical body. */
export type Keyed = { readonly key: string; readonly body: string };

export type Answer<Outcome> = {
  readonly ok: true;
  readonly replayed: boolean;
  readonly seq: number;
  readonly wallet: Wallet;
  readonly outcome: Outcome;
};
export type Refused = { readonly ok: false; readonly refusal: Refusal };
export type Reply<Outcome> = Answer<Outcome> | Refused;

export type PurchaseTerms = {
  readonly member: number;
  readonly partner: string;
  readonly at: EpochMs;
  readonly lineAmounts: readonly number[];
  /** Seq of a hold of the same member that pays the spend. */
  readonly holdSeq?: number;
} & (Priced | { readonly price: (funds: Funds) => Priced | Refusal });

/** What a member could pay with: active points, and those of the hold that the receipt names. */
export type Funds = { readonly activeCents: number; readonly heldCents: number };

/** What pricing decided of a receipt; funders of a part in any order. */
export type Priced = { readonly parts: readonly Part[]; readonly spentByLine: readonly number[] };

export type AwardTerms = {
  readonly member: number;
  readonly funders: readonly string[];
  readonly amountCents: readonly number[];
  readonly availableAt?: EpochMs;
  readonly expiresAt: EpochMs | null;
};

/** The whole model: plain data, so that `structuredClone` copies it and any step can be tried and thrown away. */
export type Ledger = {
  readonly timeZone: string;
  firstOpenDay: Day;
  readonly members: Map<number, Member>;
  readonly operations: Operation[];
  readonly keys: Map<string, { body: string; answer: Answer<unknown> }>;
};

export function createLedger(timeZone = "Europe/Moscow"): Ledger {
  return { timeZone, firstOpenDay: 0, members: new Map(), operations: [], keys: new Map() };
}

const calendars = new Map<string, Calendar>();
export function calendarOf(ledger: Ledger): Calendar {
  const known = calendars.get(ledger.timeZone) ?? createCalendar(ledger.timeZone);
  calendars.set(ledger.timeZone, known);
  return known;
}

/**
 * Runs one request on a copy of the member: a refusal throws the copy away, so it changes nothing, what was due included;
 * a success keeps it and binds the key.
 */
function run<Outcome>(
  ledger: Ledger,
  memberId: number,
  now: EpochMs,
  keyed: Keyed,
  request: (work: Work) => { seq: number; outcome: Outcome } | Refusal,
): Reply<Outcome> {
  const known = ledger.keys.get(keyed.key);
  if (known) {
    if (known.body !== keyed.body) return { ok: false, refusal: { code: "idempotency-conflict" } };
    return { ...(known.answer as Answer<Outcome>), replayed: true };
  }
  const work = workOn(ledger, memberId, now);
  bookWhatIsDue(work);
  const done = request(work);
  if ("code" in done) return { ok: false, refusal: done };
  keep(ledger, work);
  const answer = { ok: true as const, replayed: false, ...done, wallet: walletOf(work.member) };
  ledger.keys.set(keyed.key, { body: keyed.body, answer });
  return answer;
}

function workOn(ledger: Ledger, memberId: number, now: EpochMs): Work {
  return {
    member: structuredClone(memberOf(ledger, memberId)),
    now,
    calendar: calendarOf(ledger),
    firstOpenDay: ledger.firstOpenDay,
    operations: [],
    head: [],
    recoveries: [],
  };
}

function keep(ledger: Ledger, work: Work): void {
  ledger.members.set(work.member.id, work.member);
  ledger.operations.push(...work.operations);
}

export function memberOf(ledger: Ledger, id: number): Member {
  return ledger.members.get(id) ?? { id, seq: 0, entries: [], holds: [], debts: [], purchases: [] };
}

/** Books a priced receipt: spends (from active points or from a hold) first, then earns, then recovers arrears. */
export function purchase(ledger: Ledger, now: EpochMs, keyed: Keyed, terms: PurchaseTerms) {
  return run(ledger, terms.member, now, keyed, (work) => {
    const hold = work.member.holds.find((one) => one.seq === terms.holdSeq);
    const refusal = terms.holdSeq === undefined ? undefined : refuseEnding(hold, "capture");
    if (refusal) return refusal;
    const heldCents = sum(hold?.items.map((item) => item.cents) ?? []);
    const priced = "price" in terms ? terms.price({ activeCents: activeCents(work.member), heldCents }) : terms;
    if ("code" in priced) return priced;
    const spend = sum(priced.spentByLine);
    let drawn: ReturnType<typeof drawActive> = { draws: [], movements: [] };
    if (hold) {
      drawn = captureFrom(work, hold, spend, terms.partner);
    } else if (spend > 0) {
      drawn = drawActive(work, spend, { account: "re", redeemer: terms.partner });
    }
    if ("code" in drawn) return drawn;
    const parts = priced.parts.map(sortFunders);
    const earned = parts.flatMap((part, i) => earn(work, part, i, terms.at));
    recover(work);
    const seq = book(work, {
      kind: "purchase",
      occurredAt: terms.at,
      businessDay: work.calendar.dayOf(terms.at),
      ...(terms.holdSeq === undefined ? {} : { citesSeq: terms.holdSeq }),
      movements: [...drawn.movements, ...earned],
    });
    work.member.purchases.push({
      seq,
      partner: terms.partner,
      lineAmounts: terms.lineAmounts,
      returned: terms.lineAmounts.map(() => 0),
      parts,
      spentByLine: priced.spentByLine,
      draws: drawn.draws,
      drawsGivenBack: drawn.draws.map(() => 0),
    });
    return { seq, outcome: { earned: sum(parts.flatMap((part) => part.amountCents)), spent: spend } };
  });
}

/** Funders of one part in code point order, with their columns of the attribution. */
function sortFunders(part: Part): Part {
  const order = part.funders.map((_, i) => i).sort((a, b) => compareIds(part.funders[a]!, part.funders[b]!));
  return {
    ...part,
    funders: order.map((i) => part.funders[i]!),
    amountCents: order.map((i) => part.amountCents[i]!),
    lineCents: part.lineCents.map((line) => order.map((i) => line[i]!)),
  };
}

export function hold(
  ledger: Ledger,
  now: EpochMs,
  keyed: Keyed,
  terms: { member: number; partner: string; cents: number; expiresAt: EpochMs },
) {
  return run(ledger, terms.member, now, keyed, (work) => {
    const drawn = drawActive(work, terms.cents, { account: "he" });
    if ("code" in drawn) return drawn;
    const seq = book(work, {
      kind: "hold",
      occurredAt: now,
      businessDay: work.calendar.dayOf(now),
      movements: drawn.movements,
    });
    work.member.holds.push({
      seq,
      partner: terms.partner,
      expiresAt: terms.expiresAt,
      items: drawn.draws,
      state: "open",
    });
    return { seq, outcome: { held: terms.cents } };
  });
}

export function capture(
  ledger: Ledger,
  now: EpochMs,
  keyed: Keyed,
  terms: { member: number; holdSeq: number; cents: number },
) {
  return run(ledger, terms.member, now, keyed, (work) => {
    const held = work.member.holds.find((one) => one.seq === terms.holdSeq);
    const refusal = refuseEnding(held, "capture");
    if (refusal || !held) return refusal ?? { code: "unknown-hold" as const };
    const captured = captureFrom(work, held, terms.cents, held.partner);
    if ("code" in captured) return captured;
    return { seq: endHold(work, held, "capture", captured.movements), outcome: { captured: terms.cents } };
  });
}

export function voidHold(ledger: Ledger, now: EpochMs, keyed: Keyed, terms: { member: number; holdSeq: number }) {
  return run(ledger, terms.member, now, keyed, (work) => {
    const held = work.member.holds.find((one) => one.seq === terms.holdSeq);
    const refusal = refuseEnding(held, "void");
    if (refusal || !held) return refusal ?? { code: "unknown-hold" as const };
    return { seq: endHold(work, held, "void", voidThe(work, held, now)), outcome: { captured: 0 } };
  });
}

function endHold(work: Work, held: Hold, kind: "capture" | "void", movements: Operation["movements"]): number {
  recover(work);
  const businessDay = work.calendar.dayOf(work.now);
  return book(work, { kind, occurredAt: work.now, businessDay, citesSeq: held.seq, movements });
}

/** Returns lines of the purchase that is the member's operation `purchaseSeq`. */
export function returnPurchase(
  ledger: Ledger,
  now: EpochMs,
  keyed: Keyed,
  terms: ReturnTerms & { member: number; purchaseSeq: number },
): Reply<ReturnOutcome> {
  return run(ledger, terms.member, now, keyed, (work) => {
    const bought = work.member.purchases.find((one) => one.seq === terms.purchaseSeq);
    if (!bought) return { code: "unknown-receipt" as const };
    const returned = returnLines(work, bought, terms);
    if ("code" in returned) return returned;
    const seq = book(work, {
      kind: "return",
      occurredAt: terms.at,
      businessDay: work.calendar.dayOf(terms.at),
      citesSeq: bought.seq,
      movements: returned.movements,
    });
    return { seq, outcome: returned.outcome };
  });
}

export function award(ledger: Ledger, now: EpochMs, keyed: Keyed, terms: AwardTerms) {
  return run(ledger, terms.member, now, keyed, (work) => {
    const { funders, amountCents, expiresAt } = terms;
    const part = sortFunders({ availableAt: terms.availableAt ?? now, expiresAt, funders, amountCents, lineCents: [] });
    const movements = earn(work, part, 0, now);
    recover(work);
    const seq = book(work, { kind: "award", occurredAt: now, businessDay: work.calendar.dayOf(now), movements });
    return { seq, outcome: { earned: sum(amountCents) } };
  });
}

/** What the sweeper does for the idle: books time-outs and expiries that are due; activations wait for an operation. */
export function bookDue(ledger: Ledger, memberId: number, now: EpochMs): void {
  const work = workOn(ledger, memberId, now);
  bookWhatIsDue(work);
  // A lot that only activated is not booked yet: without an operation to lead, the copy is thrown away.
  if (work.operations.length === 0) return;
  const lastBooked = workOn(ledger, memberId, work.operations.at(-1)!.occurredAt);
  bookWhatIsDue(lastBooked);
  const operations = lastBooked.operations.map((operation) => ({ ...operation, postedAt: now }));
  keep(ledger, { ...lastBooked, operations });
}

/** Days before `day` are closed from now on; the fence never moves back. */
export function moveFence(ledger: Ledger, day: Day): void {
  ledger.firstOpenDay = Math.max(ledger.firstOpenDay, day);
}

/** Sweeps everybody and moves the fence past `month`; a month that is closed already stays so. */
export function closeMonth(ledger: Ledger, now: EpochMs, month: Month): void {
  for (const id of [...ledger.members.keys()].sort((a, b) => a - b)) bookDue(ledger, id, now);
  moveFence(ledger, firstDayOf(month + 1));
}

/** The member as of `at`, which is not before the last operation: what is due by then is taken into account, not booked. */
function memberAt(ledger: Ledger, id: number, at: EpochMs): Member {
  const work = workOn(ledger, id, at);
  bookWhatIsDue(work);
  return work.member;
}

export function walletAt(ledger: Ledger, id: number, at: EpochMs): Wallet {
  return walletOf(memberAt(ledger, id, at));
}

/** Lots with anything left in them, one per funder, in the order of consumption of storage: seq, part, funder. */
export function lotsAt(ledger: Ledger, id: number, at: EpochMs): Entry[] {
  return memberAt(ledger, id, at).entries.filter((entry) => entry.remaining > 0 || entry.held > 0);
}

export function matrixOf(ledger: Ledger, month: Month): MatrixCell[] {
  return settlementMatrix(ledger.operations, month);
}
