import {
  beatLinkRun,
  countLinkPairs,
  endLinkRun,
  findLinkRun,
  type LinkRun,
  leaveLinkRun,
  nextLinkPairs,
  planLinkRun,
  takeLinkRun,
} from "#domains/identity/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { MINUTE_MS } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { decidePairOf, type PairOutcome } from "./decide-pair.ts";
import type { LinkMembersDeps } from "./deps.ts";
import { findPairs, TABLE_PREFIX } from "./find-pairs.ts";
import { readPopulation } from "./read-population.ts";

/** A process that has not been heard of for so long is taken for dead. Estimating a million records takes half a minute. */
export const SILENT_MS = 5 * MINUTE_MS;
const BEAT_EVERY_MS = 20_000;
const PAIRS_PER_BEAT = 100;

export type LinkMembersReport = {
  readonly members: number;
  readonly comparedPairs: number;
  readonly thresholds: { readonly merge: number; readonly review: number };
  readonly outcomes: Readonly<Record<PairOutcome, number>>;
  /** Pairs between the thresholds beyond what one run gives to people. */
  readonly left: number;
};

export type LinkMembersFailure =
  /** Another process is at it. */
  | { readonly code: "linkage-running" }
  /** Somebody has cancelled it, or another process has taken it over. */
  | { readonly code: "linkage-cancelled" };

export type LinkMembersOptions = {
  readonly askedBy: string;
  readonly signal?: AbortSignal;
  /** The process ends, the work does not: whoever looks next goes on. Without it an aborted signal cancels the run. */
  readonly isLeftWhenStopped?: boolean;
  readonly onProgress?: (progress: number, step: string) => void;
};

/**
 * Links all stored members with each other: reads their profiles, scores pairs, merges the sure ones, gives the doubtful to
 * people. One at a time over all processes. A run that a killed process left behind is gone on with: found pairs are
 * kept in PostgreSQL and each is decided in a transaction of its own. Throws what the engines throw; the run is then
 * marked as failed. An aborted signal cancels it.
 */
export async function linkMembers(
  deps: LinkMembersDeps,
  options: LinkMembersOptions,
): Promise<Result<LinkRun & { readonly report: LinkMembersReport }, LinkMembersFailure>> {
  const { pool, clock } = deps;
  const holder = deps.newId();
  const now = clock.now();
  const day = deps.programmes.current().calendar.dayOf(now);
  const wanted = { run: `link_${deps.newId().replaceAll("-", "")}`, askedBy: options.askedBy, day, holder };
  const taken = await takeLinkRun(pool, wanted, now, now - SILENT_MS);
  if (!taken) return err({ code: "linkage-running" });
  const work = createWork(deps, taken.run, holder, options);
  try {
    await dropLeftTables(deps);
    if (taken.state === "linking") await findAndPlan(deps, work);
    await decideAll(deps, work);
    const report = await reportOf(deps, taken.run);
    await transaction(pool, (client) => endLinkRun(client, taken.run, { state: "done", now: clock.now(), report }));
    const ended = (await findLinkRun(pool, taken.run)) ?? taken;
    return ok({ ...ended, report });
  } catch (error) {
    const isStopped = error instanceof Stopped || options.signal?.aborted === true;
    if (isStopped && options.isLeftWhenStopped) await leaveLinkRun(pool, taken.run, holder);
    else if (!(error instanceof Lost)) {
      const state = isStopped ? ("cancelled" as const) : ("failed" as const);
      const report = await reportOf(deps, taken.run);
      await transaction(pool, (client) => endLinkRun(client, taken.run, { state, now: clock.now(), report }));
    }
    if (isStopped || error instanceof Lost) return err({ code: "linkage-cancelled" });
    throw error;
  } finally {
    work.close();
  }
}

/** Asked to stop by the signal. */
class Stopped extends Error {}
/** The run is not this process's any more: cancelled by somebody, or taken over. */
class Lost extends Error {}

type Work = {
  readonly run: string;
  readonly holder: string;
  /** Says where the work is; throws when it must end. */
  at(progress: number, step: string): Promise<void>;
  /** The same from where nothing can be awaited: what it finds is thrown at the next step. */
  note(progress: number, step: string): void;
  close(): void;
};

