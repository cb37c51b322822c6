import type { Pool, PoolClient } from "pg";
import { loadSurvivors, survivorsOf } from "#domains/ledger/index.ts";
import {
  type Contribution,
  contributionsOf,
  type Happening,
  inOrderOfNeed,
  loadContributions,
  loadProgress,
  lockPosition,
  type MemberContribution,
  type MemberHappening,
  type MissionTerms,
  mergeMissions,
  movePosition,
  nextPage,
  putContributions,
  putProgress,
  readHappenings,
  recompute,
  type StoredProgress,
  shiftSource,
  unmergeMissions,
} from "#domains/missions/index.ts";
import type { CompiledProgramme, Programmes } from "#domains/program/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { Clock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { activeMissions } from "./active-missions.ts";
import { isDue } from "./desired.ts";
import { loadViews } from "./load-views.ts";

export type StreamDeps = { readonly pool: Pool; readonly clock: Clock; readonly programmes: Programmes };

/** Operations and events looked at in one transaction. */
const PAGE = 2_000;

/**
 * Takes the next page of the stream of operations and events: notes what each adds to each mission, computes the
 * progress of the members concerned, and moves the position, all in one transaction. So every row counts once, and a
 * crash anywhere leaves either all of it or nothing. False when there was nothing new.
 */
export async function followStream(deps: StreamDeps, pageSize = PAGE): Promise<boolean> {
  const { programmes } = deps;
  if (!programmes.latest) return false;
  return transaction(deps.pool, async (client) => {
    const from = await lockPosition(client);
    const to = await nextPage(client, from, pageSize);
    if (to === undefined) return false;
    const programme = programmes.current();
    const missions = await activeMissions(client, programme);
    const read = missions.length === 0 ? [] : await readHappenings(client, from, to);
    const touched = new Set<MemberId>();
    let since: MemberHappening[] = [];
    // What was noted before two became one, or two again, goes where that takes it.
    for (const each of read) {
      since.push(each);
      const { merge, unmerge } = each;
      if (merge === undefined && unmerge === undefined) continue;
      await note(client, missions, since, touched);
      since = [];
      if (merge !== undefined) await mergeMissions(client, merge);
      if (unmerge === undefined) continue;
      await unmergeMissions(client, unmerge);
      touched.add(unmerge.goes);
    }
    await note(client, missions, since, touched);
    await refreshProgress(client, deps, programme, missions, [...touched]);
    await movePosition(client, to);
    return true;
  });
}

/** Notes what each happening adds to each mission, and whose progress that changes. */
async function note(
  client: PoolClient,
  missions: readonly MissionTerms[],
  read: readonly MemberHappening[],
  touched: Set<MemberId>,
): Promise<void> {
  const added: MemberContribution[] = [];
  for (const { member, happening } of await withSurvivors(client, read)) {
    if (happening === undefined || isSomebodysFirst(happening, missions)) touched.add(member);
    if (happening === undefined) continue;
    for (const mission of missions) {
      // A deed outside of every span can't count, now or later; a return counts by what it returns.
      if (happening.kind !== "return" && !isInSpan(mission, happening.at)) continue;
      for (const each of contributionsOf(happening, mission)) added.push({ ...each, member, mission: mission.id });
    }
  }
  for (const { member } of added) touched.add(member);
  await putContributions(client, added);
}

/** What happened to a member that was merged since happened to who answers for it, under the survivor's numbers. */
async function withSurvivors(client: PoolClient, happened: readonly MemberHappening[]): Promise<MemberHappening[]> {
  const members = [...new Set(happened.map(({ member }) => member))];
  const roots = members.length === 0 ? new Map<MemberId, MemberId>() : await survivorsOf(client, members);
  const merged = members.filter((member) => roots.get(member) !== undefined && roots.get(member) !== member);
  if (merged.length === 0) return [...happened];
  const survivors = await loadSurvivors(client, merged);
  return happened.map((each) => {
    const survivor = survivors.get(each.member);
    if (!survivor || survivor.wallet.member === each.member) return each;
    const { happening, ...rest } = { ...each, member: survivor.wallet.member };
    return happening === undefined ? rest : { ...rest, happening: shifted(happening, survivor.shift) };
  });
}

function shifted(happening: Happening, shift: number): Happening {
  const source = shiftSource(happening.source, shift);
  if (happening.kind !== "return") return { ...happening, source };
  return { ...happening, source, cites: shiftSource(happening.cites, shift) };
}

function isInSpan(mission: MissionTerms, at: number): boolean {
  return mission.live.some(({ fromAt, untilAt }) => at >= fromAt && at < untilAt);
}

/** A late receipt can show that somebody was not new to a partner after all. */
function isSomebodysFirst(happening: { readonly partner: string }, missions: readonly MissionTerms[]): boolean {
  return missions.some(({ newTo }) => newTo === happening.partner);
}

/** Computes the progress of these members from all that is known of them, and writes what changed. */
export async function refreshProgress(
  client: PoolClient,
  deps: StreamDeps,
  programme: CompiledProgramme,
  missions: readonly MissionTerms[],
  members: readonly MemberId[],
): Promise<void> {
  if (members.length === 0) return;
  const ordered = inOrderOfNeed(missions);
  const contributions = byMember(await loadContributions(client, members));
  const known = byMember(await loadProgress(client, members));
  const views = await loadViews(client, programme, missions, [...contributions.keys()]);
  const changed: Omit<StoredProgress, "given" | "turn">[] = [];
  for (const [member, rows] of contributions) {
    const view = views.get(member);
    if (!view) continue;
    const own = new Map<string, Contribution[]>();
    for (const row of rows) push(own, row.mission, row);
    const before = new Map((known.get(member) ?? []).map((row) => [row.mission, row]));
    for (const [id, { steps, done }] of recompute(ordered, own, view, programme.calendar)) {
      const mission = missions.find((each) => each.id === id) as MissionTerms;
      const stored = before.get(id);
      const isSameDone = stored?.done?.at === done?.at && stored?.done?.source === done?.source;
      if (stored && isSameDone && JSON.stringify(stored.steps) === JSON.stringify(steps)) continue;
      // What was refused stays refused while the deed is the same.
      const refused = isSameDone ? stored?.refused : undefined;
      changed.push({
        member,
        mission: id,
        steps,
        ...(done === undefined ? {} : { done }),
        ...(refused === undefined ? {} : { refused }),
        isDue: refused === undefined && isDue(mission, done, stored?.given, programme.calendar),
      });
    }
  }
  await putProgress(client, changed, deps.clock.now());
}

function byMember<Row extends { readonly member: MemberId }>(rows: readonly Row[]): Map<MemberId, Row[]> {
  const grouped = new Map<MemberId, Row[]>();
  for (const row of rows) push(grouped, row.member, row);
  return grouped;
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}
