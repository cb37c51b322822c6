import { quantities } from "#domains/program/index.ts";
import { type AudienceView, type HeldTrait, isAmong, type LifeState, list } from "#domains/publishing/index.ts";
import { type Calendar, type EpochMs, parseDay } from "#kernel/time.ts";
import type { OfferDocument } from "./document/schema.ts";
import { isHeld, offerKey, offerUseKey } from "./programme-parts.ts";

/** What offers may know of a member. */
export type OfferMember = AudienceView & {
  readonly capUse: ReadonlyMap<string, readonly [used: number, untilDay: number]>;
  /** Offers assigned by name to the member or to whom it answers for. */
  readonly assigned: ReadonlySet<string>;
  /** Vouchers taken, by offer; those cancelled do not count. */
  readonly vouchers: ReadonlyMap<string, number>;
};

export type OfferNow = {
  readonly id: string;
  readonly state: LifeState;
  readonly document: OfferDocument;
  /** Of its budget, hundredths of a point; of its stock, pieces. Undefined where there is none. */
  readonly budgetLeftCents?: number;
  readonly stockLeft?: number;
};

/** Why an offer can't be used now. */
export type OfferClosed =
  | { readonly code: "not-begun"; readonly at: EpochMs }
  | { readonly code: "over" }
  | { readonly code: "paused" }
  | { readonly code: "audience" }
  | { readonly code: "used-up" }
  | { readonly code: "budget-exhausted" }
  | { readonly code: "out-of-stock" };

/** available: waits for the member's activation, or for a voucher to be taken; active: holds now; used: nothing is left of it. */
export type OfferStanding = {
  readonly offer: string;
  readonly state: "available" | "active" | "used" | "closed";
  readonly closed?: OfferClosed;
  readonly activeFrom?: EpochMs;
  readonly activeUntil?: EpochMs;
  readonly usedTimes: number;
  readonly usedCents?: number;
  readonly leftTimes?: number;
  readonly leftCents?: number;
};

/** [first midnight, midnight after the last day). */
export function offerPeriod({ from, until }: Pick<OfferDocument, "from" | "until">, calendar: Calendar) {
  const [first, last] = [parseDay(from) ?? 0, parseDay(until) ?? 0];
  return { fromAt: calendar.startOf(first), untilAt: calendar.startOf(last + 1) };
}

/** How an offer stands for a member at a time; undefined for whom it is nothing: a draft, or somebody else's. Pure. */
export function standingOf(
  offer: OfferNow,
  member: OfferMember,
  calendar: Calendar,
  now: EpochMs,
): OfferStanding | undefined {
  const { id, state, document } = offer;
  if (state === "draft") return undefined;
  if (document.personal === true && !member.assigned.has(id)) return undefined;
  const use = useOf(offer, member);
  const held = heldAt(id, member.traits, now);
  const isOpen = !isHeld(document) || (document.voucher !== undefined && document.activation === undefined);
  const closed = closedBy(offer, member, calendar, now, held !== undefined);
  // What is over and was never used is nothing that anybody can act on.
  if (closed?.code === "over" && use.usedTimes === 0) return undefined;
  if (closed?.code === "audience" && use.usedTimes === 0 && held === undefined) return undefined;
  const isUsed = use.leftTimes === 0 || use.leftCents === 0;
  const common = { offer: id, ...use };
  if (closed !== undefined) return { ...common, state: "closed", closed };
  if (isUsed) return { ...common, state: "used", closed: { code: "used-up" } };
  if (document.voucher !== undefined) return { ...common, state: "available" };
  if (held !== undefined) {
    const until = held.untilAt ?? offerPeriod(document, calendar).untilAt;
    return { ...common, state: "active", activeFrom: held.fromAt, activeUntil: until };
  }
  if (isOpen) return { ...common, state: "active", activeUntil: offerPeriod(document, calendar).untilAt };
  return { ...common, state: "available" };
}

export function heldAt(id: string, traits: readonly HeldTrait[], at: EpochMs): HeldTrait | undefined {
  return traits.find(
    ({ kind, key, fromAt, untilAt }) =>
      kind === "boost" && key === offerKey(id) && fromAt <= at && (untilAt === undefined || at < untilAt),
  );
}

/** Whether a receipt has earned by the offer; the count stands in the wallet. */
export function usedTimes(id: string, capUse: OfferMember["capUse"]): number {
  return capUse.get(offerUseKey(id, "times"))?.[0] ?? 0;
}

function useOf({ id, document }: OfferNow, member: OfferMember) {
  const { limits, voucher } = document;
  if (voucher !== undefined) {
    const taken = member.vouchers.get(id) ?? 0;
    const most = voucher.perMember === undefined ? 1 : quantities.timesOf(voucher.perMember);
    return { usedTimes: taken, leftTimes: Math.max(0, most - taken) };
  }
  const times = usedTimes(id, member.capUse);
  const total = limits?.total === undefined ? undefined : quantities.pointsCentsOf(limits.total);
  const used = member.capUse.get(offerUseKey(id, "total"))?.[0] ?? 0;
  return {
    usedTimes: times,
    ...(limits?.times === undefined ? {} : { leftTimes: Math.max(0, quantities.timesOf(limits.times) - times) }),
    ...(total === undefined ? {} : { usedCents: used, leftCents: Math.max(0, total - used) }),
  };
}

function closedBy(
  offer: OfferNow,
  member: OfferMember,
  calendar: Calendar,
  now: EpochMs,
  isHeldNow: boolean,
): OfferClosed | undefined {
  const { state, document } = offer;
  const { fromAt, untilAt } = offerPeriod(document, calendar);
  if (state === "ended" || now >= untilAt) return { code: "over" };
  if (!isHeldNow && !isAudience(document, member, now)) return { code: "audience" };
  if (state === "paused") return { code: "paused" };
  if (now < fromAt) return { code: "not-begun", at: fromAt };
  if (offer.budgetLeftCents === 0) return { code: "budget-exhausted" };
  return offer.stockLeft === 0 ? { code: "out-of-stock" } : undefined;
}

/** Whether the member belongs to an audience at a time. */
export function isAudience({ audience }: Pick<OfferDocument, "audience">, member: AudienceView, at: EpochMs): boolean {
  return isAmong(list(audience?.segment), "segment", member, at) && isAmong(list(audience?.level), "level", member, at);
}
