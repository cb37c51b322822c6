import { createHash } from "node:crypto";
import type { PoolClient } from "pg";
import {
  type BoardWeek,
  firstUnseenAt,
  type GameTerms,
  gamePeriod,
  gamePosition,
  type LeaderboardTerms,
  listWeeks,
  type Placed,
  placeAll,
  putAwards,
  putPlaces,
  putWeek,
  type RateBin,
  readBins,
  readTop,
  readWeek,
  type StoredAward,
  weekOf,
  weekSpan,
} from "#domains/games/index.ts";
import { endOf } from "#domains/missions/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { type Day, type EpochMs, formatDay } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { activeGames } from "../active-games.ts";
import type { FollowDeps } from "./follow-games.ts";

/** More weeks behind than this are closed in the next round. */
const WEEKS_AT_ONCE = 60;
/** After every week. */
const END = "9999-12-31";

/**
 * Looks at the running week of each leaderboard once a day, as of midnight, and closes weeks that are over. A week is
 * closed once: its row, its places and its prizes are written together under the lock of the stream, when everything
 * posted before the deadline has been looked at. Gives the number of boards that were written.
 */
export async function refreshBoards(deps: FollowDeps): Promise<number> {
  const { programmes, pool, clock } = deps;
  if (!programmes.latest) return 0;
  const programme = programmes.current();
  const games = (await activeGames(pool, programme)).filter(({ play }) => play.kind === "leaderboard");
  let written = 0;
  for (const game of games) {
    const midnight = programme.calendar.startOf(programme.calendar.dayOf(clock.now()));
    const known = new Map((await listWeeks(pool, game.id, END, WEEKS_AT_ONCE)).map((week) => [week.week, week]));
    for (const { week, deadline } of openWeeks(game, programme, clock.now())) {
      const seen = known.get(week);
      if (seen !== undefined && (seen.closedAt !== undefined || (clock.now() < deadline && seen.asOf >= midnight)))
        continue;
      const isDone = await transaction(pool, (client) => refreshWeek(client, deps, programme, game, week, deadline));
      if (isDone) written++;
    }
  }
  return written;
}

type OpenWeek = { readonly week: Day; readonly deadline: EpochMs };

/** Weeks that touch the game's live time and have begun, the oldest first. */
function openWeeks(game: GameTerms, { calendar }: CompiledProgramme, now: EpochMs): OpenWeek[] {
  const [first, last] = [game.live[0], game.live.at(-1)];
  const { play } = game;
  if (first === undefined || last === undefined || play.kind !== "leaderboard") return [];
  const whole = gamePeriod(game.document, calendar);
  const until = Math.min(now, whole.untilAt - 1, last.untilAt - 1);
  const weeks: OpenWeek[] = [];
  for (let week = weekOf(calendar.dayOf(first.fromAt)); calendar.startOf(week) <= until; week += 7) {
    weeks.push({ week, deadline: weekSpan(week, calendar).untilAt + play.closesAfterMs });
  }
  return weeks.slice(-WEEKS_AT_ONCE);
}

async function refreshWeek(
  client: PoolClient,
  deps: FollowDeps,
  programme: CompiledProgramme,
  game: GameTerms,
  week: Day,
  deadline: EpochMs,
): Promise<boolean> {
  const { play } = game;
  if (play.kind !== "leaderboard") return false;
  const { calendar } = programme;
  const now = deps.clock.now();
  const known = await readWeek(client, game.id, week);
  if (known?.closedAt !== undefined) return false;
  const midnight = calendar.startOf(calendar.dayOf(now));
  const closes = now >= deadline;
  if (!closes && known !== undefined && known.asOf >= midnight) return false;
  const position = await gamePosition.lock(client);
  const unseen = await firstUnseenAt(client, position);
  if (unseen !== undefined && unseen < (closes ? deadline : midnight)) return false;
  const endsAt = weekSpan(week, calendar).untilAt;
  const bins = await readBins(client, game.id, week, endsAt);
  const participants = bins.reduce((sum, [, members]) => sum + members, 0);
  const board: BoardWeek = {
    ...{ game: game.id, week, participants, bins },
    asOf: closes ? now : midnight,
    ...(closes ? { closedAt: now } : {}),
  };
  if (!(await putWeek(client, board))) return false;
  const placed = await placesOf(client, game, play, { week, endsAt }, bins);
  await putPlaces(client, game.id, week, placed.slice(0, Math.max(play.places, winners(placed))));
  if (closes) await putAwards(client, prizesOf(placed, programme, game, week, now), now);
  return true;
}

/** Everybody down to the last place that is shown or has a prize, with those who share it. */
async function placesOf(
  client: PoolClient,
  game: GameTerms,
  play: LeaderboardTerms,
  { week, endsAt }: { readonly week: Day; readonly endsAt: EpochMs },
  bins: readonly RateBin[],
): Promise<Placed<MemberId>[]> {
  const wanted = Math.max(play.places, play.prizes.length);
  let count = 0;
  let leastBp = Number.POSITIVE_INFINITY;
  for (const [rate, members] of bins) {
    if (count >= wanted) break;
    count += members;
    leastBp = rate;
  }
  if (count === 0) return [];
  const top = await readTop(client, game.id, week, endsAt, leastBp);
  return placeAll(top, play.prizes, (member) => tieOrder(game.id, week, member));
}

/** An order within a tie that says nothing of anybody: not of when he joined, what he is called, or what he bought. */
function tieOrder(game: string, week: Day, member: MemberId): string {
  return createHash("sha256")
    .update(`${game} ${week} ${memberIds.format(member)}`)
    .digest("hex");
}

function winners(placed: readonly Placed<MemberId>[]): number {
  return placed.findLastIndex(({ prizeCents }) => prizeCents > 0) + 1;
}

function prizesOf(
  placed: readonly Placed<MemberId>[],
  { calendar }: CompiledProgramme,
  game: GameTerms,
  week: Day,
  now: EpochMs,
): Omit<StoredAward, "given" | "turn">[] {
  const expiresAt = endOf(now, game.expiry, calendar);
  return placed
    .filter(({ prizeCents }) => prizeCents > 0)
    .map(({ who, place, prizeCents }) => ({
      ...{ member: who, game: game.id, key: `week:${formatDay(week)}`, isDue: true },
      desired: { kind: "points", cents: prizeCents, ...(expiresAt === undefined ? {} : { expiresAt }) },
      cause: { game: game.id, kind: "leaderboard", week: formatDay(week), place },
    }));
}
