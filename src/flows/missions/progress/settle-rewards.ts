import type { Pool } from "pg";
import type { EarnPart, StoredOperation, TakeBackItem, Trait } from "#domains/ledger/index.ts";
import { NEVER } from "#domains/ledger/index.ts";
import {
  budgetCap,
  type Completion,
  endOf,
  type Given,
  list,
  listDue,
  lockProgress,
  type MissionTerms,
  putCompletion,
  putGiven,
  type StoredProgress,
} from "#domains/missions/index.ts";
import { BUDGET_PREFIX, type CompiledProgramme, type Programmes } from "#domains/program/index.ts";
import type { Checkout, RewardOperationBody } from "#flows/checkout/index.ts";
import { bucketOf } from "#kernel/ids.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";
import { formatDay } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { boostedPoints } from "../store/boosted-points.ts";
import { activeMissions } from "./active-missions.ts";
import { type Desired, desiredOf } from "./desired.ts";

export type SettleDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly checkout: Pick<Checkout, "reward">;
};

const AT_ONCE = 64;

/**
 * Brings what is given and what should hold together, for all that is due: gives, moves or takes back by one operation
 * each, whose idempotency key is (mission, member, turn). A crash between the operation and the note of it leads to the
 * same key again, and the operation is answered, not repeated. Gives the number settled.
 */
export async function settleRewards(deps: SettleDeps): Promise<number> {
  const { pool, programmes } = deps;
  if (!programmes.latest) return 0;
  const programme = programmes.current();
  const missions = new Map((await activeMissions(pool, programme)).map((mission) => [mission.id, mission]));
  let settled = 0;
  let after = { bucket: -1, member: 0 };
  for (;;) {
    const due = await listDue(pool, after, AT_ONCE);
    if (due.length === 0) return settled;
    const done = await Promise.all(
      due.map((row) => {
        const mission = missions.get(row.mission);
        return mission === undefined ? false : settleOne(deps, programme, mission, row);
      }),
    );
    settled += done.filter(Boolean).length;
    const last = due[due.length - 1] as StoredProgress;
    // A page may end within a member: the rest of his stays due and is met in the next round.
    after = { bucket: bucketOf(last.member), member: last.member };
  }
}

async function settleOne(
  deps: SettleDeps,
  programme: CompiledProgramme,
  mission: MissionTerms,
  row: StoredProgress,
): Promise<boolean> {
  const desired = desiredOf(mission, row.done, programme.calendar);
  const turn = row.turn + 1;
  const request = await requestOf(deps, programme, mission, row, desired, turn);
  const outcome = await deps.checkout.reward(request);
  if (!outcome.ok) {
    if (outcome.failure.code === "budget-exhausted")
      return note(deps, mission, row, turn, undefined, desired, "budget-exhausted");
    // A member merged or erased meanwhile: nothing to give any more. The rest is tried again.
    if (outcome.failure.code !== "unknown-member") throw new Error(`a reward was refused: ${outcome.failure.code}`);
    return note(deps, mission, row, turn, undefined, desired);
  }
  return note(deps, mission, row, turn, outcome.value.body, desired);
}

