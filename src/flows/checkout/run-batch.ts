import type { StoredOperation } from "#domains/ledger/index.ts";
import { isLostRace, postChanges } from "#domains/ledger/index.ts";
import { err, ok } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import { type BatchContext, forget } from "./batch-context.ts";
import { joinWants } from "./budgets.ts";
import { type Plan, planBatch } from "./plan-batch.ts";
import { answerClaimed, answerReplays } from "./replays.ts";
import type { Posted, Task } from "./task.ts";

/** More rounds in a row than any honest race needs; past them something is wrong and the requests fail as an error. */
const MAX_FRUITLESS_ROUNDS = 12;
/** Rounds for leases count this much less. */
const LEASE_ROUNDS = 20;

/**
 * Takes a batch from requests to answers: replays, reading what is not remembered, deciding, one posting statement,
 * and again for what a race undid. Every task is settled or failed when it ends, and no task fails for its neighbours.
 */
export async function runBatch(context: BatchContext, tasks: readonly Task[], now: EpochMs): Promise<void> {
  try {
    await runRounds(context, tasks, now);
  } catch (error) {
    // What was committed is unknown: nothing remembered of these members may be trusted.
    forget(context.memory, tasks);
    context.budgets.doubt();
    throw error;
  }
}

async function runRounds(context: BatchContext, tasks: readonly Task[], now: EpochMs): Promise<void> {
  const first = answerReplays(context, tasks);
  let open = first.open;
  let fruitless = 0;
  while (open.length > 0) {
    if (fruitless >= MAX_FRUITLESS_ROUNDS) throw new Error("a batch could not be posted: its rows kept changing");
    const plan = await context.withClient((client) => planBatch(context, client, open, now));
    forget(context.memory, plan.stale);
    const waiting = [...(await settleRefused(context, plan)), ...plan.stale, ...plan.deferred];
    const undone = plan.accepted.length === 0 ? [] : await postPlan(context, plan, now);
    // Leases change only after what used the old ones is posted.
    if (plan.wants.length > 0) await context.budgets.lease(joinWants(plan.wants), now);
    const left = waiting.length + undone.length + plan.short.length;
    // Others may recall a lease before it is used, while they get on; a round for a lease is not yet a fruitless one.
    fruitless = left < open.length ? 0 : fruitless + (plan.wants.length > 0 ? 1 / LEASE_ROUNDS : 1);
    open = [...undone, ...waiting, ...plan.short];
  }
  if (first.later.length > 0) await runRounds(context, first.later, now);
  await first.answered;
}

/** Posts what was accepted and answers it; gives back what a race undid, with the stale rows forgotten. */
async function postPlan(context: BatchContext, plan: Plan, now: EpochMs): Promise<Task[]> {
  const outcome = await post(context, plan, now);
  if (outcome === "posted") {
    context.budgets.settle();
    plan.guards?.settle();
    remember(context, plan);
    return [];
  }
  context.budgets.doubt();
  plan.guards?.doubt();
  const undone = plan.accepted.map(({ task }) => task);
  forget(context.memory, undone);
  if (outcome === "again") return undone;
  if (outcome === "look-up") return answerClaimed(context, undone);
  await bisect(context, undone, now, outcome.error);
  return [];
}

/** A row that can't be stored must not take its neighbours down: halves are posted by themselves, down to the one. */
async function bisect(context: BatchContext, tasks: readonly Task[], now: EpochMs, error: unknown): Promise<void> {
  if (tasks.length === 1) {
    tasks[0]?.fail(error);
    return;
  }
  const middle = tasks.length >> 1;
  await runBatch(context, tasks.slice(0, middle), now);
  await runBatch(context, tasks.slice(middle), now);
}

/**
 * A refusal is the answer only when the request was not accepted before: a retry of a spend finds its points gone, a
 * receipt sent again after a month is too late, and both get their first answer. Gives back what has to be decided
 * again on what is stored.
 */
async function settleRefused(context: BatchContext, plan: Plan): Promise<Task[]> {
  if (plan.refused.length === 0) return [];
  const unclaimed = new Set(
    await answerClaimed(
      context,
      plan.refused.map(({ task }) => task),
    ),
  );
  const again: Task[] = [];
  for (const { task, failure, isCertain } of plan.refused) {
    if (!unclaimed.has(task)) continue;
    if (isCertain) task.settle(err(failure));
    else again.push(task);
  }
  forget(context.memory, again);
  return again;
}

type PostOutcome = "posted" | "again" | "look-up" | { readonly error: unknown };

async function post(context: BatchContext, plan: Plan, now: EpochMs): Promise<PostOutcome> {
  try {
    await context.withClient((client) =>
      postChanges(client, {
        changes: plan.changes,
        keys: plan.keys,
        identifiers: plan.identifiers,
        anonymous: plan.anonymous,
        leases: context.budgets.uses(),
        ...plan.guards?.rows(now),
        firstOpenDay: context.memory.firstOpenDay as number,
      }),
    );
    return "posted";
  } catch (error) {
    return judge(error, context);
  }
}

function judge(error: unknown, context: BatchContext): PostOutcome {
  if (isLostRace(error)) {
    context.memory.firstOpenDay = undefined;
    return "again";
  }
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  // 23505: a key or identifier is there. Without a SQLSTATE of data (22, 23) the connection may have been lost after the
  // commit: either way the keys are read before anything is said.
  if (code === "23505" || !/^(22|23|42)/.test(code)) return "look-up";
  return { error };
}

/** After a commit: answers go out, and the memory is what was written. */
function remember(context: BatchContext, plan: Plan): void {
  const { memory } = context;
  for (const change of plan.changes) memory.wallets.set(change.after.member, change.after);
  for (const identifier of plan.identifiers) {
    memory.members.set(Buffer.from(identifier.valueHash).toString("latin1"), identifier.member);
  }
  for (const { task, operation, anonymousBody } of plan.accepted) {
    if (operation) {
      memory.recentKeys.set(task.key.text, {
        bodyHash: task.key.bodyHash,
        member: operation.member,
        seq: operation.seq,
      });
    }
    task.settle(ok(posted(false, operation, anonymousBody)));
  }
}

function posted(replayed: boolean, operation: StoredOperation | undefined, anonymousBody: unknown): Posted {
  return { replayed, ...(operation ? { operation } : {}), ...(anonymousBody === undefined ? {} : { anonymousBody }) };
}
