import type { Pool } from "pg";
import { type EarnPart, NEVER, type TakeBackItem } from "#domains/ledger/index.ts";
import {
  budgetCap,
  type Completion,
  endOf,
  list,
  listDue,
  lockProgress,
  type MissionTerms,
  putCompletions,
  putGiven,
  type StoredProgress,
} from "#domains/missions/index.ts";
import { BUDGET_PREFIX, type CompiledProgramme, type Programmes } from "#domains/program/index.ts";
import { isRewardDue } from "#domains/rewards/index.ts";
import type { Checkout, RewardOperationBody, RewardRequest } from "#flows/checkout/index.ts";
import { boostChanges, pointsBack, type RewardLedger, type Settled, settleDue } from "#flows/settle-rewards/index.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { boostedPoints } from "../store/boosted-points.ts";
import { activeMissions } from "./active-missions.ts";
import { desiredOf } from "./desired.ts";

export type SettleDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly checkout: Pick<Checkout, "reward">;
};

/**
 * Brings what is given and what should hold together, for all that is due: gives, moves or takes back by one operation
 * each, whose idempotency key is (mission, member, turn). Gives the number settled.
 */
export async function settleRewards(deps: SettleDeps): Promise<number> {
  const { pool, programmes } = deps;
  if (!programmes.latest) return 0;
  const programme = programmes.current();
  return settleDue(
    deps,
    async () => {
      const missions = await activeMissions(pool, programme);
      return rewardLedger(deps, programme, new Map(missions.map((mission) => [mission.id, mission])));
    },
    listDue,
  );
}

function rewardLedger(
  deps: SettleDeps,
  programme: CompiledProgramme,
  missions: ReadonlyMap<string, MissionTerms>,
): RewardLedger<StoredProgress> {
  const { calendar } = programme;
  return {
    request: async (row, turn) => {
      const mission = missions.get(row.mission);
      return mission && requestOf(deps, programme, mission, row, turn);
    },
    keyOf: ({ member, mission }) => `${member} ${mission}`,
    lock: lockProgress,
    note: async (client, settled) => {
      const notes = settled.map(({ row, now, turn, operation, given, refused }) => {
        // The goal may have moved while the operation was posted, or since before a crash: then it is due again.
        const isStill = now.done?.at === row.done?.at && now.done?.source === row.done?.source;
        const desired = desiredOf(missions.get(row.mission) as MissionTerms, now.done, calendar);
        const isDue = operation !== undefined ? isRewardDue(desired, given) : refused !== undefined && !isStill;
        return {
          ...{ member: row.member, mission: row.mission, turn, isDue },
          ...(given === undefined ? {} : { given }),
          ...(refused === undefined ? {} : { refused }),
        };
      });
      await putGiven(client, notes);
      await putCompletions(
        client,
        settled.flatMap((each) => completionOf(missions.get(each.row.mission) as MissionTerms, each) ?? []),
      );
    },
  };
}

async function requestOf(
  deps: SettleDeps,
  programme: CompiledProgramme,
  mission: MissionTerms,
  row: StoredProgress,
  turn: number,
): Promise<RewardRequest> {
  const { done, given, member } = row;
  const { reward } = mission;
  const desired = desiredOf(mission, done, programme.calendar);
  const takeBack = desired === undefined ? await toTakeBack(deps.pool, programme, mission, row) : [];
  return {
    idempotencyKey: ["mission", mission.id, member, turn],
    member,
    partner: mission.partner,
    traits: boostChanges(given, desired, reward.kind === "boost" ? reward.key : undefined),
    ...(desired?.kind === "points" ? { earned: earnedOf(programme, mission, desired.cents, deps.clock.now()) } : {}),
    ...(takeBack.length === 0 ? {} : { takeBack }),
    ...(mission.budgetCents === undefined
      ? {}
      : {
          budget: {
            key: `${BUDGET_PREFIX}${budgetCap(mission.id)}|all`,
            limitCents: mission.budgetCents,
            short: programme.policies.budget,
          },
        }),
    cause: {
      mission: mission.id,
      turn,
      kind: desired?.kind ?? "nothing",
      ...(done === undefined ? {} : { doneAt: done.at, doneBy: done.source }),
    },
  };
}

function earnedOf(programme: CompiledProgramme, mission: MissionTerms, cents: number, now: EpochMs): EarnPart {
  const { reward, funders, weights } = mission;
  const expiresAt =
    reward.kind === "points" && reward.expiry !== undefined
      ? endOf(now, reward.expiry, programme.calendar)
      : programme.defaultLot.times(now).expiresAt;
  return {
    ...{ availableAt: now, expiresAt: expiresAt ?? NEVER, funders },
    amountCents: splitByLargestRemainder(cents, weights),
  };
}

/** Points that came of a goal that is undone: the award, or what the boost's rules earned. */
async function toTakeBack(
  pool: Pool,
  programme: CompiledProgramme,
  mission: MissionTerms,
  { given, member }: StoredProgress,
): Promise<TakeBackItem[]> {
  if (given === undefined) return [];
  if (given.cents !== undefined) return pointsBack(given, mission);
  const { reward } = mission;
  if (reward.kind !== "boost" || given.from === undefined) return [];
  const rules = Object.entries(programme.document.rules)
    .filter(([, { when }]) => list(when?.boost).includes(reward.key))
    .map(([id]) => id);
  const earned = await boostedPoints(pool, member, rules, given.from, given.until ?? undefined);
  return earned.flatMap(({ seq, rule, partner, cents }) => {
    const terms = [...(programme.rules.get(rule)?.shares ?? [])];
    const funders = terms.map(([funder]) => (funder === "seller" ? partner : funder));
    const shares = splitByLargestRemainder(
      cents,
      terms.map(([, weight]) => weight),
    );
    return funders.map((funder, f) => ({ seq, funder, cents: shares[f] as number }));
  });
}

/**
 * The acquisition fee is owed once a completion is given, and credited when it is undone. What was done, and what kind of
 * turn it was, says the operation: one from before a crash may be of another deed than the last.
 */
function completionOf(
  mission: MissionTerms,
  { row, turn, operation, given }: Settled<StoredProgress>,
): Completion | undefined {
  if (operation === undefined) return undefined;
  const body = operation.body as RewardOperationBody;
  const { doneAt, doneBy } = body.reward;
  const kind = given === undefined ? "taken-back" : row.given === undefined ? "given" : "moved";
  const fee = kind === "given" ? mission.feeKopecks : kind === "taken-back" ? -mission.feeKopecks : 0;
  return {
    ...{ member: row.member, mission: mission.id, turn, kind },
    ...(doneAt === undefined || doneBy === undefined ? {} : { done: { at: Number(doneAt), source: String(doneBy) } }),
    seq: operation.seq,
    cents: body.cents,
    feeKopecks: fee,
    ...(fee === 0 ? {} : { feePartner: mission.partner }),
    accountingDay: operation.accountingDay,
    postedAt: operation.postedAt,
  };
}
