import {
  type BoardPlace,
  type BoardWeek,
  listWeeks,
  type Participant,
  placeOf,
  readParticipant,
  readPlaces,
  readScores,
  readWeek,
  weekOf,
} from "#domains/games/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type Day, type EpochMs, formatDay } from "#kernel/time.ts";
import { type BoardDeps, leaderboard, type ParticipationFailure } from "./participate.ts";

/** A week as anybody may see it: names that their members chose, places, and percents once the week is closed. */
export type BoardView = {
  readonly week: Day;
  readonly asOf: EpochMs;
  readonly closedAt?: EpochMs;
  readonly participants?: number;
  /** Fewer take part than the crowd that the board needs: nothing is shown. */
  readonly isTooSmall: boolean;
};

export type BoardFailure =
  | Extract<ParticipationFailure, { code: "no-programme" | "unknown-game" }>
  | { readonly code: "unknown-week" };

export type BoardPage = BoardView & { readonly places: readonly ShownPlace[]; readonly next?: number };
export type ShownPlace = {
  readonly place: number;
  readonly name?: string;
  readonly rateBp?: number;
  readonly prizeCents?: number;
};

/** One week's board, a page. */
export async function readBoard(
  deps: BoardDeps,
  gameId: string,
  week: Day,
  after: number,
  limit: number,
): Promise<Result<BoardPage, BoardFailure>> {
  const found = await leaderboard(deps, gameId);
  if (!found.ok) return found as Result<never, BoardFailure>;
  const stored = await readWeek(deps.pool, gameId, week);
  if (stored === undefined) return err({ code: "unknown-week" });
  const view = viewOf(stored, found.value.play.crowd);
  if (view.isTooSmall) return ok({ ...view, places: [] });
  const rows = await readPlaces(deps.pool, gameId, week, after, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? { next: last.entry } : {};
  return ok({ ...view, places: shown.map((place) => shownPlace(place, stored)), ...next });
}

/** While the week runs a percent would tell, change by change, what somebody just bought: only the order is shown. */
function shownPlace({ place, name, rateBp, prizeCents }: BoardPlace, { closedAt }: BoardWeek): ShownPlace {
  const common = { place, ...(name === undefined ? {} : { name }) };
  if (closedAt === undefined) return common;
  return { ...common, rateBp, ...(prizeCents === 0 ? {} : { prizeCents }) };
}

function viewOf({ week, asOf, closedAt, participants }: BoardWeek, crowd: number): BoardView {
  const isTooSmall = participants < crowd;
  return {
    ...{ week, asOf, isTooSmall },
    ...(closedAt === undefined ? {} : { closedAt }),
    ...(isTooSmall ? {} : { participants }),
  };
}

/** Weeks of a leaderboard, the latest first. */
export async function readWeeks(
  deps: BoardDeps,
  gameId: string,
  before: string,
  limit: number,
): Promise<Result<{ weeks: BoardView[]; next?: string }, BoardFailure>> {
  const found = await leaderboard(deps, gameId);
  if (!found.ok) return found as Result<never, BoardFailure>;
  const rows = await listWeeks(deps.pool, gameId, before, limit + 1);
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const next = rows.length > limit && last !== undefined ? { next: formatDay(last.week) } : {};
  return ok({ weeks: shown.map((week) => viewOf(week, found.value.play.crowd)), ...next });
}

/** A member's own week: nobody else's amounts, nor his own, since tills and partners may ask. */
export type OwnWeek = {
  readonly week: Day;
  readonly qualifies: boolean;
  readonly rateBp?: number;
  /** By the last look at the board; of somebody who does not take part: the place he would have. */
  readonly place?: number;
  readonly of?: number;
  readonly asOf?: EpochMs;
  readonly isClosed: boolean;
};

export type OwnStanding = {
  readonly game: string;
  readonly name?: string;
  readonly joinedAt?: EpochMs;
  readonly weeks: readonly OwnWeek[];
};

/** My place, also without taking part: 1 + those taking part with a higher percent. */
export async function readStanding(
  deps: BoardDeps,
  member: MemberId,
  gameId: string,
  weeks: number,
): Promise<Result<OwnStanding, BoardFailure>> {
  const found = await leaderboard(deps, gameId);
  if (!found.ok) return found as Result<never, BoardFailure>;
  const { calendar } = deps.programmes.current();
  const thisWeek = weekOf(calendar.dayOf(deps.clock.now()));
  const participant = await readParticipant(deps.pool, member, gameId);
  const scores = await readScores(deps.pool, member, gameId, thisWeek, weeks);
  const own: OwnWeek[] = [];
  for (const { week, rateBp } of scores) {
    const board = await readWeek(deps.pool, gameId, week);
    own.push(ownWeek(week, rateBp, board, participant, found.value.play.crowd));
  }
  return ok({
    game: gameId,
    ...(participant === undefined ? {} : { name: participant.name, joinedAt: participant.joinedAt }),
    weeks: own,
  });
}

function ownWeek(
  week: Day,
  rateBp: number | undefined,
  board: BoardWeek | undefined,
  participant: Participant | undefined,
  crowd: number,
): OwnWeek {
  const isClosed = board?.closedAt !== undefined;
  const common = { week, qualifies: rateBp !== undefined, isClosed, ...(rateBp === undefined ? {} : { rateBp }) };
  if (board === undefined || rateBp === undefined || board.participants < crowd) return common;
  const of = board.participants + (participant === undefined ? 1 : 0);
  return { ...common, place: placeOf(board.bins, rateBp), of, asOf: board.asOf };
}
