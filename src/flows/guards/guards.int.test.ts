import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pool, PoolClient } from "pg";
import {
  endStop,
  keyOfText,
  openGuards,
  putStop,
  SUBJECT_INDEX,
  SUBJECTS,
  type WatchedGuards,
} from "#domains/guards/index.ts";
import { compileProgramme, createProgrammes, parseProgramme } from "#domains/program/index.ts";
import { type CheckoutOptions, createCheckout, type RunningCheckout } from "#flows/checkout/index.ts";
import { HOUR_MS } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { testEngines } from "../../../test/engines.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";

const { pool } = await testEngines();
const clock = manualClock(Date.parse("2026-06-15T12:00:00+03:00"));
const programmeOf = (velocity: string, version: number) => {
  const parsed = parseProgramme(`${SMALL_COALITION}\nvelocity:\n${velocity}`, "test.yaml");
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return compileProgramme(parsed.value, version, 0);
};
// Broken by every receipt but the first, so that a verdict tells how many are counted.
const COUNT = "  count: { name: count, of: partner, limit: 1 time, per: day, action: allow }\n";
const versions = [programmeOf(COUNT, 1)];
const programmes = createProgrammes(() => versions, clock.now);

type Process = { readonly guards: WatchedGuards; readonly checkout: RunningCheckout };
async function start(over: Partial<CheckoutOptions> = {}, counts = true): Promise<Process> {
  const guards = await openGuards({ pool, clock, programmes, counts });
  const options = { pool, clock, programmes, guards, identifierSecret: Buffer.from("test") };
  return { guards, checkout: createCheckout({ ...options, ...over }) };
}

let posted = 0;
async function buy({ checkout }: Process, card = String(posted % 7)): Promise<void> {
  const number = String(++posted);
  const sold = { partner: "alfa", store: "alfa-1", till: "1", number, at: clock.now() };
  const lines = [{ category: "food", amountKopecks: 10_000 }];
  const outcome = await checkout.postReceipt(
    {
      receipt: { ...sold, lines, deliveryFeeKopecks: 0, tenders: [], spendCents: 0 },
      member: { by: "identifier", kind: "card", value: card },
    },
    { keyId: "till", role: "till", partner: "alfa" },
  );
  assert.ok(outcome.ok, JSON.stringify(outcome));
}

/** How many receipts of a day a process counts. */
function counted({ guards }: Process, rule = "count"): number {
  const keys = SUBJECTS.map(() => 0);
  keys[SUBJECT_INDEX.partner] = keyOfText("alfa");
  keys[SUBJECT_INDEX.store] = keyOfText("alfa-1");
  const verdict = guards.judge({
    ...{ kind: "purchase", at: clock.now(), keys, store: "alfa-1", partner: "alfa", channel: "store" },
    ...{ kopecks: 0, earnedCents: 0, spentCents: 0 },
  });
  return (verdict?.hits.find((hit) => hit.rule === rule)?.measured ?? 1) - 1;
}

const [a, b] = [await start(), await start()];

test("processes count what each other posts, once each, however their looks fall among it", async () => {
  for (let round = 0; round < 6; round++) {
    await Promise.all([
      ...Array.from({ length: 8 }, () => buy(a)),
      a.guards.refresh(),
      ...Array.from({ length: 5 }, () => buy(b)),
      b.guards.refresh(),
    ]);
  }
  for (const process of [a, b]) {
    await process.guards.refresh();
    assert.equal(counted(process), posted);
  }
});

test("a process that starts counts at once what was posted before it", async () => {
  assert.equal(counted(await start()), posted);
});

test("a process that judges nothing counts nothing, until its first receipt: that one is judged by all that was posted", async () => {
  const asleep = await start({}, false);
  await buy(a);
  await asleep.guards.refresh();
  assert.deepEqual([asleep.guards.isCounting, asleep.guards.stats.subjects(), counted(asleep)], [false, 0, 0]);
  await buy(asleep);
  assert.deepEqual([asleep.guards.isCounting, counted(asleep)], [true, posted]);
  await Promise.all([a.guards.refresh(), asleep.guards.refresh()]);
  assert.deepEqual([counted(a), counted(asleep)], [posted, posted]);
});

test("a batch whose connection is lost right after its commit counts once, also where it was posted", async () => {
  let losing = 1;
  const lanePool = {
    connect: async () => {
      const client = await pool.connect();
      const query = async (statement: { name?: string }, ...rest: never[]) => {
        const answer = await (client.query as (...all: unknown[]) => Promise<unknown>)(statement, ...rest);
        if (statement.name?.startsWith("post-") && losing-- > 0) throw new Error("the connection was lost");
        return answer;
      };
      return { query, release: (isBroken: boolean) => client.release(isBroken) } as unknown as PoolClient;
    },
  } as Pick<Pool, "connect"> as Pool;
  const lossy = await start({ lanePool });
  await buy(lossy, "lost");
  assert.equal(counted(lossy), posted - 1, "not known yet");
  await lossy.guards.refresh();
  await buy(lossy, "found");
  await lossy.guards.refresh();
  assert.equal(counted(lossy), posted);
});

test("what is counted are the operations that were posted: as many, for as much", async () => {
  const { rows } = await pool.query<{ facts: string }>("select facts from guard_journal");
  const facts = rows.flatMap((row) => (JSON.parse(row.facts) as [number, number, string[], number[][]])[3]);
  const operations = await pool.query<{ n: number; kopecks: number }>(
    "select count(*)::int as n, sum((body ->> 'turnover')::int)::int as kopecks from operation where kind = 'purchase'",
  );
  const kopecks = facts.reduce((sum, fact) => sum + (fact[5] as number), 0);
  assert.deepEqual({ n: facts.length, kopecks }, operations.rows[0]);
});

test("a rule that a new version brings counts what was posted before it came", async () => {
  versions.push(
    programmeOf(`${COUNT}  store: { name: s, of: store, limit: 1 time, within: 2 hours, action: allow }\n`, 2),
  );
  await Promise.all([buy(a), a.guards.refresh(), buy(a)]);
  await a.guards.refresh();
  assert.equal(counted(a), posted);
  // Stores were nobody's business before: their keys were not kept.
  const known = counted(a, "store");
  await buy(a);
  assert.equal(counted(a, "store"), known + 1);
  clock.advance(3 * HOUR_MS);
  assert.equal(counted(a, "store"), 0);
});

test("a stop is known to another process at its next look", async () => {
  const by = { reason: "a test", stoppedBy: "tester", stoppedAt: clock.now() };
  const { stop } = await putStop(pool, { scope: "programme", subject: "test", what: "earning", ...by });
  const watching = b.guards.watch((error) => assert.fail(String(error)));
  const since = performance.now();
  while (b.guards.stops.earning.size === 0) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(performance.now() - since < 1_000, `known after ${performance.now() - since} ms`);
  await watching.stop();
  await endStop(pool, { id: stop.stopId, by: "tester", at: clock.now(), reason: "over" });
  await b.guards.refresh();
  assert.equal(b.guards.stops.earning.size, 0);
});