async function requestOf(
  deps: SettleDeps,
  programme: CompiledProgramme,
  mission: MissionTerms,
  row: StoredProgress,
  desired: Desired,
  turn: number,
) {
  const { calendar } = programme;
  const { done, given, member } = row;
  const traits: Trait[] = [];
  const { reward } = mission;
  if (reward.kind === "boost") {
    // A boost that moves ends where it began: it then holds at no time.
    if (given?.from !== undefined)
      traits.push({ kind: "boost", key: reward.key, fromAt: given.from, untilAt: given.from });
    if (desired.kind === "boost") traits.push(boostTrait(reward.key, desired));
  }
  const takeBack = desired.kind === "nothing" ? await toTakeBack(deps.pool, programme, mission, row) : [];
  const now = deps.clock.now();
  const earned: EarnPart | undefined =
    desired.kind === "points"
      ? {
          availableAt: now,
          expiresAt:
            reward.kind === "points" && reward.expiry !== undefined
              ? (endOf(now, reward.expiry, calendar) ?? NEVER)
              : (programme.defaultLot.times(now).expiresAt ?? NEVER),
          funders: mission.funders,
          amountCents: splitByLargestRemainder(desired.cents, mission.weights),
        }
      : undefined;
  return {
    idempotencyKey: ["mission", mission.id, member, turn],
    member,
    partner: mission.partner,
    traits,
    ...(earned === undefined ? {} : { earned }),
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
      kind: desired.kind,
      ...(done === undefined ? {} : { doneAt: done.at, doneBy: done.source }),
    },
  };
}

function boostTrait(key: string, { from, until }: Extract<Desired, { kind: "boost" }>): Trait {
  return { kind: "boost", key, fromAt: from, ...(until === undefined ? {} : { untilAt: until }) };
}

/** Points that came of a goal that is undone: the award, or what the boost's rules earned. */
async function toTakeBack(
  pool: Pool,
  programme: CompiledProgramme,
  mission: MissionTerms,
  { given, member }: StoredProgress,
): Promise<TakeBackItem[]> {
  if (given === undefined) return [];
  if (given.cents !== undefined) {
    const shares = splitByLargestRemainder(given.cents, mission.weights);
    return mission.funders.map((funder, f) => ({ seq: given.seq, funder, cents: shares[f] as number }));
  }
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

/** Notes what an operation has done, once: the row is locked, and a turn that is noted already stays as it is. */
async function note(
  deps: SettleDeps,
  mission: MissionTerms,
  row: StoredProgress,
  turn: number,
  operation: StoredOperation | undefined,
  desired: Desired,
  refused?: string,
): Promise<boolean> {
  return transaction(deps.pool, async (client) => {
    const stored = await lockProgress(client, row.member, row.mission);
    if (!stored || stored.turn !== row.turn) return false;
    const given = operation === undefined ? undefined : givenOf(operation, desired);
    // The goal may have moved while the operation was posted: then it is due again.
    const isStill = stored.done?.at === row.done?.at && stored.done?.source === row.done?.source;
    await putGiven(client, {
      member: row.member,
      mission: row.mission,
      steps: stored.steps,
      ...(given === undefined ? {} : { given }),
      turn,
      ...(refused === undefined ? {} : { refused }),
      isDue: (operation !== undefined || refused !== undefined) && !isStill,
    });
    if (operation !== undefined) await putCompletion(client, completionOf(mission, row, turn, operation, desired));
    return true;
  });
}

function givenOf(operation: StoredOperation, desired: Desired): Given | undefined {
  const { seq } = operation;
  if (desired.kind === "nothing") return undefined;
  if (desired.kind === "points") return { seq, cents: (operation.body as RewardOperationBody).cents };
  return { seq, from: desired.from, until: desired.until ?? null };
}

/** The acquisition fee is owed once a completion is given, and credited when it is undone. */
function completionOf(
  mission: MissionTerms,
  row: StoredProgress,
  turn: number,
  operation: StoredOperation,
  desired: Desired,
): Completion {
  const kind = desired.kind === "nothing" ? "taken-back" : row.given === undefined ? "given" : "moved";
  const fee = kind === "given" ? mission.feeKopecks : kind === "taken-back" ? -mission.feeKopecks : 0;
  return {
    member: row.member,
    mission: mission.id,
    turn,
    kind,
    ...(row.done === undefined ? {} : { done: row.done }),
    seq: operation.seq,
    cents: (operation.body as RewardOperationBody).cents,
    feeKopecks: fee,
    ...(fee === 0 ? {} : { feePartner: mission.partner }),
    accountingDay: formatDay(operation.accountingDay),
    postedAt: operation.postedAt,
  };
}
