import type { Pool } from "pg";
import { listMissions, loadProgress } from "#domains/missions/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { Clock } from "#platform/clock.ts";
import { activeMissions } from "../progress/active-missions.ts";
import { loadViews } from "../progress/load-views.ts";
import { type Ladder, laddersOf } from "./ladder.ts";

export type LadderDeps = { readonly pool: Pool; readonly clock: Clock; readonly programmes: Programmes };

/** A member's ladders as they are now; undefined for nobody. Drafts are not among them. */
export async function readLadders(deps: LadderDeps, member: MemberId): Promise<Ladder[] | undefined> {
  const { pool, clock, programmes } = deps;
  const programme = programmes.current();
  const [terms, stored, progress] = await Promise.all([
    activeMissions(pool, programme),
    listMissions(pool),
    loadProgress(pool, [member]),
  ]);
  const states = new Map(stored.map(({ id, state }) => [id, state]));
  const view = (await loadViews(pool, programme, terms, [member])).get(member);
  if (!view) return undefined;
  const missions = terms.map((each) => ({ terms: each, state: states.get(each.id) ?? "ended" }));
  return laddersOf(missions, new Map(progress.map((row) => [row.mission, row])), view, programme, clock.now());
}
