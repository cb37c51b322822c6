import type { Pool, PoolClient } from "pg";
import {
  achieve,
  closedWeeks,
  eventHappened,
  forgetContributions,
  type GameHappening,
  type GameTerms,
  gameContributions,
  gamePosition,
  isLiveAt,
  loadAwards,
  loadGameContributions,
  type MemberContribution,
  mergeGames,
  putAwards,
  putGameContributions,
  putGameProgress,
  putScores,
  rateOf,
  receiptHappened,
  rewardHappened,
  type StoredAward,
  type StoredGameProgress,
  type StoredScore,
  unmergeGames,
  weekScores,
} from "#domains/games/index.ts";
import type { StreamJoin, StreamPlace } from "#domains/ledger/index.ts";
import type { CompiledProgramme, Programmes } from "#domains/program/index.ts";
import { type Desired, isRewardDue, shiftContribution } from "#domains/rewards/index.ts";
import { followOnce, partsOf, type Stretch, type Subscriber, underSurvivors } from "#flows/follow-stream/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { type Day, formatDay } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { activeGames } from "../active-games.ts";
import { desiredReward } from "./desired.ts";

export type FollowDeps = { readonly pool: Pool; readonly clock: Clock; readonly programmes: Programmes };

type Page = {
  readonly programme: CompiledProgramme;
  /** Games that receipts and events count in. */
  readonly games: readonly GameTerms[];
  readonly notes: readonly Notes[];
};

/** What a part of the stream adds to games, up to where two members became one, or two again. */
type Notes = { readonly added: MemberContribution[]; readonly join?: StreamJoin };

/**
 * Games follow operations and events: each stretch is noted as what it adds to each game, and what has changed for the
 * members concerned is computed, in one transaction with the position. So every row counts once, and a crash anywhere
 * leaves either all of it or nothing. Where nothing counts no receipt is read.
 */
export function gameSubscriber(deps: FollowDeps): Subscriber<Page> {
  const { pool, programmes } = deps;
  return {
    position: gamePosition,
    isReady: () => programmes.latest !== undefined,
    read: async (stretch) => {
      const programme = programmes.current();
      const { joins } = await stretch.survey();
      const games = (await activeGames(pool, programme)).filter(({ play }) => play.kind !== "questions");
      if (games.length === 0 && joins.length === 0) return undefined;
      const notes = await notesOf(stretch, joins, games);
      return notes.some(({ added, join }) => added.length > 0 || join) ? { programme, games, notes } : undefined;
    },
    take: async (client, { programme, games, notes }) => {
      const touched = new Set<MemberId>();
      for (const { added, join } of notes) {
        const noted = await underSurvivors(client, added, shiftContribution);
        await putGameContributions(client, noted);
        for (const { member } of noted) touched.add(member);
        if (join?.kind === "merge") {
          await mergeGames(client, join);
          touched.add(join.survivor);
        }
        if (join?.kind === "split") {
          await unmergeGames(client, join);
          touched.add(join.survivor).add(join.goes);
        }
      }
      await refreshMembers(client, deps, programme, games, [...touched]);
    },
  };
}

/** Takes the next page of the stream; false when there was nothing new. */
export function followGames(deps: FollowDeps, pageSize?: number): Promise<boolean> {
  return followOnce(deps.pool, gameSubscriber(deps), pageSize);
}

type Happened = StreamPlace & { readonly member: MemberId; readonly happened: GameHappening | undefined };

async function notesOf(
  stretch: Stretch,
  joins: readonly StreamJoin[],
  games: readonly GameTerms[],
): Promise<readonly Notes[]> {
  if (games.length === 0) return joins.map((join) => ({ added: [], join }));
  const [receipts, rewards, events] = [await stretch.receipts(), await stretch.rewards(), await stretch.events()];
  const all: Happened[] = receipts.map((receipt) => ({ ...receipt, happened: receiptHappened(receipt) }));
  for (const reward of rewards) all.push({ ...reward, happened: rewardHappened(reward) });
  const notes = partsOf(all, joins).map(({ rows, join }): Notes => {
    const added = rows.flatMap(({ member, happened }) => addedBy(member, happened, games));
    return { added, ...(join === undefined ? {} : { join }) };
  });
  const last = notes.at(-1) as Notes;
  for (const event of events) last.added.push(...addedBy(event.member, eventHappened(event), games));
  return notes;
}

function addedBy(
  member: MemberId,
  happened: GameHappening | undefined,
  games: readonly GameTerms[],
): MemberContribution[] {
  if (happened === undefined) return [];
  const at = happened.kind === "mission" ? happened.at : happened.happening.at;
  const isReturn = happened.kind === "deed" && happened.happening.kind === "return";
  // What happened outside of every span can't count, now or later; a return counts by what it returns.
  return games
    .filter((game) => isReturn || isLiveAt(game, at))
    .flatMap((game) => gameContributions(happened, game).map((each) => ({ ...each, member, game: game.id })));
}

type Changes = {
  readonly progress: StoredGameProgress[];
  readonly scores: StoredScore[];
  readonly awards: Omit<StoredAward, "given" | "turn">[];
};

