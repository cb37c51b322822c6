import { findKeys } from "#domains/ledger/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok } from "#kernel/result.ts";
import type { BatchContext } from "./batch-context.ts";
import { formatReceiptId } from "./keys.ts";
import { readPosted } from "./read-posted.ts";
import type { Task } from "./task.ts";

/**
 * Answers retries of what this process has posted, beside the batch, which does not wait for it. Of equal requests in one batch the first stands for all; one with
 * the same key and another body has to wait until the first is known to be accepted (a conflict) or refused (its turn).
 */
export function answerReplays(
  context: BatchContext,
  tasks: readonly Task[],
): { readonly open: Task[]; readonly later: Task[]; readonly answered: Promise<unknown> } {
  const first = new Map<string, { readonly task: Task; readonly twins: Task[] }>();
  const later: Task[] = [];
  const answers: Promise<void>[] = [];
  for (const task of tasks) {
    const known = context.memory.recentKeys.get(task.key.text);
    const twin = first.get(task.key.text);
    if (known) answers.push(answerFrom(context, task, known.bodyHash, known).catch(task.fail));
    else if (!twin) first.set(task.key.text, { task, twins: [] });
    else if (twin.task.key.bodyHash.equals(task.key.bodyHash)) twin.twins.push(task);
    else later.push(task);
  }
  const open = [...first.values()].map(({ task, twins }) => standingFor(task, twins));
  return { open, later, answered: Promise.all(answers) };
}

/** The first of equal requests, whose outcome is that of the others too: a success is a replay for them. */
function standingFor(task: Task, twins: readonly Task[]): Task {
  if (twins.length === 0) return task;
  return {
    ...task,
    settle: (outcome) => {
      task.settle(outcome);
      const forTwins = outcome.ok ? ok({ ...outcome.value, replayed: true }) : outcome;
      for (const twin of twins) twin.settle(forTwins);
    },
    fail: (error) => {
      task.fail(error);
      for (const twin of twins) twin.fail(error);
    },
  };
}

function conflict(task: Task) {
  return err({
    code: "idempotency-conflict" as const,
    ...(task.receiptId ? { receiptId: formatReceiptId(task.key.keyHash) } : {}),
  });
}

/** Answers what is already claimed in storage; gives back the rest. */
export async function answerClaimed(context: BatchContext, tasks: readonly Task[]): Promise<Task[]> {
  const claimed = await context.withClient((client) =>
    findKeys(
      client,
      tasks.map((task) => task.key),
    ),
  );
  const byKey = new Map(claimed.map((claim) => [claim.keyHash.toString("latin1"), claim]));
  const open: Task[] = [];
  for (const task of tasks) {
    const claim = byKey.get(task.key.text);
    if (claim) await answerFrom(context, task, claim.bodyHash, claim);
    else open.push(task);
  }
  return open;
}

async function answerFrom(
  context: BatchContext,
  task: Task,
  bodyHash: Buffer,
  claim: { readonly member?: MemberId; readonly seq?: number },
): Promise<void> {
  if (!bodyHash.equals(task.key.bodyHash)) {
    task.settle(conflict(task));
    return;
  }
  task.settle(ok(await readPosted(context.pool, task.key, claim)));
}
