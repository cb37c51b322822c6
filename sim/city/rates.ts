import { HOUSEHOLD_FIGURES, TASTE_FIGURES, VISIT_FIGURES } from "./assumptions.ts";
import type { Household } from "./households.ts";
import { FISH, GROCER_LARGE, GROCER_NEAR, PARTNERS, PHARMACY, TICKETS } from "./partners.ts";
import type { Traits } from "./people.ts";
import type { Tastes } from "./tastes.ts";

const DAYS_IN_MONTH = 30.44;

const DAILY: readonly number[] = PARTNERS.map(({ id }) => (VISIT_FIGURES[id]?.visitsPerMonth ?? 0) / DAYS_IN_MONTH);

/** Typical distance to the usual store; nearer people come more often than the figures say, farther ones less. */
const TYPICAL_KM: readonly number[] = PARTNERS.map((_, number) =>
  number === GROCER_NEAR ? 0.7 : number === GROCER_LARGE ? 1.3 : 0,
);

/** Chance that the person comes on a mean day, before calendar, fading and missions. */
export function dailyRate(
  partner: number,
  traits: Traits,
  home: Household,
  tastes: Tastes,
  distanceKm: number,
): number {
  const near = Math.exp(((TYPICAL_KM[partner] ?? 0) - distanceKm) / TASTE_FIGURES.distanceScaleKm);
  const base = DAILY[partner] ?? 0;
  const income = home.incomeKopecks / HOUSEHOLD_FIGURES.medianIncomeKopecks;
  const likes = tastes.likesLarge;
  if (partner === GROCER_NEAR) return (base * tastes.visitFactor * near * 2) / (1 + likes);
  if (partner === GROCER_LARGE) return (base * tastes.visitFactor * near * 2 * likes) / (1 + likes);
  if (partner === PHARMACY) return base * (0.45 + traits.age / 85);
  if (partner === TICKETS) return base * Math.sqrt(income) * (traits.age < 45 ? 1.25 : 0.75);
  if (partner === FISH) return base * Math.sqrt(income);
  return base;
}
