import { findKeys } from "#domains/ledger/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok } from "#kernel/result.ts";
import type { BatchContext } from "./batch-context.ts";
import { formatReceiptId } from "./keys.ts";
import { readPosted } from "./read-posted.ts";
import type { Task } from "./task.ts";

/** Retries of what this process has posted, and the second of two equal requests in one batch. */
export async function answerReplays(context: BatchContext, tasks: readonly Task[]): Promise<Task[]> {
  const open: Task[] = [];
  const seen = new Map<string, Task>();
  for (const task of tasks) {
    const known = context.memory.recentKeys.get(task.key.text);
    const twin = seen.get(task.key.text);
    if (known) {
      await answerFrom(context, task, known.bodyHash, known);
    } else if (twin) {
      follow(twin, task);
    } else {
      seen.set(task.key.text, task);
      open.push(task);
    }
  }
  return open.map((task) => withFollowers(task));
}

/** Twins wait for the first of them: the same body gets its answer, another body a conflict. */
const followers = new WeakMap<Task, Task[]>();

function follow(first: Task, twin: Task): void {
  const known = followers.get(first);
  if (known) known.push(twin);
  else followers.set(first, [twin]);
}

function withFollowers(task: Task): Task {
  const twins = followers.get(task);
  if (!twins) return task;
  const each = (act: (twin: Task, isSame: boolean) => void): void => {
    for (const twin of twins) act(twin, twin.key.bodyHash.equals(task.key.bodyHash));
  };
  return {
    ...task,
    settle: (outcome) => {
      task.settle(outcome);
      each((twin, isSame) => {
        if (!outcome.ok) twin.settle(outcome);
        else if (isSame) twin.settle(ok({ ...outcome.value, replayed: true }));
        else twin.settle(conflict(twin));
      });
    },
    fail: (error) => {
      task.fail(error);
      each((twin) => twin.fail(error));
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
  task.settle(ok(await context.withClient((client) => readPosted(client, task.key, claim))));
}
