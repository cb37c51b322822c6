import type { Pool, PoolClient } from "pg";
import {
  achieve,
  closedWeeks,
  type Desired,
  eventHappened,
  forgetContributions,
  type GameHappening,
  type GameTerms,
  gameContributions,
  gamePosition,
  isAwardDue,
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
  weekScores,
} from "#domains/games/index.ts";
import type { StreamJoin } from "#domains/ledger/index.ts";
import { shiftContribution } from "#domains/missions/index.ts";
import type { CompiledProgramme, Programmes } from "#domains/program/index.ts";
import { followOnce, type Stretch, type Subscriber, underSurvivors } from "#flows/follow-stream/index.ts";
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
  readonly joins: readonly StreamJoin[];
  readonly added: readonly MemberContribution[];
};

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
      const added = games.length === 0 ? [] : await whatCounts(stretch, games);
      return joins.length + added.length === 0 ? undefined : { programme, games, joins, added };
    },
    take: async (client, { programme, games, joins, added }) => {
      const touched = new Set<MemberId>();
      for (const join of joins) {
        if (join.kind !== "merge") continue;
        await mergeGames(client, join);
        touched.add(join.survivor);
      }
      const noted = await underSurvivors(client, added, shiftContribution);
      for (const { member } of noted) touched.add(member);
      await putGameContributions(client, noted);
      await refreshMembers(client, deps, programme, games, [...touched]);
    },
  };
}

/** Takes the next page of the stream; false when there was nothing new. */
export function followGames(deps: FollowDeps, pageSize?: number): Promise<boolean> {
  return followOnce(deps.pool, gameSubscriber(deps), pageSize);
}

async function whatCounts(stretch: Stretch, games: readonly GameTerms[]): Promise<MemberContribution[]> {
  const [receipts, rewards, events] = [await stretch.receipts(), await stretch.rewards(), await stretch.events()];
  const added: MemberContribution[] = [];
  for (const receipt of receipts) note(receipt.member, receiptHappened(receipt));
  for (const reward of rewards) note(reward.member, rewardHappened(reward));
  for (const event of events) note(event.member, eventHappened(event));
  return added;

  function note(member: MemberId, happened: GameHappening | undefined): void {
    if (happened === undefined) return;
    const at = happened.kind === "mission" ? happened.at : happened.happening.at;
    const isReturn = happened.kind === "deed" && happened.happening.kind === "return";
    for (const game of games) {
      // What happened outside of every span can't count, now or later; a return counts by what it returns.
      if (!isReturn && !isLiveAt(game, at)) continue;
      for (const each of gameContributions(happened, game)) added.push({ ...each, member, game: game.id });
    }
  }
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
  for (const [member, rows] of contributions) {
    const known = new Map((awards.get(member) ?? []).map((award) => [`${award.game} ${award.key}`, award]));
    const own = Map.groupBy(rows, ({ game }) => game);
    for (const game of games) {
      const its = own.get(game.id);
      if (its === undefined) continue;
      if (game.play.kind === "achievement") achieved(game, member, its, known, programme, changes);
      if (game.play.kind === "leaderboard") {
        const weeks = { closed: closed.get(game.id) ?? new Set<Day>(), horizon: horizons.get(game.id) };
        scored(game, member, its, known, weeks, programme, changes);
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
  awards.push({ ...wanted, cause, isDue: isAwardDue(wanted.desired, known?.given) });
}

function sameDesired(a: Desired | undefined, b: Desired | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function grouped<Row extends { readonly member: MemberId }>(rows: readonly Row[]): Map<MemberId, Row[]> {
  return Map.groupBy(rows, ({ member }) => member);
}
