import { invariant } from "#kernel/invariant.ts";
import { type Day, parseDay } from "#kernel/time.ts";
import { CATEGORIES } from "./categories.ts";
import { type Delivery, type DeliveryOptions, deliveriesOf } from "./deliveries.ts";
import { PARTNERS } from "./partners.ts";
import { DISTRICTS, STORES } from "./places.ts";
import type { CityReceipt } from "./receipts.ts";
import { type CityOptions, createWorld } from "./world.ts";

/** Days YYYY-MM-DD, `to` exclusive; the whole period of the city where left out. */
export type Window = { readonly from?: string; readonly to?: string };

export function createCity(options: CityOptions) {
  const world = createWorld(options);
  const daysOf = (window: Window): readonly [from: Day, to: Day] => {
    const from = window.from === undefined ? world.opens : parseDay(window.from);
    const to = window.to === undefined ? world.closes : parseDay(window.to);
    invariant(from !== undefined && to !== undefined, "a window needs days YYYY-MM-DD");
    invariant(from >= world.opens && to <= world.closes && from <= to, "a window lies in the city's period");
    return [from, to];
  };
  function* receipts(window: Window = {}): Generator<CityReceipt> {
    for (const delivery of deliveriesOf(world, ...daysOf(window), {})) yield delivery.receipt;
  }
  return {
    options,
    partners: PARTNERS,
    categories: CATEGORIES,
    stores: STORES,
    districts: DISTRICTS,
    person: world.person,
    household: world.households.household,
    receipts,
    deliveries: (window: Window & DeliveryOptions = {}): Generator<Delivery> =>
      deliveriesOf(world, ...daysOf(window), window),
  };
}
