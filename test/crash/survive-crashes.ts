import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { createKey } from "#domains/access/index.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { applyProgramme } from "#domains/program/index.ts";
import { createRandom, type Random } from "#kernel/random.ts";
import { createCalendar } from "#kernel/time.ts";
import { createClickhouse } from "#platform/clickhouse/client.ts";
import { systemClock as clock } from "#platform/clock.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { compareWithWarehouse, untilFed } from "../../bench/checkout/feed.ts";
import { type Stack, startStack, temporaryHome } from "../stack.ts";
import { SMALL_COALITION } from "../support/programmes.ts";
import { createClient } from "./client.ts";
import { type Answered, runTill } from "./tills.ts";
import { comparedWithLedger } from "./what-survived.ts";

export type CrashPlan = {
  /** Decides who is killed, when, and what each till does. */
  readonly seed: number;
  readonly kills: number;
  /** From one kill to the next, at random between these. */
  readonly pauseMs: readonly [least: number, most: number];
  readonly tills: number;
  /** Settings of the engines; the tests' fast ones unless given. */
  readonly environment?: Readonly<Record<string, string>>;
};

export type CrashReport = {
  readonly killed: readonly string[];
  readonly requests: number;
  readonly accepted: number;
  readonly refused: number;
  readonly sentAgain: number;
  readonly troubles: Readonly<Record<string, number>>;
  readonly operations: number;
};

const PROCESSES = ["api", "postgres", "clickhouse", "worker"] as const;

/**
 * Tills work on a stack of their own while its processes are killed with SIGKILL one after the other, and send again
 * whatever was not answered. Then all must be there: each answer once and for ever, wallets that follow from their
 * operations, a warehouse that equals the ledger. Throws an assertion that says what is not.
 */
export async function surviveCrashes(plan: CrashPlan): Promise<CrashReport> {
  const { home, remove } = temporaryHome();
  const stack = await startStack(home, ["--empty", "--port", "0"], plan.environment);
  const pool = createPool({ url: stack.run().postgres, applicationName: "crash test", max: 4 });
  const clickhouse = createClickhouse({ url: stack.run().clickhouse, application: "crash-test" });
  try {
    const key = await openForBusiness(pool);
    const random = createRandom(plan.seed);
    const client = createClient(stack.run().api, key);
    const answered: Answered[] = [];
    let isOver = false;
    const tills = Array.from({ length: plan.tills }, (_, i) =>
      runTill(client, random.fork(`till ${i}`), String(i + 1), () => isOver, answered),
    );
    const killed = await killAround(stack, plan, random.fork("killer"), () => answered.length).finally(() => {
      isOver = true;
    });
    await Promise.all(tills);
    await assertAnsweredOnceAndForEver(client, answered);
    await retrying(() => untilFed({ pool }));
    const operations = await comparedWithLedger(pool, answered);
    const { isEqual, ledger, warehouse } = await compareWithWarehouse({ pool, clickhouse });
    assert.ok(isEqual, `the warehouse is not the ledger: ${JSON.stringify({ ledger, warehouse })}`);
    const verified = await verifyProjections(pool, { calendar: createCalendar("Europe/Moscow"), now: Date.now });
    assert.deepEqual(verified.differences, []);
    const statuses = answered.map(({ answer }) => answer.status);
    return {
      killed,
      requests: answered.length,
      accepted: statuses.filter((status) => status < 300).length,
      refused: statuses.filter((status) => status >= 400).length,
      sentAgain: answered.filter(({ answer }) => answer.attempts > 1).length,
      troubles: Object.fromEntries(client.troubles),
      operations,
    };
  } finally {
    await Promise.allSettled([pool.end(), clickhouse.close()]);
    stack.kill("SIGTERM");
    await stack.ended;
    remove();
  }
}

async function openForBusiness(pool: ReturnType<typeof createPool>): Promise<string> {
  const file = { text: SMALL_COALITION, name: "programme.yaml" };
  const applied = await applyProgramme({ pool, clock }, { file, appliedBy: "crash test", comment: "" });
  assert.ok(applied.ok, JSON.stringify(applied));
  const made = await createKey(
    { pool, clock, random: randomBytes, isPartner: () => true },
    { role: "till", partner: "alfa", name: "tills" },
  );
  assert.ok(made.ok, JSON.stringify(made));
  return made.value.secret;
}

/** Kills each process about equally often; sometimes two at the same moment. Work must have gone on between two kills. */
async function killAround(stack: Stack, plan: CrashPlan, random: Random, doneSoFar: () => number): Promise<string[]> {
  const killed: string[] = [];
  let deck: string[] = [];
  while (killed.length < plan.kills) {
    const [least, most] = plan.pauseMs;
    await new Promise((resolve) => setTimeout(resolve, least + random.int(most - least)));
    await moreWork(doneSoFar, plan.tills);
    for (let at = random.next() < 0.2 ? 0 : 1; at < 2; at++) {
      if (deck.length === 0) deck = shuffled(PROCESSES, random);
      const name = deck.pop() as string;
      if (await killNow(stack, name)) killed.push(name);
    }
  }
  await moreWork(doneSoFar, plan.tills);
  return killed;
}

async function killNow(stack: Stack, name: string): Promise<boolean> {
  const pid = stack.run().pids[name] ?? 0;
  if (pid === 0) return false;
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false; // it is dead already and not started again yet
  }
}

/** Until every till has had an answer or so since: a kill while nothing works proves nothing. */
async function moreWork(doneSoFar: () => number, tills: number): Promise<void> {
  const from = doneSoFar();
  const deadline = Date.now() + 60_000;
  while (doneSoFar() < from + tills) {
    assert.ok(Date.now() < deadline, "the stack did not heal within 60 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function shuffled(names: readonly string[], random: Random): string[] {
  const deck = [...names];
  for (let i = deck.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [deck[i], deck[j]] = [deck[j] as string, deck[i] as string];
  }
  return deck;
}

/** Every accepted request, sent once more, gets the same status and the same body, as a replay. */
async function assertAnsweredOnceAndForEver(
  client: ReturnType<typeof createClient>,
  answered: readonly Answered[],
): Promise<void> {
  for (const { kind, answer } of answered) {
    const isExpected = answer.status < 300 || (answer.status >= 400 && answer.status < 500);
    assert.ok(isExpected, `${kind} was answered ${answer.status}: ${answer.body}`);
  }
  const accepted = answered.filter(({ answer }) => answer.status < 300);
  for (let from = 0; from < accepted.length; from += 16) {
    await Promise.all(
      accepted.slice(from, from + 16).map(async ({ kind, request, answer }) => {
        const again = await client.ask(request);
        const before = { status: answer.status, body: answer.body, isReplay: true };
        const after = { status: again.status, body: again.body, isReplay: again.isReplay };
        assert.deepEqual(after, before, `${kind} ${request.path} ${request.body}`);
      }),
    );
  }
}

/** The last death may be only a moment ago. */
async function retrying<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
