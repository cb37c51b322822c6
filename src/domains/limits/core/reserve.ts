import type { Kopecks, PointsCents } from "#kernel/money.ts";

/** What of a reserve a receipt has earned once so much of it came back: rounded as a return's take-back is. */
export function keptOf(
  asked: readonly PointsCents[],
  wholeKopecks: Kopecks,
  returnedKopecks: Kopecks,
): readonly PointsCents[] {
  if (wholeKopecks === 0 || returnedKopecks === 0) return asked;
  const back = Math.min(returnedKopecks, wholeKopecks);
  return asked.map((cents) => cents - Number((BigInt(cents) * BigInt(back)) / BigInt(wholeKopecks)));
}

export type ReserveStep =
  /** Nothing to do now: it waits, or is done. */
  | { readonly kind: "none" }
  | { readonly kind: "end"; readonly state: "given" | "lapsed" | "returned" }
  | { readonly kind: "give"; readonly amountCents: readonly PointsCents[] }
  | { readonly kind: "take-back"; readonly amountCents: readonly PointsCents[] };

/** What is to be done with a reserve at a moment: give what it lacks, take back what it gave too much, or end it. */
export function nextStep(
  reserve: {
    readonly asked: readonly PointsCents[];
    readonly given: readonly PointsCents[];
    readonly wholeKopecks: Kopecks;
    readonly returnedKopecks: Kopecks;
    readonly untilAt: number;
    readonly expiresAt: number | undefined;
    readonly state: "waiting" | "given" | "lapsed" | "returned";
  },
  now: number,
): ReserveStep {
  const kept = keptOf(reserve.asked, reserve.wholeKopecks, reserve.returnedKopecks);
  const over = reserve.given.map((cents, f) => Math.max(0, cents - (kept[f] as number)));
  if (over.some((cents) => cents > 0)) return { kind: "take-back", amountCents: over };
  if (reserve.state !== "waiting") return { kind: "none" };
  const lacks = kept.map((cents, f) => cents - (reserve.given[f] as number));
  if (lacks.every((cents) => cents <= 0)) {
    return { kind: "end", state: kept.every((cents) => cents === 0) ? "returned" : "given" };
  }
  const ends = Math.min(reserve.untilAt, reserve.expiresAt ?? Number.POSITIVE_INFINITY);
  return now >= ends ? { kind: "end", state: "lapsed" } : { kind: "give", amountCents: lacks };
}
