import type { GameReward } from "#domains/games/index.ts";
import { endOf } from "#domains/missions/index.ts";
import type { Desired } from "#domains/rewards/index.ts";
import type { Calendar, EpochMs } from "#kernel/time.ts";

/** What should hold of a reward won at a time. `expiresAt` where the game says it for its prizes. */
export function desiredReward(reward: GameReward, wonAt: EpochMs, calendar: Calendar, expiresAt?: EpochMs): Desired {
  if (reward.kind === "boost") {
    return { kind: "boost", key: reward.key, from: wonAt, until: endOf(wonAt, reward.lasts, calendar) ?? null };
  }
  const until = reward.expiry === undefined ? expiresAt : endOf(wonAt, reward.expiry, calendar);
  return { kind: "points", cents: reward.cents, ...(until === undefined ? {} : { expiresAt: until }) };
}
