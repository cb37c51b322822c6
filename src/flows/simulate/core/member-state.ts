import type { OperationFacts, Trait } from "#domains/ledger/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { MemberRows, OtherRow } from "./rows.ts";

type Uses = readonly { readonly key: string; readonly amount: number }[];

/** What pricing knows of a member at a place in its stream, under both programmes. */
export type MemberState = {
  traits: readonly Trait[];
  readonly before: Map<string, number>;
  readonly after: Map<string, number>;
  readonly firstPurchaseAt: Map<PartnerId, EpochMs>;
  /** What the change has given more (or less) than was booked and not been spent yet: when it becomes active, and how much. */
  readonly extra: { readonly availableAt: EpochMs; cents: PointsCents }[];
  /** Use of caps by purchase, kept where a return may give it back. */
  readonly uses: Map<number, { readonly before: Uses; readonly after: Uses }> | undefined;
};

/** The state before the first operation: traits that no operation began were registered with the member. */
export function beginState({ rows, traits }: MemberRows): MemberState {
  const begun = new Set<string>();
  const ended = new Set<string>();
  let givesBack = false;
  for (const row of rows) {
    if (row.what !== "other") continue;
    if (row.facts.returned !== undefined && row.facts.caps !== undefined) givesBack = true;
    for (const [kind, key, fromAt, untilAt] of row.facts.traits ?? []) {
      const name = nameOf(kind, key, fromAt);
      if (begun.has(name)) continue;
      begun.add(name);
      // Told first by its end: it was there from the beginning, without one.
      if (untilAt !== null && untilAt <= row.postedAt && fromAt < row.postedAt && untilAt > fromAt) ended.add(name);
    }
  }
  const initial: Trait[] = [];
  for (const trait of traits) {
    const name = nameOf(trait.kind, trait.key, trait.fromAt);
    if (!begun.has(name)) initial.push(trait);
    else if (ended.has(name) && trait.kind === "subscription") {
      initial.push({ kind: trait.kind, key: trait.key, fromAt: trait.fromAt });
    }
  }
  return {
    traits: initial,
    before: new Map(),
    after: new Map(),
    firstPurchaseAt: new Map(),
    extra: [],
    uses: givesBack ? new Map() : undefined,
  };
}

function nameOf(kind: string, key: string, fromAt: number): string {
  return `${kind} ${key} ${fromAt}`;
}

export function addUse(uses: Map<string, number>, key: string, amount: number): void {
  uses.set(key, (uses.get(key) ?? 0) + amount);
}

export function rememberPurchase(state: MemberState, partner: PartnerId, at: EpochMs): void {
  const known = state.firstPurchaseAt.get(partner);
  if (known === undefined || at < known) state.firstPurchaseAt.set(partner, at);
}

/** What anything but a purchase leaves behind. */
export function applyOther(state: MemberState, { facts, citesSeq }: OtherRow): void {
  if (facts.traits !== undefined) for (const each of facts.traits) setTrait(state, each);
  if (facts.state !== undefined) takeOver(state, facts.state);
  if (facts.state !== undefined || facts.caps === undefined) return;
  const uses = facts.returned === undefined ? undefined : state.uses?.get(citesSeq);
  for (const [key, amount] of facts.caps) {
    addUse(state.before, key, amount);
    addUse(state.after, key, uses === undefined ? amount : scaled(uses, key, amount));
  }
}

/** A return gives back the same share of what the purchase used under the change. */
function scaled(uses: { readonly before: Uses; readonly after: Uses }, key: string, amount: number): number {
  const was = uses.before.find((use) => use.key === key)?.amount ?? 0;
  const would = uses.after.find((use) => use.key === key)?.amount ?? 0;
  return was === 0 || was === would ? amount : Math.round((amount * would) / was);
}

function setTrait(
  state: MemberState,
  [kind, key, fromAt, untilAt]: NonNullable<OperationFacts["traits"]>[number],
): void {
  const others = state.traits.filter((known) => !(known.kind === kind && known.key === key && known.fromAt === fromAt));
  const trait: Trait = { kind, key, fromAt, ...(untilAt === null ? {} : { untilAt }) };
  state.traits = untilAt !== null && untilAt <= fromAt ? others : [...others, trait];
}

/** A merge or unmerge: the lists as it leaves them; what the change used more of caps goes along. */
function takeOver(state: MemberState, facts: NonNullable<OperationFacts["state"]>): void {
  const more = new Map<string, number>();
  for (const [key, used] of state.after) more.set(key, used - (state.before.get(key) ?? 0));
  state.before.clear();
  state.after.clear();
  for (const [key, used] of facts.caps) {
    state.before.set(key, used);
    state.after.set(key, used + (more.get(key) ?? 0));
  }
  state.firstPurchaseAt.clear();
  for (const [partner, at] of facts.firsts) state.firstPurchaseAt.set(partner, at);
  for (const each of facts.joined?.traits ?? []) setTrait(state, each);
}

/** Points that the change would have given beside what was booked, and that are active by then. */
export function extraAt(state: MemberState, at: EpochMs): PointsCents {
  let cents = 0;
  for (const each of state.extra) if (each.availableAt <= at) cents += each.cents;
  return cents;
}
