import type { Path } from "#platform/yaml/faults.ts";
import { moneyKopecks } from "../quantities.ts";
import type { ProgrammeDocument } from "../schema.ts";
import { listOf } from "../shorthand.ts";
import type { Collector } from "./collector.ts";
import { checkDays } from "./places.ts";

type When = NonNullable<ProgrammeDocument["rules"][string]["when"]>;
type FlatWhen = NonNullable<When["not"]>;

export function checkWhen(path: Path, when: When | undefined, document: ProgrammeDocument, collector: Collector): void {
  if (when === undefined) return;
  checkFlat(path, when, document, collector);
  checkRange([...path, "eligibleAmount"], when.eligibleAmount, collector);
  when.anyOf?.forEach((each, i) => void checkFlat([...path, "anyOf", i], each, document, collector));
  if (when.not) checkFlat([...path, "not"], when.not, document, collector);
  if (placesThatFit(when, document).length === 0) collector.add(path, "no store fits these conditions");
}

function checkFlat(path: Path, when: FlatWhen, document: ProgrammeDocument, collector: Collector): void {
  const { partners, brands, stores, categories } = document;
  collector.refer([...path, "partner"], when.partner, partners, "partner");
  collector.refer([...path, "brand"], when.brand, brands, "brand");
  collector.refer([...path, "store"], when.store, stores, "store");
  if (when.city !== undefined) collector.refer([...path, "city"], when.city, citiesOf(document), "city");
  collector.refer([...path, "category"], when.category, categories, "category");
  collector.refer([...path, "exceptCategory"], when.exceptCategory, categories, "category");
  collector.refer([...path, "level"], when.level, document.levels, "level");
  collector.refer([...path, "subscription"], when.subscription, document.subscriptions, "subscription");
  collector.refer([...path, "boost"], when.boost, document.boosts, "boost");
  checkDays(path, when.from, when.until, collector);
  checkRange([...path, "receiptAmount"], when.receiptAmount, collector);
}

function checkRange(path: Path, range: When["receiptAmount"], collector: Collector): void {
  if (!range) return;
  if (range.atLeast === undefined && range.below === undefined) collector.add(path, "needs atLeast, below or both");
  if (range.atLeast === undefined || range.below === undefined) return;
  if (moneyKopecks(range.below) <= moneyKopecks(range.atLeast)) {
    collector.add([...path, "below"], `expected more than ${range.atLeast}, got ${range.below}`);
  }
}

/** Partners at whose stores a condition may hold. */
export function partnersThatFit(when: FlatWhen | undefined, document: ProgrammeDocument): string[] {
  return [...new Set(placesThatFit(when, document).flatMap(({ partner }) => partner ?? []))];
}

type Place = {
  readonly store: string;
  readonly brand: string;
  readonly city: string | undefined;
  readonly partner: string | undefined;
};

/** Chains have 20,000 stores and programmes hundreds of rules: the list is made once for a document. */
const placesByDocument = new WeakMap<ProgrammeDocument, readonly Place[]>();

function placesOf(document: ProgrammeDocument): readonly Place[] {
  const known = placesByDocument.get(document);
  if (known) return known;
  const places = Object.entries(document.stores).map(([store, { brand, city }]) => ({
    store,
    brand,
    city,
    partner: document.brands[brand]?.partner,
  }));
  placesByDocument.set(document, places);
  return places;
}

function citiesOf(document: ProgrammeDocument): Record<string, true> {
  return Object.fromEntries(placesOf(document).flatMap(({ city }) => (city === undefined ? [] : [[city, true]])));
}

/** What a condition's places allow. What it names wrongly is another check's fault and allows everything here. */
function placesThatFit(when: FlatWhen | undefined, document: ProgrammeDocument): readonly Place[] {
  const places = placesOf(document);
  if (!when?.partner && !when?.brand && !when?.store && !when?.city) return places;
  const allows = (wanted: string | readonly string[] | undefined, known: object) => {
    const names = new Set(listOf(wanted));
    const isOpen = wanted === undefined || [...names].some((name) => !Object.hasOwn(known, name));
    return (value: string | undefined) => isOpen || (value !== undefined && names.has(value));
  };
  const partner = allows(when.partner, document.partners);
  const brand = allows(when.brand, document.brands);
  const store = allows(when.store, document.stores);
  const city = allows(when.city, when.city === undefined ? {} : citiesOf(document));
  return places.filter(
    (place) => partner(place.partner) && brand(place.brand) && store(place.store) && city(place.city),
  );
}
