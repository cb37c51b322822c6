import type { Pool, PoolClient } from "pg";
import type { Guards } from "#domains/guards/index.ts";
import { createIdentifierKeys, createMemberIds } from "#domains/identity/index.ts";
import { createLaneBudgets } from "#domains/limits/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { err } from "#kernel/result.ts";
import type { Clock } from "#platform/clock.ts";
import { isConnectionLost } from "#platform/postgres/pool.ts";
import { award } from "./award.ts";
import type { BatchContext } from "./batch-context.ts";
import { createBoundedMap } from "./bounded-map.ts";
import type { Checkout, Outcome } from "./checkout.ts";
import { decideReview } from "./decide-review.ts";
import type { Environment } from "./environment.ts";
import { createGatherer, type GathererStats, type LaneKey } from "./gatherer.ts";
import { getReceipt } from "./get-receipt.ts";
import { captureHold, placeHold, voidHold } from "./holds.ts";
import { openWallet } from "./open-wallet.ts";
import { postReceipt } from "./post-receipt.ts";
import { quote } from "./quote.ts";
import type { Principal } from "./requests.ts";
import { returnReceipt } from "./return-receipt.ts";
import { reward } from "./reward.ts";
import { runBatch } from "./run-batch.ts";
import { createSubjectKeys } from "./subject-keys.ts";
import type { Task } from "./task.ts";

export type CheckoutOptions = {
  readonly pool: Pool;
  /**
   * As many connections as lanes, for batches alone: a connection has its plans made and the server's memory mapped once.
   * Those of `pool` unless given.
   */
  readonly lanePool?: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  /** Keys the hashes of identifiers; lost, every card is a stranger. */
  readonly identifierSecret: Uint8Array;
  /** Stops, blocks and velocity rules; nothing is guarded without (imports of history). */
  readonly guards?: Guards | undefined;
  readonly lanes?: number;
  readonly maxBatch?: number;
  readonly maxWaiting?: number;
  /** Members remembered between batches, about 2 KB each. */
  readonly rememberMembers?: number;
};

export type RunningCheckout = Checkout & {
  readonly stats: GathererStats;
  /** Resolves when everything accepted so far is answered. */
  drain(): Promise<void>;
};

/** Wires the use cases of a till to one process's gatherer and memory. */
export function createCheckout(options: CheckoutOptions): RunningCheckout {
  const { pool, clock, programmes } = options;
  const remembered = options.rememberMembers ?? 200_000;
  const batch: Omit<BatchContext, "budgets"> = {
    memory: {
      wallets: createBoundedMap(remembered),
      members: createBoundedMap(remembered * 2),
      redirects: createBoundedMap(remembered),
      recentKeys: createBoundedMap(100_000),
      firstOpenDay: undefined,
    },
    memberIds: createMemberIds(pool),
    calendar: () => programmes.current().calendar,
    programmeVersion: () => programmes.current().version,
    operator: () => programmes.current().operator,
    guards: options.guards,
    pool,
    withClient: (run) => withClient(options.lanePool ?? pool, run),
  };
  const laneCount = options.lanes ?? 2;
  // Each lane leases for itself: their postings never wait for one row.
  const lanes = Array.from({ length: laneCount }, () => ({ ...batch, budgets: createLaneBudgets(pool) }));
  const gatherer = createGatherer(
    {
      lanes: laneCount,
      maxBatch: options.maxBatch ?? 256,
      maxWaiting: options.maxWaiting ?? 4_096,
    },
    (task) => laneKeys(batch, task),
    (tasks, lane) => runBatch(lanes[lane] as BatchContext, tasks, clock.now()),
  );
  const environment: Environment = {
    pool,
    clock,
    programmes,
    batch,
    guards: options.guards,
    identifierKey: createIdentifierKeys(options.identifierSecret),
    subjectKey: createSubjectKeys(options.identifierSecret),
    submit: (task) => new Promise((settle, fail) => gatherer.submit({ ...task, now: clock.now(), settle, fail })),
  };
  return {
    stats: gatherer.stats,
    drain: () => gatherer.drain(),
    postReceipt: judging(environment, postReceipt),
    quote: judging(environment, quote),
    getReceipt: guarded(environment, getReceipt),
    returnReceipt: guarded(environment, returnReceipt),
    placeHold: judging(environment, placeHold),
    captureHold: guarded(environment, captureHold),
    voidHold: guarded(environment, voidHold),
    award: guarded(environment, award),
    openWallet: guarded(environment, openWallet),
    decideReview: (request) =>
      programmes.latest ? decideReview(environment, request) : Promise.resolve(err({ code: "no-programme" })),
    reward: (request) =>
      programmes.latest ? reward(environment, request) : Promise.resolve(err({ code: "no-programme" })),
  };
}

/** Before a programme is applied nothing can be priced or booked. */
function guarded<Request, Body>(
  environment: Environment,
  run: (environment: Environment, request: Request, principal: Principal) => Outcome<Body>,
): (request: Request, principal: Principal) => Outcome<Body> {
  return (request, principal) =>
    environment.programmes.latest
      ? run(environment, request, principal)
      : Promise.resolve(err({ code: "no-programme" }));
}

/** A process that has judged nothing yet first reads what others posted. */
function judging<Request, Body>(
  environment: Environment,
  run: (environment: Environment, request: Request, principal: Principal) => Outcome<Body>,
): (request: Request, principal: Principal) => Outcome<Body> {
  const { guards } = environment;
  const open = guarded(environment, run);
  if (!guards) return open;
  return (request, principal) =>
    guards.isCounting ? open(request, principal) : guards.startCounting().then(() => open(request, principal));
}

/**
 * A member is in one batch at a time. An identifier stands beside the member it was found to be: what began before it was
 * found is known by the identifier alone.
 */
function laneKeys(batch: Pick<BatchContext, "memory">, task: Task): LaneKey[] {
  const { subject } = task;
  if (subject.by === "nobody") return [];
  const keys: LaneKey[] = subject.by === "identifier" ? [subject.key.text] : [];
  const named = subject.by === "member" ? subject.member : batch.memory.members.get(subject.key.text);
  if (named !== undefined) keys.push(batch.memory.redirects.get(named)?.into ?? named);
  return keys;
}

/** A connection that failed goes to the bin: what it was doing is unknown. */
async function withClient<T>(pool: Pool, run: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    const result = await run(client);
    client.release();
    return result;
  } catch (error) {
    client.release(isConnectionLost(error));
    throw error;
  }
}