function createWork(deps: LinkMembersDeps, run: string, holder: string, options: LinkMembersOptions): Work {
  let place = { progress: 0, step: "read" };
  let isLost = false;
  const beat = async (): Promise<void> => {
    if (!(await beatLinkRun(deps.pool, run, holder, { now: deps.clock.now(), ...place }))) isLost = true;
  };
  const check = (): void => {
    if (options.signal?.aborted) throw new Stopped();
    if (isLost) throw new Lost();
  };
  // Long queries and estimates say nothing by themselves.
  const timer = setInterval(() => void beat().catch(() => {}), BEAT_EVERY_MS);
  timer.unref();
  const note = (progress: number, step: string): void => {
    check();
    place = { progress, step };
    options.onProgress?.(progress, step);
  };
  return {
    run,
    holder,
    at: async (progress, step) => {
      note(progress, step);
      await beat();
      check();
    },
    note,
    close: () => clearInterval(timer),
  };
}

/** Shares of the way, roughly as long as they take. */
const STEPS: Readonly<Record<string, number>> = {
  prepare: 0.2,
  load: 0.25,
  "random pairs": 0.3,
  blocking: 0.35,
  compare: 0.4,
  estimate: 0.5,
  score: 0.55,
  cluster: 0.6,
};
const DECIDING_FROM = 0.65;

async function findAndPlan(deps: LinkMembersDeps, work: Work): Promise<void> {
  await work.at(0.01, "read");
  const population = await readPopulation(deps, (members) => work.at(0.1, `read ${members} members`));
  await work.at(0.2, "prepare");
  const found = await findPairs(deps, work.run, population, (step) => work.note(STEPS[step] ?? 0.2, step));
  await work.at(DECIDING_FROM, "plan");
  const { pairs, ...counts } = found;
  const report = { members: population.members.length, ...counts };
  const isPlanned = await transaction(deps.pool, (client) => planLinkRun(client, work.run, work.holder, pairs, report));
  if (!isPlanned) throw new Lost();
}

async function decideAll(deps: LinkMembersDeps, work: Work): Promise<void> {
  const counts = await countLinkPairs(deps.pool, work.run);
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let done = total - (counts.get("open") ?? 0);
  for (let after = 0; ; ) {
    const pairs = await nextLinkPairs(deps.pool, work.run, after, PAIRS_PER_BEAT);
    if (pairs.length === 0) return;
    for (const pair of pairs) {
      work.note(DECIDING_FROM + ((1 - DECIDING_FROM) * done) / total, "decide");
      await decidePairOf(deps, work.run, pair);
      done++;
    }
    await work.at(DECIDING_FROM + ((1 - DECIDING_FROM) * done) / total, "decide");
    after = pairs.at(-1)?.number ?? after;
  }
}

async function reportOf(deps: Pick<LinkMembersDeps, "pool">, run: string): Promise<LinkMembersReport> {
  const stored = (await findLinkRun(deps.pool, run))?.report as Omit<LinkMembersReport, "outcomes"> | undefined;
  const counts = await countLinkPairs(deps.pool, run);
  const count = (outcome: PairOutcome) => counts.get(outcome) ?? 0;
  return {
    ...{ members: 0, comparedPairs: 0, thresholds: { merge: 1, review: 1 }, left: 0 },
    ...stored,
    outcomes: {
      merged: count("merged"),
      review: count("review"),
      guarded: count("guarded"),
      waiting: count("waiting"),
      apart: count("apart"),
      together: count("together"),
      gone: count("gone"),
    },
  };
}

/** Compared values never outlive a run: what a killed one left in ClickHouse goes at the beginning of the next. */
async function dropLeftTables({ clickhouse }: LinkMembersDeps): Promise<void> {
  const found = await clickhouse.query({
    query: "SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, {prefix:String})",
    query_params: { prefix: TABLE_PREFIX },
    format: "JSONEachRow",
  });
  for (const { name } of await found.json<{ name: string }>()) {
    await clickhouse.command({ query: `DROP TABLE IF EXISTS ${name} SYNC` });
  }
}

/** Cancels a run, whoever is at it: that process finds out within some pairs. What was decided stays. */
export async function cancelLinkRun(
  deps: Pick<LinkMembersDeps, "pool" | "clock">,
  run: string,
): Promise<Result<LinkRun, { readonly code: "unknown-linkage" } | { readonly code: "linkage-ended" }>> {
  if ((await findLinkRun(deps.pool, run)) === undefined) return err({ code: "unknown-linkage" });
  const report = await reportOf(deps, run);
  const end = { state: "cancelled", now: deps.clock.now(), report } as const;
  const isEnded = await transaction(deps.pool, (client) => endLinkRun(client, run, end));
  return isEnded ? ok((await findLinkRun(deps.pool, run)) as LinkRun) : err({ code: "linkage-ended" });
}
