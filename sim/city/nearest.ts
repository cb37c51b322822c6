import { TASTE_FIGURES } from "./assumptions.ts";
import { purpose, roll } from "./dice.ts";
import { PARTNERS } from "./partners.ts";
import { type Point, STORES } from "./places.ts";

/** The store that a person goes to by habit, and the one they sometimes go to instead; numbers in STORES. */
export type UsualStores = { readonly usual: number; readonly second: number; readonly distanceKm: number };

const LIKING = purpose("nearest/liking");

type Site = { readonly store: number; readonly x: number; readonly y: number };

/** Stores with a door, by partner number. */
const SITES: readonly (readonly Site[])[] = PARTNERS.map(({ id }) =>
  STORES.flatMap((store, number) =>
    store.partner === id && store.channel === "store" ? [{ store: number, x: store.at.x, y: store.at.y }] : [],
  ),
);

/** The partner's web shop, or -1. */
export const ONLINE_STORE: readonly number[] = PARTNERS.map(({ id }) =>
  STORES.findIndex((store) => store.partner === id && store.channel === "online"),
);

/** Distance is forgiven up to `storeLikingKm` for a store that the person likes. A partner without doors has its web shop. */
export function usualStores(seed: number, person: number, partner: number, home: Point): UsualStores {
  const online = ONLINE_STORE[partner] ?? -1;
  let usual = online;
  let second = online;
  let usualCost = Number.POSITIVE_INFINITY;
  let secondCost = Number.POSITIVE_INFINITY;
  let distanceKm = 0;
  for (const site of SITES[partner] ?? []) {
    const dx = site.x - home.x;
    const dy = site.y - home.y;
    const distance = Math.sqrt(dx * dx + dy * dy);
    if (distance - TASTE_FIGURES.storeLikingKm >= secondCost) continue;
    const cost = distance - TASTE_FIGURES.storeLikingKm * roll(seed, LIKING, person, site.store);
    if (cost < usualCost) {
      second = usual;
      secondCost = usualCost;
      usual = site.store;
      usualCost = cost;
      distanceKm = distance;
    } else if (cost < secondCost) {
      second = site.store;
      secondCost = cost;
    }
  }
  return { usual, second: second === online ? usual : second, distanceKm };
}
