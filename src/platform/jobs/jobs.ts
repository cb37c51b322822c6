import type { EpochMs } from "#kernel/time.ts";

export type JobState = "running" | "done" | "failed" | "cancelled";

/** An expected failure: a code of the problem registry with its details. */
export type JobFailure = { readonly code: string; readonly [detail: string]: unknown };

/** Long work that somebody asked for and looks at from time to time. */
export type Job = {
  readonly id: string;
  readonly kind: string;
  readonly state: JobState;
  /** 0..1 */
  readonly progress: number;
  /** What it is at. */
  readonly step?: string;
  readonly startedAt: EpochMs;
  readonly endedAt?: EpochMs;
  readonly result?: unknown;
  readonly failure?: JobFailure;
};

export type JobOutcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: JobFailure };
export type JobWork = (signal: AbortSignal, report: (progress: number, step?: string) => void) => Promise<JobOutcome>;

export type Jobs = {
  /** Starts work, or finds the job that does the same already: `key` says what is the same. */
  start(kind: string, key: string, work: JobWork): Job;
  get(id: string): Job | undefined;
  /** Asks a running job to stop; returns it as it is then. */
  cancel(id: string): Job | undefined;
  /** Calls back on every change until the job ends. Returns how to stop listening. */
  watch(id: string, onChange: (job: Job) => void): () => void;
  /** Stops all that runs and waits for it. */
  close(): Promise<void>;
};

export type JobsDeps = {
  readonly clock: { now(): EpochMs };
  readonly newId: () => string;
  /** Told of what no job should throw. */
  readonly onError: (error: unknown, job: Job) => void;
};

/** Ended jobs that can still be looked at. */
const KEPT = 1_000;

type Entry = {
  job: Job;
  readonly key: string;
  readonly stop: AbortController;
  readonly listeners: Set<(job: Job) => void>;
  ended: Promise<void>;
};

/**
 * Jobs of this process. What they do must survive their death by itself (be resumable): a job is lost with the process,
 * and the work is asked for again.
 */
export function createJobs(deps: JobsDeps): Jobs {
  const entries = new Map<string, Entry>();
  const running = new Map<string, Entry>();

  const change = (entry: Entry, changes: Partial<Job>) => {
    entry.job = { ...entry.job, ...changes };
    for (const listener of entry.listeners) listener(entry.job);
  };
  const end = (entry: Entry, changes: Partial<Job>) => {
    running.delete(entry.key);
    change(entry, { ...changes, endedAt: deps.clock.now() });
    entry.listeners.clear();
    const ended = [...entries.values()].filter(({ job }) => job.state !== "running");
    for (const { job } of ended.slice(0, Math.max(0, ended.length - KEPT))) entries.delete(job.id);
  };
  const run = async (entry: Entry, work: JobWork): Promise<void> => {
    const { signal } = entry.stop;
    try {
      const outcome = await work(signal, (progress, step) => {
        if (!signal.aborted) change(entry, { progress, ...(step === undefined ? {} : { step }) });
      });
      if (outcome.ok) end(entry, { state: "done", progress: 1, result: outcome.value });
      else end(entry, { state: "failed", failure: outcome.failure });
    } catch (error) {
      if (signal.aborted) return end(entry, { state: "cancelled" });
      deps.onError(error, entry.job);
      end(entry, { state: "failed", failure: { code: "internal-error" } });
    }
  };

  return {
    start(kind, key, work) {
      const same = running.get(key);
      if (same) return same.job;
      const job: Job = { id: deps.newId(), kind, state: "running", progress: 0, startedAt: deps.clock.now() };
      const entry: Entry = {
        job,
        key,
        stop: new AbortController(),
        listeners: new Set(),
        ended: Promise.resolve(),
      };
      entries.set(job.id, entry);
      running.set(key, entry);
      entry.ended = run(entry, work);
      return entry.job;
    },
    get: (id) => entries.get(id)?.job,
    cancel(id) {
      const entry = entries.get(id);
      if (entry?.job.state === "running") entry.stop.abort();
      return entry?.job;
    },
    watch(id, onChange) {
      const entry = entries.get(id);
      if (entry?.job.state !== "running") return () => {};
      entry.listeners.add(onChange);
      return () => entry.listeners.delete(onChange);
    },
    async close() {
      const all = [...running.values()];
      for (const entry of all) entry.stop.abort();
      await Promise.all(all.map((entry) => entry.ended));
    },
  };
}
