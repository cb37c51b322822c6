import type { Pool } from "pg";
import {
  commitPeriod,
  type DrawCommitment,
  type DrawPeriod,
  gamePeriod,
  gameStore,
  listUnrevealed,
  lockPeriod,
  periodAt,
  readPeriod,
  revealPeriod,
  seedHash,
} from "#domains/games/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { formatDay, formatInstant } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { activeGames } from "../active-games.ts";
import { seedOf, serverSeed } from "./server-seed.ts";

export type CommitDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  /** Makes server seeds; never in the database. */
  readonly gameSecret: Uint8Array;
  readonly random: (bytes: number) => Uint8Array;
};

const SALT_BYTES = 16;

/**
 * Commits each live draw to the period that is running and to the next one. The first period of a game begins when it
 * is committed to; every other is committed to while the one before it runs.
 */
export async function commitPeriods(deps: CommitDeps): Promise<void> {
  const { pool, clock, programmes } = deps;
  if (!programmes.latest) return;
  const programme = programmes.current();
  const states = new Map((await gameStore.list(pool)).map(({ id, state }) => [id, state]));
  for (const game of await activeGames(pool, programme)) {
    const { play, document } = game;
    if (play.kind !== "draw" || states.get(game.id) !== "live") continue;
    const whole = gamePeriod(document, programme.calendar);
    const now = Math.max(clock.now(), whole.fromAt);
    const running = periodAt(play.every, whole, now, programme.calendar);
    if (running === undefined) continue;
    const next = periodAt(play.every, whole, running.endsAt, programme.calendar);
    for (const period of next === undefined ? [running] : [running, next]) {
      if ((await readPeriod(pool, game.id, period.period)) === undefined) {
        await commitTo(deps, game.id, period, play.prizes, play.whenOut);
      }
    }
  }
}

async function commitTo(
  deps: CommitDeps,
  game: string,
  { period, startsAt, endsAt }: DrawPeriod,
  prizes: readonly { readonly id: string; readonly weight: number; readonly stock: number | undefined }[],
  whenOut: string,
): Promise<void> {
  const committedAt = deps.clock.now();
  const salt = deps.random(SALT_BYTES);
  const from = Math.max(startsAt, committedAt);
  const commitment: DrawCommitment = {
    algorithm: "dolka-draw-1",
    game,
    period: formatDay(period),
    startsAt: formatInstant(from),
    endsAt: formatInstant(endsAt),
    serverSeedHash: seedHash(serverSeed(deps.gameSecret, game, period, salt)),
    prizes: prizes.map(({ id, weight, stock }) => ({ id, weight, stock: stock ?? null })),
    whenOut,
  };
  await commitPeriod(deps.pool, { game, period, startsAt: from, endsAt, salt, commitment, committedAt });
}

/** Reveals the seeds of periods that are over. Under the lock that draws take, so none comes after its seed is known. */
export async function revealPeriods(deps: CommitDeps): Promise<number> {
  const over = await listUnrevealed(deps.pool, deps.clock.now());
  for (const { game, period } of over) {
    await transaction(deps.pool, async (client) => {
      const stored = await lockPeriod(client, game, period);
      if (stored === undefined || stored.revealedAt !== undefined) return;
      await revealPeriod(client, game, period, seedOf(deps.gameSecret, stored), deps.clock.now());
    });
  }
  return over.length;
}
