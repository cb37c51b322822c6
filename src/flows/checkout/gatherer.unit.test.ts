import assert from "node:assert/strict";
import { test } from "node:test";
import { createGatherer } from "./gatherer.ts";
import type { Task } from "./task.ts";

type Batch = { readonly names: string[]; finish(): void };

/** A gatherer over tasks that are only names; their lane keys stand in `keysOf`. */
function gathererOver(
  keysOf: Map<string, string[]>,
  options: { lanes: number; maxBatch?: number; maxWaiting?: number },
) {
  const batches: Batch[] = [];
  const settled: string[] = [];
  const nameOf = (task: Task) => task.receiptId as string;
  const gatherer = createGatherer(
    { maxBatch: 100, maxWaiting: 100, ...options },
    (task) => keysOf.get(nameOf(task)) ?? [],
    (tasks) => new Promise((finish) => batches.push({ names: tasks.map(nameOf), finish })),
  );
  const submit = (name: string) => {
    const settle = (outcome: { ok: boolean }) => settled.push(`${name} ${outcome.ok ? "accepted" : "refused"}`);
    gatherer.submit({ receiptId: name, settle } as unknown as Task);
  };
  const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  return { batches, settled, submit, turn, gatherer };
}

test("what arrives in one turn goes together, and what arrives meanwhile makes the next batch", async () => {
  const { batches, submit, turn } = gathererOver(new Map(), { lanes: 1 });
  for (const name of ["a", "b"]) submit(name);
  await turn();
  for (const name of ["c", "d"]) submit(name);
  await turn();
  assert.deepEqual(
    batches.map(({ names }) => names),
    [["a", "b"]],
  );
  batches[0]?.finish();
  await turn();
  assert.deepEqual(batches[1]?.names, ["c", "d"]);
});

test("a card that was found to be a member's meanwhile still waits for the batch that it began in", async () => {
  const keys = new Map([["first", ["card"]]]);
  const { batches, submit, turn } = gathererOver(keys, { lanes: 2 });
  submit("first");
  await turn();
  keys.set("second", ["card", "member"]); // the first batch has found out whose it is
  submit("second");
  submit("another");
  await turn();
  assert.deepEqual(
    batches.map(({ names }) => names),
    [["first"], ["another"]],
  );
  batches[0]?.finish();
  await turn();
  assert.deepEqual(batches[2]?.names, ["second"]);
});

test("a full queue refuses at once instead of growing", async () => {
  const { settled, submit, gatherer } = gathererOver(new Map(), { lanes: 1, maxWaiting: 2 });
  for (const name of ["a", "b", "c"]) submit(name);
  assert.deepEqual(settled, ["c refused"]);
  assert.equal(gatherer.stats.refused, 1);
});