/** Computes achievements, scores and awards of these members from all that is known of them, and writes them. */
async function refreshMembers(
  client: PoolClient,
  deps: FollowDeps,
  programme: CompiledProgramme,
  games: readonly GameTerms[],
  members: readonly MemberId[],
): Promise<void> {
  if (members.length === 0) return;
  const closed = new Map<string, Set<Day>>();
  for (const { id, play } of games) if (play.kind === "leaderboard") closed.set(id, await closedWeeks(client, id));
  const horizons = new Map([...closed].map(([id, weeks]) => [id, horizonOf(weeks)]));
  const contributions = grouped(await loadGameContributions(client, members));
  const awards = grouped(await loadAwards(client, members));
  const changes: Changes = { progress: [], scores: [], awards: [] };
  for (const member of members) {
    const rows = contributions.get(member) ?? [];
    const known = new Map((awards.get(member) ?? []).map((award) => [`${award.game} ${award.key}`, award]));
    const own = Map.groupBy(rows, ({ game }) => game);
    for (const game of games) {
      const its = own.get(game.id);
      // Somebody whose deeds went with another member has nothing any more, but an award.
      if (its === undefined && !known.has(`${game.id} goal`)) continue;
      if (game.play.kind === "achievement") achieved(game, member, its ?? [], known, programme, changes);
      if (game.play.kind === "leaderboard") {
        const weeks = { closed: closed.get(game.id) ?? new Set<Day>(), horizon: horizons.get(game.id) };
        scored(game, member, its ?? [], known, weeks, programme, changes);
      }
    }
  }
  const now = deps.clock.now();
  await putGameProgress(client, changes.progress, now);
  await putScores(client, changes.scores);
  await putAwards(client, changes.awards, now);
  for (const [game, horizon] of horizons) {
    if (horizon === undefined) continue;
    const before = programme.calendar.startOf(horizon);
    const old = [...contributions].filter(([, rows]) => rows.some((row) => row.game === game && row.at < before));
    await forgetContributions(
      client,
      old.map(([member]) => member),
      game,
      before,
    );
  }
}

/** Returns of receipts older than a quarter change nothing on a board. */
const REMEMBERED_DAYS = 13 * 7;

/** Weeks before this one are settled for good: what a board was computed from is not kept, so a member's rows stay few. */
function horizonOf(closed: ReadonlySet<Day>): Day | undefined {
  return closed.size === 0 ? undefined : Math.max(...closed) - REMEMBERED_DAYS;
}

type Known = ReadonlyMap<string, StoredAward>;

function achieved(
  game: GameTerms,
  member: MemberId,
  rows: readonly MemberContribution[],
  known: Known,
  programme: CompiledProgramme,
  changes: Changes,
): void {
  const { play, id, reward } = game;
  if (play.kind !== "achievement") return;
  const progress = achieve(rows, game, play, programme.calendar);
  changes.progress.push({ member, game: id, ...progress });
  if (reward === undefined) return;
  const { done } = progress;
  const desired = done === undefined ? undefined : desiredReward(reward, done.at, programme.calendar);
  const cause = {
    ...{ game: id, kind: "achievement" },
    ...(done === undefined ? {} : { doneAt: done.at, doneBy: done.source }),
  };
  noteAward(changes, known.get(`${id} goal`), { member, game: id, key: "goal", desired, cause });
}

function scored(
  game: GameTerms,
  member: MemberId,
  rows: readonly MemberContribution[],
  known: Known,
  { closed, horizon }: { readonly closed: ReadonlySet<Day>; readonly horizon: Day | undefined },
  programme: CompiledProgramme,
  changes: Changes,
): void {
  const { play, id } = game;
  if (play.kind !== "leaderboard") return;
  for (const score of weekScores(rows, game, programme.calendar).values()) {
    if (horizon !== undefined && score.week < horizon) continue;
    const rateBp = rateOf(score, play, programme.pointValueKopecks);
    if (!closed.has(score.week)) {
      changes.scores.push({ ...score, member, game: id, ...(rateBp === undefined ? {} : { rateBp }) });
      continue;
    }
    const key = `week:${formatDay(score.week)}`;
    const award = known.get(`${id} ${key}`);
    // After the close places stay; a prize whose receipts were returned goes back where the game says so.
    if (award === undefined || play.onReturn === "keep" || rateBp !== undefined) continue;
    noteAward(changes, award, { member, game: id, key, desired: undefined, cause: award.cause });
  }
}

type Wanted = Pick<StoredAward, "member" | "game" | "key" | "desired" | "cause">;

function noteAward({ awards }: Changes, known: StoredAward | undefined, wanted: Wanted): void {
  if (known === undefined && wanted.desired === undefined) return;
  const isSame = known !== undefined && sameDesired(known.desired, wanted.desired);
  if (isSame) return;
  const { member } = known?.cause ?? {};
  const cause = member === undefined ? wanted.cause : { ...wanted.cause, member };
  // What was refused stays refused while what is won is the same.
  awards.push({ ...wanted, cause, isDue: isRewardDue(wanted.desired, known?.given) });
}

function sameDesired(a: Desired | undefined, b: Desired | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function grouped<Row extends { readonly member: MemberId }>(rows: readonly Row[]): Map<MemberId, Row[]> {
  return Map.groupBy(rows, ({ member }) => member);
}
