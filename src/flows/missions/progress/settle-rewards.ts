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
  putCompletions,
  putGiven,
  type StoredProgress,
} from "#domains/missions/index.ts";
import { BUDGET_PREFIX, type CompiledProgramme, type Programmes } from "#domains/program/index.ts";
import type { Checkout, RewardOperationBody } from "#flows/checkout/index.ts";
import { bucketOf } from "#kernel/ids.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";
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

/** A batch or two of the checkout; noted in one transaction. */
const AT_ONCE = 512;

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
    const answers = await Promise.all(
      due.map(async (row) => {
        const mission = missions.get(row.mission);
        return mission === undefined ? undefined : settleOne(deps, programme, mission, row);
      }),
    );
    settled += await note(
      deps,
      answers.filter((answer) => answer !== undefined),
    );
    const last = due[due.length - 1] as StoredProgress;
    // A page may end within a member: the rest of his stays due and is met in the next round.
    after = { bucket: bucketOf(last.member), member: last.member };
  }
}

/** What became of one reward; `operation` is absent when nothing was posted. */
type Settled = {
  readonly mission: MissionTerms;
  readonly row: StoredProgress;
  readonly turn: number;
  readonly desired: Desired;
  readonly operation?: StoredOperation;
  readonly refused?: string;
};

async function settleOne(
  deps: SettleDeps,
  programme: CompiledProgramme,
  mission: MissionTerms,
  row: StoredProgress,
): Promise<Settled | undefined> {
  const desired = desiredOf(mission, row.done, programme.calendar);
  const turn = row.turn + 1;
  const settled = { mission, row, turn, desired };
  const outcome = await deps.checkout.reward(await requestOf(deps, programme, mission, row, desired, turn));
  if (outcome.ok) return { ...settled, operation: outcome.value.body };
  const { code } = outcome.failure;
  if (code === "budget-exhausted") return { ...settled, refused: code };
  // A member erased meanwhile: nothing to give any more. The rest is tried again.
  if (code === "unknown-member") return settled;
  // A switch: it stays due, and is given once the switch is back.
  if (code === "earning-stopped") return undefined;
  throw new Error(`a reward was refused: ${code}`);
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

/** Notes what operations have done, once: rows are locked, and a turn that is noted already stays as it is. */
async function note(deps: SettleDeps, settled: readonly Settled[]): Promise<number> {
  if (settled.length === 0) return 0;
  return transaction(deps.pool, async (client) => {
    const locked = await lockProgress(
      client,
      settled.map(({ row }) => row),
    );
    const stored = new Map(locked.map((row) => [`${row.member} ${row.mission}`, row]));
    const given: Omit<StoredProgress, "steps" | "done">[] = [];
    const completions: Completion[] = [];
    for (const each of settled) {
      const { row, turn, operation, refused, desired } = each;
      const now = stored.get(`${row.member} ${row.mission}`);
      if (!now || now.turn !== row.turn) continue;
      const holds = operation === undefined ? undefined : givenOf(operation, desired);
      // The goal may have moved while the operation was posted: then it is due again.
      const isStill = now.done?.at === row.done?.at && now.done?.source === row.done?.source;
      given.push({
        member: row.member,
        mission: row.mission,
        ...(holds === undefined ? {} : { given: holds }),
        turn,
        ...(refused === undefined ? {} : { refused }),
        isDue: (operation !== undefined || refused !== undefined) && !isStill,
      });
      if (operation !== undefined) completions.push(completionOf(each, operation));
    }
    await putGiven(client, given);
    await putCompletions(client, completions);
    return given.length;
  });
}

function givenOf(operation: StoredOperation, desired: Desired): Given | undefined {
  const { seq } = operation;
  if (desired.kind === "nothing") return undefined;
  if (desired.kind === "points") return { seq, cents: (operation.body as RewardOperationBody).cents };
  return { seq, from: desired.from, until: desired.until ?? null };
}

/** The acquisition fee is owed once a completion is given, and credited when it is undone. */
function completionOf({ mission, row, turn, desired }: Settled, operation: StoredOperation): Completion {
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
    accountingDay: operation.accountingDay,
    postedAt: operation.postedAt,
  };
}
