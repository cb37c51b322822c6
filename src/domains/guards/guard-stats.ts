import type { Stop } from "./core/stops.ts";
import type { Hit } from "./core/velocity/judge.ts";

/** What a process can tell of its guards. Verdicts are its own; the rest is as of its last look. */
export type GuardStats = {
  /** By rule and action: requests that broke the rule, and what was done with them; a refused one each time it is tried. */
  readonly verdicts: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Refusals that an attack made more of than are written down. */
  readonly droppedRefusals: number;
  /** Subjects that rules remember here, and the bytes of their counters. */
  subjects(): number;
  bytes(): number;
  readonly openAlerts: { readonly alerts: number; readonly pointsCents: number } | undefined;
  readonly stops: readonly Pick<Stop, "scope" | "what">[];
  readonly blocks: number;
};

export type Verdicts = Map<string, Map<string, number>>;

export function countVerdict(verdicts: Verdicts, hits: readonly Hit[], action: string): void {
  for (const { rule } of hits) {
    const byAction = verdicts.get(rule) ?? new Map<string, number>();
    byAction.set(action, (byAction.get(action) ?? 0) + 1);
    verdicts.set(rule, byAction);
  }
}
