import { FRAUD_FIGURES, TILL_FIGURES } from "./assumptions.ts";
import { aim, createDice, type Dice, next, purpose } from "./dice.ts";
import { type FraudKind, isOnShift } from "./fraud.ts";
import type { Habits } from "./habits.ts";
import { isMember } from "./spans.ts";
import { SLOTS } from "./visits.ts";
import type { World } from "./world.ts";

/** Whose card or phone the till read: the owner's account; owner -1 is an anonymous receipt. */
export type Shown = {
  readonly owner: number;
  /** 0 is the first registration; a fraudster with many accounts has more. */
  readonly account: number;
  readonly kind: "none" | "card" | "phone";
  readonly fraud: FraudKind | undefined;
};

export type Occasion = {
  readonly day: number;
  readonly slot: number;
  readonly second: number;
  readonly store: number;
  readonly lines: number;
};

const SHOWN = purpose("shown");
const NOBODY: Shown = { owner: -1, account: 0, kind: "none", fraud: undefined };
const dice = createDice();

/** A member shows the own card at most visits, sometimes a relative's; feeders show the collector's; a cashier may step in. */
export function drawShown(world: World, habits: Habits, on: Occasion, online: boolean): Shown {
  aim(dice, world.seed, SHOWN, habits.person, on.day * SLOTS + on.slot);
  const tiny = on.lines <= TILL_FIGURES.tinyBasketLines;
  const showsBp = online ? 10_000 : tiny ? TILL_FIGURES.showsCardTinyBasketBp : TILL_FIGURES.showsCardBp;
  const shows = next(dice) * 10_000 < showsBp;
  const kind = next(dice) * 10_000 < TILL_FIGURES.showsPhoneBp ? "phone" : "card";
  if (!shows || !isMember(habits.spans, on.day)) return cashierOrNobody(world, on, next(dice));
  return ownerOf(world, habits, on.day, dice, kind);
}

function ownerOf(world: World, habits: Habits, day: number, dice: Dice, kind: "card" | "phone"): Shown {
  const { fraud, person, household } = habits;
  const own = { owner: person, account: 0, kind, fraud: undefined } as const;
  if (fraud?.kind === "many-accounts") {
    const account = Math.floor(next(dice) * FRAUD_FIGURES.manyAccounts.accounts);
    return { ...own, account, fraud: "many-accounts" };
  }
  if (fraud?.kind === "funnel" && fraud.part === "accomplice" && next(dice) * 10_000 < FRAUD_FIGURES.funnel.feedsBp) {
    const { leader } = fraud;
    const collects = leader < world.people && isMember(world.habitsOf(leader).spans, day);
    return collects ? { ...own, owner: leader, kind: "card", fraud: "funnel" } : own;
  }
  if (household.adults > 1 && next(dice) * 10_000 < TILL_FIGURES.householdCardBp) {
    const relative = person === household.number ? person + 1 : household.number;
    if (relative < world.people && isMember(world.habitsOf(relative).spans, day)) return { ...own, owner: relative };
  }
  return own;
}

function cashierOrNobody(world: World, on: Occasion, u: number): Shown {
  const cashier = world.cashiers[on.store] ?? -1;
  const isTempted =
    cashier >= 0 && u * 10_000 < FRAUD_FIGURES.cashier.takesBp && isOnShift(on.store, on.day, on.second);
  if (!isTempted || !isMember(world.habitsOf(cashier).spans, on.day)) return NOBODY;
  return { owner: cashier, account: 0, kind: "card", fraud: "cashier-card" };
}
