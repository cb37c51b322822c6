import assert from "node:assert/strict";
import { test } from "node:test";
import { createJobs, type Job } from "./jobs.ts";

function jobsOf() {
  let count = 0;
  const errors: unknown[] = [];
  const jobs = createJobs({
    clock: { now: () => 1_000 + count },
    newId: () => `job_${++count}`,
    onError: (error) => errors.push(error),
  });
  return { jobs, errors };
}

/** A job's changes until it ends. */
function changesOf(jobs: ReturnType<typeof createJobs>, id: string): Promise<Job[]> {
  return new Promise((resolve) => {
    const seen: Job[] = [];
    jobs.watch(id, (job) => {
      seen.push(job);
      if (job.state !== "running") resolve(seen);
    });
  });
}

test("a job reports its progress and ends with its result", async () => {
  const { jobs } = jobsOf();
  const job = jobs.start("close", "a", async (_signal, report) => {
    await Promise.resolve();
    report(0.5, "half");
    return { ok: true, value: { done: 1 } };
  });
  assert.equal(job.state, "running");
  const seen = await changesOf(jobs, job.id);
  assert.deepEqual(
    seen.map((each) => [each.state, each.progress, each.step]),
    [
      ["running", 0.5, "half"],
      ["done", 1, "half"],
    ],
  );
  assert.deepEqual(jobs.get(job.id)?.result, { done: 1 });
});

test("the same work asked for twice is one job while it runs, and another afterwards", async () => {
  const { jobs } = jobsOf();
  const work = async () => {
    await Promise.resolve();
    return { ok: true, value: 1 } as const;
  };
  const first = jobs.start("close", "a", work);
  assert.equal(jobs.start("close", "a", work).id, first.id);
  assert.notEqual(jobs.start("close", "b", work).id, first.id);
  await changesOf(jobs, first.id);
  assert.notEqual(jobs.start("close", "a", work).id, first.id);
});

test("an expected failure is told; an unexpected one is told to the operator only", async () => {
  const { jobs, errors } = jobsOf();
  const refused = jobs.start("close", "a", async () => {
    await Promise.resolve();
    return { ok: false, failure: { code: "totals-differ", count: 3 } };
  });
  await changesOf(jobs, refused.id);
  assert.deepEqual(jobs.get(refused.id)?.failure, { code: "totals-differ", count: 3 });
  const broken = jobs.start("close", "a", async () => {
    await Promise.resolve();
    throw new Error("secret");
  });
  await changesOf(jobs, broken.id);
  assert.deepEqual(jobs.get(broken.id)?.failure, { code: "internal-error" });
  assert.match(String(errors[0]), /secret/);
});

test("a job is cancelled when it heeds its signal, and all are when the process ends", async () => {
  const { jobs, errors } = jobsOf();
  const waits = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  const one = jobs.start("close", "a", waits);
  const ended = changesOf(jobs, one.id);
  jobs.cancel(one.id);
  assert.equal((await ended).at(-1)?.state, "cancelled");
  const two = jobs.start("close", "a", waits);
  await jobs.close();
  assert.equal(jobs.get(two.id)?.state, "cancelled");
  assert.deepEqual(errors, []);
});

test("ended jobs are kept, but not for ever", async () => {
  const { jobs } = jobsOf();
  const first = jobs.start("close", "0", async () => ({ ok: true, value: 0 }));
  for (let i = 1; i <= 1_000; i++) jobs.start("close", String(i), async () => ({ ok: true, value: i }));
  await jobs.close();
  assert.equal(jobs.get(first.id), undefined);
  assert.equal(jobs.get("job_500")?.state, "done");
});
