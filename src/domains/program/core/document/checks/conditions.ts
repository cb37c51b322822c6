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
  if (storesThatFit(when, document).length === 0) collector.add(path, "no store fits these conditions");
}

function checkFlat(path: Path, when: FlatWhen, document: ProgrammeDocument, collector: Collector): void {
  const { partners, brands, stores, categories } = document;
  const cities = Object.fromEntries(Object.values(stores).flatMap((store) => (store.city ? [[store.city, true]] : [])));
  collector.refer([...path, "partner"], when.partner, partners, "partner");
  collector.refer([...path, "brand"], when.brand, brands, "brand");
  collector.refer([...path, "store"], when.store, stores, "store");
  collector.refer([...path, "city"], when.city, cities, "city");
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

/** Stores that a condition's places allow. What it names wrongly is another check's fault and allows everything here. */
export function storesThatFit(when: FlatWhen | undefined, document: ProgrammeDocument): string[] {
  const fits = (wanted: string | readonly string[] | undefined, value: string | undefined, known: object) => {
    const names = listOf(wanted);
    if (wanted === undefined || names.some((name) => !Object.hasOwn(known, name))) return true;
    return value !== undefined && names.includes(value);
  };
  return Object.keys(document.stores).filter((id) => {
    const store = document.stores[id];
    const partner = document.brands[store?.brand ?? ""]?.partner;
    return (
      fits(when?.partner, partner, document.partners) &&
      fits(when?.brand, store?.brand, document.brands) &&
      fits(when?.store, id, document.stores) &&
      (when?.city === undefined || listOf(when.city).includes(store?.city ?? ""))
    );
  });
}

/** Partners at whose stores a condition may hold. */
export function partnersThatFit(when: FlatWhen | undefined, document: ProgrammeDocument): string[] {
  const partners = storesThatFit(when, document).map(
    (id) => document.brands[document.stores[id]?.brand ?? ""]?.partner,
  );
  return [...new Set(partners.filter((id) => id !== undefined))];
}
