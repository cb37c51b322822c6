import type { Pool } from "pg";
import {
  type GameTerms,
  gameBudget,
  listDueAwards,
  lockAwards,
  putGivenAwards,
  type StoredAward,
} from "#domains/games/index.ts";
import { type EarnPart, NEVER, type TakeBackItem } from "#domains/ledger/index.ts";
import { BUDGET_PREFIX, type CompiledProgramme, type Programmes } from "#domains/program/index.ts";
import { isRewardDue } from "#domains/rewards/index.ts";
import type { Checkout, RewardRequest } from "#flows/checkout/index.ts";
import { boostChanges, pointsBack, type RewardLedger, settleDue } from "#flows/settle-rewards/index.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";
import type { Clock } from "#platform/clock.ts";
import { activeGames } from "../active-games.ts";

export type SettleDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly checkout: Pick<Checkout, "reward">;
};

/**
 * Brings what is given and what was won together, for all that is due: one operation each, whose idempotency key is
 * (game, award, member, turn). Gives the number settled.
 */
export async function settleAwards(deps: SettleDeps): Promise<number> {
  const { pool, programmes } = deps;
  if (!programmes.latest) return 0;
  const programme = programmes.current();
  return settleDue(deps, async () => awardLedger(deps, programme, await activeGames(pool, programme)), listDueAwards);
}

function awardLedger(
  deps: SettleDeps,
  programme: CompiledProgramme,
  active: readonly GameTerms[],
): RewardLedger<StoredAward> {
  const games = new Map(active.map((game) => [game.id, game]));
  return {
    request: async (row, turn) => {
      const game = games.get(row.game);
      return game && requestOf(deps, programme, game, row, turn);
    },
    keyOf: ({ member, game, key }) => `${member} ${game} ${key}`,
    lock: lockAwards,
    note: (client, settled) =>
      putGivenAwards(
        client,
        settled.map(({ row, now, turn, operation, given, refused }) => {
          // What was won may have changed while the operation was posted, or since before a crash: then it is due again.
          const isStill = JSON.stringify(now.desired ?? null) === JSON.stringify(row.desired ?? null);
          const isDue = operation !== undefined ? isRewardDue(now.desired, given) : refused !== undefined && !isStill;
          return {
            ...{ member: row.member, game: row.game, key: row.key, turn, isDue },
            ...(given === undefined ? {} : { given }),
            ...(refused === undefined ? {} : { refused }),
          };
        }),
      ),
  };
}

function requestOf(
  deps: SettleDeps,
  programme: CompiledProgramme,
  game: GameTerms,
  { desired, given, member, key, cause }: StoredAward,
  turn: number,
): RewardRequest {
  const now = deps.clock.now();
  const earned: EarnPart | undefined =
    desired?.kind === "points"
      ? {
          availableAt: now,
          expiresAt: desired.expiresAt ?? programme.defaultLot.times(now).expiresAt ?? NEVER,
          funders: game.funders,
          amountCents: splitByLargestRemainder(desired.cents, game.weights),
        }
      : undefined;
  const takeBack: TakeBackItem[] = desired === undefined && given?.cents !== undefined ? pointsBack(given, game) : [];
  return {
    // Won by somebody who was merged since: the key stays his.
    idempotencyKey: ["game", game.id, key, cause.member ?? member, turn],
    member,
    partner: game.partner,
    traits: boostChanges(given, desired),
    ...(earned === undefined ? {} : { earned }),
    ...(takeBack.length === 0 ? {} : { takeBack }),
    ...(game.budgetCents === undefined || earned === undefined
      ? {}
      : {
          budget: {
            key: `${BUDGET_PREFIX}${gameBudget(game.id)}|all`,
            limitCents: game.budgetCents,
            short: programme.policies.budget,
          },
        }),
    cause: { ...cause, award: key, turn },
  };
}
