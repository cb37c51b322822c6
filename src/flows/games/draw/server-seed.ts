import { createHmac } from "node:crypto";
import { type StoredPeriod, seedHash } from "#domains/games/index.ts";
import { invariant } from "#kernel/invariant.ts";
import { formatDay } from "#kernel/time.ts";

/**
 * The server seed of a period: HMAC-SHA256 of the installation's secret over the game, the period and a random salt. So
 * whoever reads the database can't know it before it is revealed, and nothing secret has to be stored.
 */
export function serverSeed(secret: Uint8Array, game: string, period: number, salt: Uint8Array): Buffer {
  const about = `dolka server seed\n${game}\n${formatDay(period)}\n`;
  return createHmac("sha256", secret).update(about).update(salt).digest();
}

/** The seed of a period that was committed to. Throws when the installation's secret is not the one it was made with. */
export function seedOf(secret: Uint8Array, { game, period, salt, commitment }: StoredPeriod): Buffer {
  const seed = serverSeed(secret, game, period, salt);
  invariant(seedHash(seed) === commitment.serverSeedHash, `the secret is not the one that ${game} was committed with`);
  return seed;
}
