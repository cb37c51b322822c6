import type { Day } from "#kernel/time.ts";
import { EARLY_STARTS_DAYS, LATE_STARTS, MEMBERSHIP_FIGURES, VISIT_FIGURES } from "./assumptions.ts";
import { aim, between, chance, createDice, type Dice, next, purpose } from "./dice.ts";
import { dailyHazard, exponentialDays } from "./distributions.ts";
import type { Household } from "./households.ts";
import { FUEL, INSURER, PARTNERS, TICKETS } from "./partners.ts";
import type { Traits } from "./people.ts";

/** A day that does not come. */
export const NEVER: Day = 1_000_000;

/** From when until when: membership, subscription, and use of each partner. Ends are exclusive; NEVER where nothing happens. */
export type Spans = {
  readonly memberFrom: Day;
  readonly subscribedFrom: Day;
  readonly subscribedUntil: Day;
  /** By partner number: the first day of use, and the day from which the person comes no more (churn). */
  readonly starts: readonly Day[];
  readonly leaves: readonly Day[];
};

const MEMBERSHIP = purpose("spans/membership");
const USE = purpose("spans/use");

const USED_BY_BP: readonly number[] = PARTNERS.map(({ id }) => VISIT_FIGURES[id]?.usedByBp ?? 0);
const HAZARD: readonly number[] = PARTNERS.map(({ id }) => dailyHazard(VISIT_FIGURES[id]?.monthlyChurnBp ?? 0));
const SUBSCRIPTION_HAZARD = dailyHazard(MEMBERSHIP_FIGURES.subscriptionChurnBp);
const dice = createDice();

/** The natural course of a person's use, before any mission; `opens` is the day on which the city's period begins. */
export function spansOf(seed: number, index: number, opens: Day, traits: Traits, home: Household): Spans {
  const starts: Day[] = [];
  const leaves: Day[] = [];
  for (let partner = 0; partner < PARTNERS.length; partner++) {
    aim(dice, seed, USE, index, partner);
    const start = drawStart(dice, opens, partner, traits, home);
    starts.push(start);
    if (start === NEVER) leaves.push(NEVER);
    else leaves.push(Math.max(start, opens) + exponentialDays(next(dice), HAZARD[partner] as number));
  }
  return { ...membershipOf(seed, index, opens), starts, leaves };
}

function drawStart(dice: Dice, opens: Day, partner: number, traits: Traits, home: Household): Day {
  const share = (USED_BY_BP[partner] as number) * reachFactor(partner, traits, home);
  const uses = chance(dice, share);
  const startsLater = chance(dice, share * LATE_STARTS.factor);
  const when = next(dice);
  if (uses) return opens - 1 - Math.floor(when * EARLY_STARTS_DAYS);
  return startsLater ? opens + Math.floor(when * LATE_STARTS.days) : NEVER;
}

/** The fuel chain needs a car, car policies too; the theatre is for those under 70. */
function reachFactor(partner: number, traits: Traits, home: Household): number {
  if (partner === FUEL) return home.car === "none" ? 0 : 1;
  if (partner === INSURER) return home.car === "none" ? 0.5 : 1.45;
  if (partner === TICKETS) return traits.age > 70 ? 0.35 : 1.1;
  return 1;
}

function membershipOf(seed: number, index: number, opens: Day): Omit<Spans, "starts" | "leaves"> {
  aim(dice, seed, MEMBERSHIP, index, 0);
  const figures = MEMBERSHIP_FIGURES;
  const u = next(dice) * 10_000;
  const early = opens - 1 - between(dice, 0, EARLY_STARTS_DAYS);
  const late = opens + between(dice, 0, LATE_STARTS.days);
  const subscribes = chance(dice, figures.subscriberBp);
  const isNew = chance(dice, figures.subscriberIsNewBp);
  const subscriptionLasts = exponentialDays(next(dice), SUBSCRIPTION_HAZARD);
  const subscribedEarly = opens - 1 - between(dice, 0, 90);

  if (u >= figures.memberBp + figures.joinsLaterBp)
    return { memberFrom: NEVER, subscribedFrom: NEVER, subscribedUntil: NEVER };
  const joined = u < figures.memberBp ? early : late;
  if (!subscribes) return { memberFrom: joined, subscribedFrom: NEVER, subscribedUntil: NEVER };
  const memberFrom = isNew ? late : joined;
  const subscribedFrom = isNew ? late : Math.max(joined, subscribedEarly);
  return { memberFrom, subscribedFrom, subscribedUntil: Math.max(subscribedFrom, opens) + subscriptionLasts };
}

export function isMember(spans: Spans, day: Day): boolean {
  return day >= spans.memberFrom;
}

export function isSubscribed(spans: Spans, day: Day): boolean {
  return day >= spans.subscribedFrom && day < spans.subscribedUntil;
}

/** The same spans with the use of a partner begun earlier than it would have been; it lasts at least a year. */
export function withStart(spans: Spans, partner: number, start: Day): Spans {
  const starts = [...spans.starts];
  const leaves = [...spans.leaves];
  starts[partner] = start;
  leaves[partner] = leaves[partner] === NEVER ? start + 365 : (leaves[partner] as Day);
  return { ...spans, starts, leaves };
}
