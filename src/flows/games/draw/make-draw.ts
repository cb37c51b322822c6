import type { PoolClient } from "pg";
import {
  countDraw,
  type DrawTerms,
  drawPrize,
  type GameTerms,
  gamePeriod,
  listMemberDraws,
  loadGameContributions,
  lockPeriod,
  openRights,
  periodAt,
  putAwards,
  putDraw,
  type StoredDraw,
} from "#domains/games/index.ts";
import { endOf } from "#domains/missions/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type EpochMs, formatDay } from "#kernel/time.ts";
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

/**
 * Draws on the member's oldest right. The period's row is locked: it gives the nonce (no gaps, none twice) and what is
 * left of each prize, so that stocks hold however many processes draw at once. Draw, count and award are one transaction.
 */
export async function makeDraw(deps: CommitDeps, request: DrawRequest): Promise<Result<Drawing, DrawRefusal>> {
  if (!deps.programmes.latest) return err({ code: "no-programme" });
  const programme = deps.programmes.current();
  const found = await activeGame(deps.pool, programme, request.game);
  if (found === undefined || found.game.play.kind !== "draw") return err({ code: "unknown-game" });
  const { game, state } = found;
  const { play } = found.game;
  return transaction(deps.pool, async (client) => {
    const made = await listMemberDraws(client, request.member, game.id);
    const same = replayOf(made, request);
    if (same !== undefined) return same;
    const now = deps.clock.now();
    const whole = gamePeriod(game.document, programme.calendar);
    const period = periodAt(play.every, whole, now, programme.calendar);
    if (state !== "live" || period === undefined) return err({ code: "game-not-live" } as const);
    const locked = await lockPeriod(client, game.id, period.period);
    if (locked === undefined || now < locked.startsAt || locked.revealedAt !== undefined) {
      return err({ code: "draw-not-committed", retryAfterSeconds: 2 } as const);
    }
    // Read under the lock: a draw that was waited for may have used the right, or be this one.
    const known = await listMemberDraws(client, request.member, game.id);
    const meanwhile = replayOf(known, request);
    if (meanwhile !== undefined) return meanwhile;
    const contributions = await loadGameContributions(client, [request.member], game.id);
    const used = new Set(known.map(({ source }) => source));
    const [right] = openRights(contributions, used, game, play, now, programme.calendar);
    if (right === undefined) return err({ code: "no-draw-right" } as const);
    const nonce = locked.draws + 1;
    const taken = new Map(Object.entries(locked.taken));
    const seed = seedOf(deps.gameSecret, locked);
    const { drawn, given } = drawPrize(locked.commitment, seed, request.clientSeed, nonce, taken);
    const { member, clientSeed, requestKey } = request;
    const draw = {
      ...{ member, game: game.id, source: right.source, requestKey, clientSeed },
      ...{ period: locked.period, nonce, drawn, given, at: now },
    };
    taken.set(given, (taken.get(given) ?? 0) + 1);
    await countDraw(client, game.id, locked.period, nonce, Object.fromEntries(taken));
    await putDraw(client, draw);
    await noteAward(client, programme, game, play, draw, now);
    return ok({ draw, replayed: false });
  });
}

function replayOf(made: readonly StoredDraw[], request: DrawRequest): Result<Drawing, DrawRefusal> | undefined {
  const same = made.find(({ requestKey }) => requestKey === request.requestKey);
  if (same === undefined) return undefined;
  if (same.clientSeed !== request.clientSeed) return err({ code: "idempotency-conflict" });
  return ok({ draw: same, replayed: true });
}

/** What was won is due; the worker gives it within a second, once. */
async function noteAward(
  client: PoolClient,
  programme: CompiledProgramme,
  game: GameTerms,
  play: DrawTerms,
  draw: StoredDraw,
  now: EpochMs,
): Promise<void> {
  const reward = play.prizes.find(({ id }) => id === draw.given)?.reward;
  if (reward === undefined) return;
  const expiresAt = endOf(now, game.expiry, programme.calendar);
  const desired = desiredReward(reward, now, programme.calendar, expiresAt);
  const key = `draw:${formatDay(draw.period)}:${draw.nonce}`;
  const cause = { game: game.id, kind: "draw", period: formatDay(draw.period), nonce: draw.nonce, prize: draw.given };
  await putAwards(client, [{ member: draw.member, game: game.id, key, desired, cause, isDue: true }], now);
}
