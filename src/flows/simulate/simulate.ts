import type { Pool } from "pg";
import { levelGoals } from "#domains/levels/index.ts";
import {
  type CompiledProgramme,
  canonicalJson,
  compileProgramme,
  type ProgrammeError,
  type Programmes,
} from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";
import { type Change, type ChangeFile, readChange } from "./core/change.ts";
import { createDemand, planBudgets } from "./core/dry-budgets.ts";
import { foreignIn, ownCapsOf } from "./core/own-change.ts";
import { type ReplayContext, replayMember, type Sides } from "./core/replay-member.ts";
import { type BudgetsAre, reportOf, type Simulation } from "./core/report.ts";
import type { Row } from "./core/rows.ts";
import { createTally } from "./core/tally.ts";
import { createDecoder } from "./store/decode.ts";
import { bucketRanges, readOperations } from "./store/read-operations.ts";
import { readTraits } from "./store/read-traits.ts";

export type SimulateDeps = {
  readonly pool: Pool;
  readonly clickhouse: ClickHouseClient;
  readonly programmes: Programmes;
};

export type SimulateRequest = {
  readonly change: ChangeFile;
  readonly fromAt: EpochMs;
  readonly untilAt: EpochMs;
  /** `booked` for a patch, `latest` for a whole programme, unless given. */
  readonly base?: "booked" | "latest";
  /** `run-dry` unless given. */
  readonly budgets?: BudgetsAre;
  /** Whose view: only its receipts are counted, and of costs its own. The change has to be about its own (`foreignIn`). */
  readonly partner?: PartnerId;
};

export type SimulateControl = {
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, of: number) => void;
  /** Share of the time that is left to others in this process, 0 to below 1: for one that answers requests meanwhile. */
  readonly idleShare?: number;
};

export type SimulateFailure =
  | { readonly code: "no-programme" }
  | { readonly code: "change-invalid"; readonly errors: readonly ProgrammeError[] }
  /** Partners ask about what concerns only themselves. */
  | { readonly code: "foreign-change"; readonly paths: readonly string[] };

/** Members are replayed for so long at a stretch, then others have their turn. */
const STRETCH_MS = 4;
/** Turns of the event loop after a stretch while the next page is on its way: each takes one chunk of 64 KB from its socket. */
const TURNS = 24;

/**
 * Replays the receipts of [fromAt, untilAt) as the warehouse has them through `price`, under the programme as it was and as
 * it would have been. Only reads; memory does not grow with receipts. Throws when `signal` aborts.
 */
export async function simulate(
  deps: SimulateDeps,
  request: SimulateRequest,
  control: SimulateControl,
): Promise<Result<Simulation, SimulateFailure>> {
  const { latest } = deps.programmes;
  if (latest === undefined) return err({ code: "no-programme" });
  const change = readChange(request.change, latest);
  if (!change.ok) return err({ code: "change-invalid", errors: change.failure });
  const { partner } = request;
  if (partner !== undefined) {
    const paths = foreignIn(change.value, latest, partner);
    if (paths.length > 0) return err({ code: "foreign-change", paths });
  }
  return ok(await simulateIn(deps, latest, change.value, request, control));
}

/**
 * Once with budgets as they were booked, which tells what is asked of them; where that runs one dry (or one that had run dry
 * does no more), once again with it running dry.
 */
async function simulateIn(
  deps: SimulateDeps,
  latest: CompiledProgramme,
  change: Change,
  request: SimulateRequest,
  control: SimulateControl,
): Promise<Simulation> {
  const { partner, budgets: budgetsAre = "run-dry", fromAt, untilAt } = request;
  const base = request.base ?? (change.kind === "patch" ? "booked" : "latest");
  const hasBudgets = [latest, change.latest].some(({ caps }) => [...caps.values()].some(({ isShared }) => isShared));
  const mayRunDry = hasBudgets && budgetsAre === "run-dry";
  const demand = hasBudgets ? createDemand() : undefined;
  const halves = mayRunDry ? 2 : 1;
  const run = async (extra: Partial<ReplayContext>, half: number) => {
    const [tally, hidden] = [createTally(), createTally()];
    const view = partner === undefined ? {} : { view: { partner, hidden } };
    const onProgress = (done: number, of: number) => control.onProgress(done + half * of, of * halves);
    await replay(deps, latest, change, base, { tally, ...view, ...extra }, request, { ...control, onProgress });
    return { tally, hidden };
  };
  let done = await run(demand === undefined ? {} : { demand }, 0);
  const plan = mayRunDry && demand !== undefined ? planBudgets(demand) : undefined;
  if (plan?.changesAnything) done = await run({ plan }, 1);
  else control.onProgress(1, 1);
  const { tally, hidden } = done;
  return reportOf(tally, {
    ...{ fromAt, untilAt, change: change.kind, base, latest, changed: change.latest, budgetsAre },
    ...(demand === undefined ? {} : { demand }),
    ...(plan === undefined ? {} : { plan }),
    ...(partner === undefined
      ? {}
      : { view: { partner, hidden, ownCaps: ownCapsOf(change.latest.document, partner) } }),
  });
}

