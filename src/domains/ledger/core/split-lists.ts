import type { PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { Draft } from "./draft.ts";
import { earliest } from "./merge.ts";
import type { StateFacts } from "./state-facts.ts";
import type { Crossings, HistoryOperation } from "./trace-crossings.ts";
import type { CapUse } from "./wallet.ts";

/** Use of caps goes with the receipts that made it: what the member brought, and what its identifiers have used since. */
export function splitCapUse(
  survivor: Draft,
  merged: Draft,
  state: StateFacts,
  history: readonly HistoryOperation[],
  { sideOf }: Crossings,
): void {
  const gone = new Map<string, CapUse>();
  const kept = new Map((state.own?.caps ?? []).map(([key, , untilDay]) => [key, untilDay]));
  for (const [key, used, untilDay] of state.joined?.caps ?? []) gone.set(key, [used, untilDay]);
  for (const operation of history.slice(1)) {
    for (const [key, amount, untilDay] of operation.facts?.caps ?? []) {
      if (sideOf(operation.seq) === "stays") kept.set(key, untilDay);
      else gone.set(key, [(gone.get(key)?.[0] ?? 0) + amount, untilDay]);
    }
    for (const [key, , untilDay] of operation.facts?.state?.joined?.caps ?? []) {
      kept.set(key, Math.max(kept.get(key) ?? untilDay, untilDay));
    }
  }
  const left = new Map<string, CapUse>();
  for (const [key, [used, untilDay]] of survivor.capUse) {
    const rest = Math.max(0, used - (gone.get(key)?.[0] ?? 0));
    if (rest > 0 || kept.has(key)) left.set(key, [rest, kept.get(key) ?? untilDay]);
  }
  survivor.capUse = left;
  merged.capUse = gone;
}

/** The first purchase at a partner, told apart again. */
export function splitFirstPurchases(
  survivor: Draft,
  merged: Draft,
  state: StateFacts,
  history: readonly HistoryOperation[],
  { sideOf }: Crossings,
): void {
  let gone: ReadonlyMap<PartnerId, EpochMs> = new Map(state.joined?.firsts ?? []);
  let kept: ReadonlyMap<PartnerId, EpochMs> = new Map(state.own?.firsts ?? []);
  for (const operation of history.slice(1)) {
    if (operation.kind === "purchase") {
      const one = new Map([[operation.partner, operation.occurredAt]]);
      if (sideOf(operation.seq) === "goes") gone = earliest(gone, one);
      else kept = earliest(kept, one);
    }
    kept = earliest(kept, new Map(operation.facts?.state?.joined?.firsts ?? []));
  }
  survivor.firstPurchaseAt = kept;
  merged.firstPurchaseAt = gone;
}
