import type { CompiledProgramme, StoreTerms } from "../compile/compiled.ts";
import type { PricingFailure, Receipt } from "../types.ts";
import { checkRoom, type Scratch, scratch } from "./scratch.ts";

const { lineCategory, lineAmount, linePaid } = scratch;

type Unknown = Extract<PricingFailure, { pointer: string; value: string }>;

/** Finds the receipt's partner, store and categories; the first that the programme does not know is the failure. */
export function findUnknown(receipt: Receipt, programme: CompiledProgramme): Unknown | undefined {
  if (!programme.partners.has(receipt.partner)) {
    return { code: "unknown-partner", pointer: "/partner", value: receipt.partner };
  }
  if (programme.stores.get(receipt.store)?.partner.id !== receipt.partner) {
    return { code: "unknown-store", pointer: "/store", value: receipt.store };
  }
  for (let i = 0; i < receipt.lines.length; i++) {
    const category = receipt.lines[i]?.category ?? "";
    if (!programme.categories.numbers.has(category)) {
      return { code: "unknown-category", pointer: `/lines/${i}/category`, value: category };
    }
  }
  return undefined;
}

/** Reads the receipt into the scratch; false when something is unknown (`findUnknown` says what). */
export function readReceipt(s: Scratch, receipt: Receipt, programme: CompiledProgramme): boolean {
  const store: StoreTerms | undefined = programme.stores.get(receipt.store);
  if (store === undefined || store.partner.id !== receipt.partner) return false;
  const { lines } = receipt;
  const count = lines.length;
  checkRoom(count, store.partner.plan, programme.slots.count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    const line = lines[i] as Receipt["lines"][number];
    const category = programme.categories.numbers.get(line.category);
    if (category === undefined) return false;
    lineCategory[i] = category;
    lineAmount[i] = line.amountKopecks;
    linePaid[i] = 0;
    total += line.amountKopecks;
  }
  s.turn++;
  s.programme = programme;
  s.receipt = receipt;
  s.store = store;
  s.channel = receipt.channel ?? store.channel;
  s.day = programme.calendar.dayOf(receipt.at);
  s.lineCount = count;
  s.totalKopecks = total;
  s.paidKopecks = 0;
  s.deliveryMoneyKopecks = receipt.deliveryFeeKopecks;
  return true;
}
