import type { CapTerms, CapUseKey } from "../compile/compiled.ts";
import type { Scratch } from "./scratch.ts";
import { centsOfKopecks, shareOf } from "./value.ts";

export function capUseKey(cap: CapTerms, s: Scratch): CapUseKey {
  return cap.keyFor(s.day, placeOf(cap, s));
}

function placeOf(cap: CapTerms, s: Scratch): string {
  if (cap.countedBy === undefined) return "";
  if (cap.countedBy === "partner") return s.receipt.partner;
  return cap.countedBy === "brand" ? s.store.brand : s.store.id;
}

/** What a cap still lets through, hundredths of a point; a share is of `kopecks`. */
export function leftOf(cap: CapTerms, kopecks: number, s: Scratch): number {
  if (cap.unit === "share") return centsOfKopecks(shareOf(kopecks, cap.limit), s.programme);
  if (cap.isShared) return s.standing.budgetLeft?.(capUseKey(cap, s).key, cap.limit) ?? cap.limit;
  const used = cap.per === "receipt" ? 0 : (s.standing.capUse.get(capUseKey(cap, s).key) ?? 0);
  if (cap.unit === "times") return used < cap.limit ? Number.POSITIVE_INFINITY : 0;
  return used < cap.limit ? cap.limit - used : 0;
}
