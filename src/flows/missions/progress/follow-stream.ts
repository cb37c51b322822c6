import type { Pool, PoolClient } from "pg";
import type { StreamJoin, StreamPlace } from "#domains/ledger/index.ts";
import {
  contributionsOf,
  type Happening,
  inOrderOfNeed,
  loadContributions,
  loadProgress,
  type MemberContribution,
  type MissionTerms,
  mergeMissions,
  missionPosition,
  putContributions,
  putProgress,
  receiptHappening,
  recompute,
  type StoredProgress,
  unmergeMissions,
} from "#domains/missions/index.ts";
import type { CompiledProgramme, Programmes } from "#domains/program/index.ts";
import { type Contribution, isRewardDue, shiftContribution } from "#domains/rewards/index.ts";
import { followOnce, partsOf, type Stretch, type Subscriber, underSurvivors } from "#flows/follow-stream/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { Clock } from "#platform/clock.ts";
import { activeMissions } from "./active-missions.ts";
import { desiredOf } from "./desired.ts";
import { loadViews } from "./load-views.ts";

export type StreamDeps = { readonly pool: Pool; readonly clock: Clock; readonly programmes: Programmes };

/** What a part of the stream adds to missions, up to where two members became one, or two again. */
type Notes = {
  readonly added: MemberContribution[];
  /** Their progress may change by more than what is added. */
  readonly touched: MemberId[];
  readonly join?: StreamJoin;
};

type Page = {
  readonly programme: CompiledProgramme;
  readonly missions: readonly MissionTerms[];
  readonly notes: readonly Notes[];
};

/**
 * Missions follow operations and events: each stretch is noted as what it adds to each mission, and the progress of the
 * members concerned is computed, in one transaction with the position. So every row counts once, and a crash anywhere
 * leaves either all of it or nothing. Where no mission is live nothing is read.
 */
export function missionSubscriber(deps: StreamDeps): Subscriber<Page> {
  const { pool, programmes } = deps;
  return {
    position: missionPosition,
    isReady: () => programmes.latest !== undefined,
    read: async (stretch) => {
      const programme = programmes.current();
      const missions = await activeMissions(pool, programme);
      if (missions.length === 0) return undefined;
      const notes = await notesOf(stretch, missions);
      const isNothing = notes.every(({ added, touched, join }) => added.length + touched.length === 0 && !join);
      return isNothing ? undefined : { programme, missions, notes };
    },
    take: async (client, { programme, missions, notes }) => {
      const touched = new Set<MemberId>();
      for (const each of notes) await takeNotes(client, each, touched);
      await refreshProgress(client, deps, programme, missions, [...touched]);
    },
  };
}

/** Takes the next page of the stream; false when there was nothing new. */
export function followStream(deps: StreamDeps, pageSize?: number): Promise<boolean> {
  return followOnce(deps.pool, missionSubscriber(deps), pageSize);
}

type Happened = StreamPlace & { readonly member: MemberId; readonly happening?: Happening };

async function notesOf(stretch: Stretch, missions: readonly MissionTerms[]): Promise<Notes[]> {
  const { joins } = await stretch.survey();
  const [receipts, rewards, events] = [await stretch.receipts(), await stretch.rewards(), await stretch.events()];
  const happened: Happened[] = receipts.flatMap((receipt) => {
    const happening = receiptHappening(receipt);
    return happening === undefined ? [] : [{ ...receipt, happening }];
  });
  // A change of standing: its member is looked at again.
  for (const reward of rewards) if (reward.kind === "standing") happened.push(reward);
  const all = partsOf(happened, joins).map(({ rows, join }) => {
    const notes: Notes = { added: [], touched: [], ...(join === undefined ? {} : { join }) };
    for (const { member, happening } of rows) noteIn(notes, member, happening, missions);
    return notes;
  });
  const last = all.at(-1) as Notes;
  for (const { member, happening } of events) noteIn(last, member, happening, missions);
  return all;
}

/** Notes what a happening adds to each mission, and whose progress it may change besides. */
function noteIn(
  { added, touched }: Notes,
  member: MemberId,
  happening: Happening | undefined,
  missions: readonly MissionTerms[],
): void {
  if (happening === undefined || isSomebodysFirst(happening, missions)) touched.push(member);
  if (happening === undefined) return;
  for (const mission of missions) {
    // A deed outside of every span can't count, now or later; a return counts by what it returns.
    if (happening.kind !== "return" && !isInSpan(mission, happening.at)) continue;
    for (const each of contributionsOf(happening, mission)) added.push({ ...each, member, mission: mission.id });
  }
}

/** What was noted before two became one, or two again, goes where that takes it. */
async function takeNotes(client: PoolClient, { added, touched, join }: Notes, all: Set<MemberId>): Promise<void> {
  const noted = await underSurvivors(client, added, shiftContribution);
  await putContributions(client, noted);
  for (const { member } of noted) all.add(member);
  const others = touched.map((member) => ({ member }));
  for (const { member } of await underSurvivors(client, others, (row) => row)) all.add(member);
  if (join?.kind === "merge") {
    await mergeMissions(client, join);
    all.add(join.survivor);
  }
  if (join?.kind === "split") {
    await unmergeMissions(client, join);
    all.add(join.survivor);
    all.add(join.goes);
  }
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
  const views = await loadViews(client, programme, missions, members);
  const changed: Omit<StoredProgress, "given" | "turn">[] = [];
  for (const member of members) {
    const view = views.get(member);
    if (!view) continue;
    const own = new Map<string, Contribution[]>();
    for (const row of contributions.get(member) ?? []) push(own, row.mission, row);
    const before = new Map((known.get(member) ?? []).map((row) => [row.mission, row]));
    // Somebody whose deeds went with another member has done nothing any more.
    for (const id of before.keys()) if (!own.has(id)) own.set(id, []);
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
        isDue: refused === undefined && isRewardDue(desiredOf(mission, done, programme.calendar), stored?.given),
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
