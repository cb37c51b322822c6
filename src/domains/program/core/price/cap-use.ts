import type { CapTerms, CapUseKey } from "../compile/compiled.ts";
import type { Scratch } from "./scratch.ts";
import { centsOfKopecks, shareOf } from "./value.ts";

/** Undefined for a receipt's own cap, whose use nobody counts. */
export function capUseKey(cap: CapTerms, s: Scratch): CapUseKey | undefined {
  return cap.per === "receipt" ? undefined : cap.keyFor(s.day, placeOf(cap, s));
}

function placeOf(cap: CapTerms, s: Scratch): string {
  if (cap.countedBy === undefined) return "";
  if (cap.countedBy === "partner") return s.receipt.partner;
  return cap.countedBy === "brand" ? s.store.brand : s.store.id;
}

/** What a cap still lets through, hundredths of a point, by its use under `key`; a share is of `kopecks`. */
export function leftOf(cap: CapTerms, key: CapUseKey | undefined, kopecks: number, s: Scratch): number {
  if (cap.unit === "share") return centsOfKopecks(shareOf(kopecks, cap.limit), s.programme);
  if (key === undefined) return cap.limit;
  if (cap.isShared) return s.standing.budgetLeft?.(key.key, cap.limit) ?? cap.limit;
  const used = s.standing.capUse.get(key.key) ?? 0;
  if (used >= cap.limit) return 0;
  return cap.unit === "times" ? Number.POSITIVE_INFINITY : cap.limit - used;
}
