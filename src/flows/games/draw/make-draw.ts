import type { PoolClient } from "pg";
import {
  type DrawAward,
  type DrawTerms,
  drawPrize,
  type GameTerms,
  gamePeriod,
  listMemberDraws,
  loadGameContributions,
  lockPeriod,
  openRights,
  periodAt,
  recordDraw,
  type StoredDraw,
} from "#domains/games/index.ts";
import { endOf } from "#domains/missions/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { formatDay } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { activeGame } from "../active-games.ts";
import { desiredReward } from "../progress/desired.ts";
import type { CommitDeps } from "./commit-periods.ts";
import { seedOf } from "./server-seed.ts";

export type DrawRequest = {
  readonly member: MemberId;
  readonly game: string;
  readonly clientSeed: string;
  /** The same key again gets the same draw. */
  readonly requestKey: string;
};

export type DrawRefusal =
  | { readonly code: "no-programme" }
  | { readonly code: "unknown-game" }
  | { readonly code: "game-not-live" }
  | { readonly code: "no-draw-right" }
  | { readonly code: "idempotency-conflict" }
  /** The worker has not committed to the period yet. */
  | { readonly code: "draw-not-committed"; readonly retryAfterSeconds: number };

export type Drawing = { readonly draw: StoredDraw; readonly replayed: boolean };

/** A right that another request has drawn on meanwhile sends this one round again. */
const ATTEMPTS = 5;

/**
 * Draws on the member's oldest right. The period's row is locked: it gives the nonce (no gaps, none twice) and what is
 * left of each prize, so that stocks hold however many processes draw at once. Rights are
 * read before it, and their primary key settles who comes first.
 */
export async function makeDraw(deps: CommitDeps, request: DrawRequest): Promise<Result<Drawing, DrawRefusal>> {
  if (!deps.programmes.latest) return err({ code: "no-programme" });
  const programme = deps.programmes.current();
  const found = await activeGame(deps.pool, programme, request.game);
  if (found === undefined || found.game.play.kind !== "draw") return err({ code: "unknown-game" });
  const { game, state } = found;
  const playing = { programme, game, play: found.game.play, isLive: state === "live" };
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction(deps.pool, (client) => drawOnce(deps, client, request, playing));
    } catch (error) {
      if ((error as { code?: string }).code !== UNIQUE_VIOLATION || attempt === ATTEMPTS) throw error;
    }
  }
}

const UNIQUE_VIOLATION = "23505";

type Playing = {
  readonly programme: CompiledProgramme;
  readonly game: GameTerms;
  readonly play: DrawTerms;
  readonly isLive: boolean;
};

async function drawOnce(
  deps: CommitDeps,
  client: PoolClient,
  request: DrawRequest,
  { programme, game, play, isLive }: Playing,
): Promise<Result<Drawing, DrawRefusal>> {
  const { member, clientSeed, requestKey } = request;
  const { calendar } = programme;
  const made = await listMemberDraws(client, member, game.id);
  const same = replayOf(made, request);
  if (same !== undefined) return same;
  const contributions = play.isDaily ? [] : await loadGameContributions(client, [member], game.id);
  const now = deps.clock.now();
  const period = periodAt(play.every, gamePeriod(game.document, calendar), now, calendar);
  if (!isLive || period === undefined) return err({ code: "game-not-live" });
  const used = new Set(made.map(({ source }) => source));
  const [right] = openRights(contributions, used, game, play, now, calendar);
  if (right === undefined) return err({ code: "no-draw-right" });
  const locked = await lockPeriod(client, game.id, period.period);
  if (locked === undefined || now < locked.startsAt || locked.revealedAt !== undefined) {
    return err({ code: "draw-not-committed", retryAfterSeconds: 2 });
  }
  const nonce = locked.draws + 1;
  const taken = new Map(Object.entries(locked.taken));
  const { drawn, given } = drawPrize(locked.commitment, seedOf(deps.gameSecret, locked), clientSeed, nonce, taken);
  taken.set(given, (taken.get(given) ?? 0) + 1);
  const draw = {
    ...{ member, game: game.id, source: right.source, requestKey, clientSeed },
    ...{ period: locked.period, nonce, drawn, given, at: now },
  };
  await recordDraw(client, draw, Object.fromEntries(taken), awardOf(programme, game, play, draw));
  return ok({ draw, replayed: false });
}

function replayOf(made: readonly StoredDraw[], request: DrawRequest): Result<Drawing, DrawRefusal> | undefined {
  const same = made.find(({ requestKey }) => requestKey === request.requestKey);
  if (same === undefined) return undefined;
  if (same.clientSeed !== request.clientSeed) return err({ code: "idempotency-conflict" });
  return ok({ draw: same, replayed: true });
}

/** What was won is due; the worker gives it within a second, once. */
function awardOf(
  { calendar }: CompiledProgramme,
  game: GameTerms,
  play: DrawTerms,
  draw: StoredDraw,
): DrawAward | undefined {
  const reward = play.prizes.find(({ id }) => id === draw.given)?.reward;
  if (reward === undefined) return undefined;
  const desired = desiredReward(reward, draw.at, calendar, endOf(draw.at, game.expiry, calendar));
  const period = formatDay(draw.period);
  const cause = { game: game.id, kind: "draw", period, nonce: draw.nonce, prize: draw.given };
  return { key: `draw:${period}:${draw.nonce}`, desired, cause };
}