async function replay(
  deps: SimulateDeps,
  latest: CompiledProgramme,
  change: Change,
  base: "booked" | "latest",
  extra: Omit<ReplayContext, "sidesOf" | "levelsUnder">,
  request: SimulateRequest,
  control: SimulateControl,
): Promise<void> {
  const movesLevels = canonicalJson(latest.document.levels) !== canonicalJson(change.latest.document.levels);
  const goals = movesLevels ? levelGoals(change.latest) : [];
  const context: ReplayContext = {
    ...extra,
    sidesOf: createSides(deps.programmes, latest, change, base),
    ...(movesLevels
      ? { levelsUnder: { goalsAt: () => goals, calendar: latest.calendar, fromAt: request.fromAt } }
      : {}),
  };
  const counted = () => context.tally.receipts + (context.view?.hidden.receipts ?? 0);
  const { fromAt, untilAt } = request;
  const ranges = await bucketRanges(deps.clickhouse, fromAt, untilAt);
  const total = ranges.reduce((sum, { receipts }) => sum + receipts, 0);
  const read = async (i: number) => {
    const range = ranges[i];
    if (range === undefined) return undefined;
    const [answer, traits] = await Promise.all([
      readOperations(deps.clickhouse, range, { fromAt, untilAt, withHistory: movesLevels }, control.signal),
      readTraits(deps.pool, range.from, range.to),
    ]);
    return { answer, traits };
  };
  let isReading = false;
  const readAhead = async (i: number) => {
    isReading = true;
    try {
      return await read(i);
    } finally {
      isReading = false;
    }
  };
  const breathe = createBreath(control, () => isReading);
  const decoder = createDecoder();
  let coming = readAhead(0);
  for (let i = 0; i < ranges.length; i++) {
    const page = await coming;
    control.signal.throwIfAborted();
    // The next page is read while this one is replayed.
    coming = readAhead(i + 1);
    coming.catch(() => {});
    if (page === undefined) break;
    let member = -1;
    let rows: Row[] = [];
    const flush = () => {
      if (rows.length > 0) replayMember(context, { member, rows, traits: page.traits.get(member) ?? [] });
    };
    for (const decoded of decoder.rows(page.answer)) {
      if (decoded.member !== member) {
        flush();
        member = decoded.member;
        rows = [];
        if (breathe.isDue()) {
          control.onProgress(Math.min(counted(), total), total);
          await breathe.pause();
          control.signal.throwIfAborted();
        }
      }
      rows.push(decoded.row);
    }
    flush();
    control.onProgress(Math.min(counted(), total), total);
  }
}

/** The two programmes of each version, made when first asked for; without rules where earning was stopped. */
export function createSides(
  programmes: Programmes,
  latest: CompiledProgramme,
  change: Change,
  base: "booked" | "latest",
): ReplayContext["sidesOf"] {
  const made = new Map<number, Sides>();
  const stopped = new Map<number, Sides>();
  const sidesOf = (version: number): Sides => {
    const known = made.get(version);
    if (known !== undefined) return known;
    const own = programmes.version(version);
    const before = base === "booked" ? own : latest;
    const after = change.programmeFor(before);
    const isSame = after !== undefined && canonicalJson(after.document) === canonicalJson(before.document);
    const sides = {
      before,
      after: after === undefined || isSame ? before : after,
      isBooked: before === own,
      isUnfit: after === undefined,
    };
    made.set(version, sides);
    return sides;
  };
  return (version, isStopped) => {
    const sides = sidesOf(version);
    if (!isStopped) return sides;
    const known = stopped.get(version);
    if (known !== undefined) return known;
    const before = withoutRules(sides.before);
    const bare = { ...sides, before, after: sides.after === sides.before ? before : withoutRules(sides.after) };
    stopped.set(version, bare);
    return bare;
  };
}

function withoutRules({ document, version, effectiveFromAt }: CompiledProgramme): CompiledProgramme {
  return compileProgramme({ ...document, rules: {} }, version, effectiveFromAt);
}

function createBreath({ idleShare = 0 }: SimulateControl, isReading: () => boolean) {
  let sinceMs = performance.now();
  let members = 0;
  return {
    // The clock is asked at every sixteenth member only: it costs as much as a small receipt.
    isDue: () => (++members & 15) === 0 && performance.now() - sinceMs >= STRETCH_MS,
    pause: async () => {
      const tookMs = performance.now() - sinceMs;
      const restMs = (tookMs * idleShare) / (1 - idleShare);
      if (restMs >= 1) await new Promise<void>((resolve) => setTimeout(resolve, restMs));
      for (let turn = 0; turn === 0 || (turn < TURNS && isReading()); turn++) {
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      sinceMs = performance.now();
    },
  };
}
