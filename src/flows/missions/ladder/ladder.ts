import {
  audienceOf,
  type MemberView,
  type MissionDocument,
  type MissionTerms,
  type StoredProgress,
} from "#domains/missions/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import type { LifeState } from "#domains/publishing/index.ts";
import type { EpochMs } from "#kernel/time.ts";
import { boostRateBp } from "./boost-rate.ts";

export type LadderMission = { readonly terms: MissionTerms; readonly state: LifeState };

/** Why a rung can't be done now. */
export type Closed =
  | { readonly code: "not-begun"; readonly at: EpochMs }
  | { readonly code: "over" }
  | { readonly code: "paused" }
  | { readonly code: "prerequisite"; readonly missions: readonly string[] }
  | { readonly code: "audience" }
  | { readonly code: "not-new"; readonly partner: string }
  | { readonly code: "budget-exhausted" };

export type Rung = {
  readonly mission: string;
  readonly partner: string;
  readonly name: MissionDocument["name"];
  readonly text?: MissionDocument["text"];
  readonly rung?: number;
  readonly state: "done" | "open" | "closed";
  readonly steps: readonly {
    readonly id: string;
    readonly value: number;
    readonly target: number;
    readonly unit: string;
  }[];
  /** What it adds: basis points of a boost, or points. */
  readonly addsBp?: number;
  readonly addsCents?: number;
  readonly doneAt?: EpochMs;
  /** Of a boost that holds now: until when. */
  readonly holds: boolean;
  readonly until?: EpochMs;
  readonly closed?: Closed;
};

export type Ladder = {
  readonly ladder?: string;
  /** Basis points that the rungs add now, and could add; either may pass 10,000. */
  readonly nowBp: number;
  readonly possibleBp: number;
  readonly rungs: readonly Rung[];
};

/** A member's ladders, rungs from below; missions of no ladder stand together at the end. Pure. */
export function laddersOf(
  missions: readonly LadderMission[],
  progress: ReadonlyMap<string, StoredProgress>,
  member: MemberView,
  programme: CompiledProgramme,
  now: EpochMs,
): Ladder[] {
  const byLadder = new Map<string, Rung[]>();
  for (const mission of missions) {
    const rung = rungOf(mission, progress, member, programme, now);
    if (rung === undefined) continue;
    const name = mission.terms.document.ladder ?? "";
    byLadder.set(name, [...(byLadder.get(name) ?? []), rung]);
  }
  const names = [...byLadder.keys()].sort((a, b) => (a === "" ? 1 : b === "" ? -1 : a < b ? -1 : 1));
  return names.map((name) => {
    const rungs = (byLadder.get(name) ?? []).sort(fromBelow);
    const sum = (of: readonly Rung[]) => of.reduce((total, rung) => total + (rung.addsBp ?? 0), 0);
    const possible = rungs.filter((rung) => rung.holds || rung.state === "open" || isAhead(rung));
    return {
      ...(name === "" ? {} : { ladder: name }),
      nowBp: sum(rungs.filter((rung) => rung.holds)),
      possibleBp: sum(possible),
      rungs,
    };
  });
}

/** Closed for now only: it opens when its time or its prerequisites come. */
function isAhead({ closed }: Rung): boolean {
  return closed?.code === "prerequisite" || closed?.code === "not-begun";
}

function fromBelow(a: Rung, b: Rung): number {
  return (a.rung ?? 0) - (b.rung ?? 0) || (a.mission < b.mission ? -1 : 1);
}

function rungOf(
  { terms, state }: LadderMission,
  progress: ReadonlyMap<string, StoredProgress>,
  member: MemberView,
  programme: CompiledProgramme,
  now: EpochMs,
): Rung | undefined {
  const { id, document, reward, steps } = terms;
  const own = progress.get(id);
  const isOver = state === "ended" || now >= Math.max(...terms.live.map(({ untilAt }) => untilAt), 0);
  const closed =
    own?.done === undefined || own.refused !== undefined ? closedBy(terms, state, progress, member, now) : undefined;
  if (document.visibility === "hidden" && own?.done === undefined) return undefined;
  if (document.visibility === "audience" && closed !== undefined && /^(audience|not-new)$/.test(closed.code))
    return undefined;
  const until = own?.given?.until ?? undefined;
  const holds =
    reward.kind === "boost" &&
    own?.given?.from !== undefined &&
    own.given.from <= now &&
    (until === undefined || now < until);
  // What is over and was not done is history that nobody can use.
  if (isOver && own?.done === undefined) return undefined;
  return {
    mission: id,
    partner: terms.partner,
    name: document.name,
    ...(document.text === undefined ? {} : { text: document.text }),
    ...(document.rung === undefined ? {} : { rung: document.rung }),
    state: own?.done !== undefined && own.refused === undefined ? "done" : closed === undefined ? "open" : "closed",
    steps: steps.map(({ id: step, target, measure }) => ({
      id: step,
      value: Math.min(own?.steps.find((each) => each.id === step)?.value ?? 0, Number.MAX_SAFE_INTEGER),
      target,
      unit: measure === "sum" ? "kopecks" : measure,
    })),
    ...(reward.kind === "boost" ? { addsBp: boostRateBp(programme, reward.key) } : { addsCents: reward.cents }),
    ...(own?.done === undefined ? {} : { doneAt: own.done.at }),
    holds,
    ...(holds && until !== undefined ? { until } : {}),
    ...(closed === undefined ? {} : { closed }),
  };
}

function closedBy(
  terms: MissionTerms,
  state: LifeState,
  progress: ReadonlyMap<string, StoredProgress>,
  member: MemberView,
  now: EpochMs,
): Closed | undefined {
  if (progress.get(terms.id)?.refused !== undefined) return { code: "budget-exhausted" };
  if (state === "paused") return { code: "paused" };
  if (now < terms.beginsAt) return { code: "not-begun", at: terms.beginsAt };
  if (state === "ended" || !terms.live.some(({ fromAt, untilAt }) => now >= fromAt && now < untilAt))
    return { code: "over" };
  const counts = audienceOf(terms, member);
  if (counts === undefined) return { code: "not-new", partner: terms.newTo as string };
  if (!counts(now)) return { code: "audience" };
  const missing = terms.after.filter((id) => progress.get(id)?.done === undefined);
  return missing.length === 0 ? undefined : { code: "prerequisite", missions: missing };
}
