import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdirSync } from "node:fs";
import { test } from "node:test";
import type { Pool } from "pg";
import { createKey } from "#domains/access/index.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { enterDeposit } from "#domains/limits/index.ts";
import { applyProgramme, loadProgrammes } from "#domains/program/index.ts";
import { followFunders, readFunders } from "#flows/limits/index.ts";
import { createRandom } from "#kernel/random.ts";
import { createCalendar } from "#kernel/time.ts";
import { logFolder } from "#main/home/home.ts";
import { startNodeProcess } from "#main/up/node-process.ts";
import { systemClock as clock } from "#platform/clock.ts";
import { freePort } from "#platform/process/ports.ts";
import type { Running } from "#platform/process/supervise.ts";
import { testEngines, testLength } from "../engines.ts";
import { temporaryHome } from "../stack.ts";
import { SMALL_COALITION } from "../support/programmes.ts";

const PROCESSES = 3;
const TILLS = 24;
const seed = Number(process.env.DOLKA_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Points of the budget of receipts at alfa, and of telecom's deposit. */
const LIMITS = testLength() === "long" ? { ours: 60_000, deposit: 40_000 } : { ours: 12_000, deposit: 8_000 };

const programme = `${SMALL_COALITION.replace(
  "kind: telecom, canFund: true, canRedeem: true }",
  "kind: telecom, canFund: true, canRedeem: true, funding: { mode: prepaid } }",
).replace("funders: { alfa: 5, beta: 3, telecom: 2 }", "funders: { alfa: 5, beta: 3 }\n    caps: [ours, beta-year]")}
caps:
  ours: { name: ours, per: member, limit: ${LIMITS.ours} points, of: everyone }
  beta-year: { name: of beta a year, per: year, limit: 9000000 points, of: everyone, funder: beta }
`;

test(`several API processes on one database, two killed in the middle: all of a budget and of a deposit is given, and no more (seed ${seed})`, async (context) => {
  const { pool, pgUrl, clickhouseUrl } = await testEngines();
  const { home, remove } = temporaryHome();
  mkdirSync(logFolder(home), { recursive: true });
  const applied = await applyProgramme(
    { pool, clock },
    { file: { text: programme, name: "p.yaml" }, appliedBy: "test", comment: "" },
  );
  assert.ok(applied.ok, JSON.stringify(applied));
  const cents = LIMITS.deposit * 100;
  const paidIn = { funder: "telecom", key: "1", kind: "deposit" as const, note: "", enteredBy: "test" };
  assert.ok((await enterDeposit(pool, { ...paidIn, amountKopecks: cents, amountCents: cents }, clock.now())).ok);
  const made = await createKey(
    { pool, clock, random: randomBytes, isPartner: () => true },
    { role: "operator", name: "tills" },
  );
  assert.ok(made.ok);
  const running: { url: string; process: Running }[] = [];
  const start = async () => {
    const port = await freePort("127.0.0.1");
    const settings = { home, pgUrl, clickhouseUrl, host: "127.0.0.1", port };
    return { url: `http://127.0.0.1:${port}`, process: await startNodeProcess("api", settings) };
  };
  try {
    process.env.DOLKA_RATE_LIMIT = "off";
    for (let i = 0; i < PROCESSES; i++) running.push(await start());
    const random = createRandom(seed);
    const told = { earned: 0, receipts: 0 };
    let isOver = false;
    const tills = Array.from({ length: TILLS }, (_, till) =>
      runTill({
        random: random.fork(`till ${till}`),
        till,
        key: made.value.secret,
        running,
        told,
        isOver: () => isOver,
      }),
    );
    for (let kill = 0; kill < 2; kill++) {
      await until(async () => (await given(pool)) > (LIMITS.ours * 100 * (1 + kill)) / 4, tills);
      const victim = running[kill] as (typeof running)[number];
      process.kill(victim.process.pid, "SIGKILL");
      running[kill] = await start();
    }
    await until(async () => (await given(pool)) >= (LIMITS.ours + LIMITS.deposit) * 100, tills);
    isOver = true;
    await Promise.all(tills);
    const programmes = await loadProgrammes({ pool, clock });
    while (await followFunders({ pool, clock, programmes })) {}

    assert.deepEqual(await usedOf(pool, "b:ours|"), LIMITS.ours * 100, "all of the budget, and no more");
    assert.equal(await usedOf(pool, "f:telecom"), cents, "all of the deposit, and no more");
    const byFunder = await issued(pool);
    assert.equal(byFunder.get("telecom"), cents);
    assert.equal((byFunder.get("alfa") ?? 0) + (byFunder.get("beta") ?? 0), LIMITS.ours * 100);
    assert.equal(await usedOf(pool, "b:beta-year|"), byFunder.get("beta"), "and what one funder paid of it");
    assert.equal(told.earned, (LIMITS.ours + LIMITS.deposit) * 100, "what tills were told is what was given");
    const telecom = (await readFunders(pool, programmes.current(), 8_000)).find(({ funder }) => funder === "telecom");
    assert.deepEqual([telecom?.cover?.leftCents, telecom?.cover?.state], [0, "stopped"]);
    const verified = await verifyProjections(pool, {
      calendar: createCalendar("Europe/Moscow"),
      now: Date.now,
      url: pgUrl,
    });
    assert.deepEqual(verified.differences, []);
    context.diagnostic(JSON.stringify({ seed, ...told }));
  } finally {
    delete process.env.DOLKA_RATE_LIMIT;
    for (const each of running) await each.process.stop();
    remove();
  }
});

type Till = {
  readonly random: ReturnType<typeof createRandom>;
  readonly till: number;
  readonly key: string;
  readonly running: readonly { readonly url: string }[];
  readonly told: { earned: number; receipts: number };
  readonly isOver: () => boolean;
};

/** One till: sends each receipt to any of the processes, and again to any until it is answered. */
async function runTill({ random, till, key, running, told, isOver }: Till): Promise<void> {
  for (let number = 1; !isOver(); number++) {
    const partner = random.int(5) < 3 ? "alfa" : "telecom";
    const body = JSON.stringify({
      ...{ partner, store: `${partner}-1`, till: String(till), number: String(number), at: new Date().toISOString() },
      member: { kind: "card", value: `card-${random.int(300)}` },
      lines: [{ category: "food", amount: 5_000 + random.int(40_000) }],
    });
    for (;;) {
      const to = running[random.int(running.length)] as { url: string };
      const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
      const answer = await fetch(`${to.url}/v1/receipts`, { method: "POST", headers, body }).catch(() => undefined);
      const json = await answer?.json().catch(() => undefined);
      if (answer?.status === 201 && json !== undefined) {
        told.earned += (json as { earned: number }).earned;
        told.receipts++;
        break;
      }
      const isNotNow = answer === undefined || json === undefined || answer.status === 429 || answer.status === 503;
      assert.ok(isNotNow, `a receipt is never refused for a budget: ${answer?.status} ${JSON.stringify(json)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

async function until(holds: () => Promise<boolean>, tills: readonly Promise<void>[]): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, "it was not given within two minutes");
    // A till that fails says why at once.
    await Promise.race([new Promise((resolve) => setTimeout(resolve, 50)), ...tills]);
  }
}

async function issued(pool: Pool): Promise<Map<string, number>> {
  const { rows } = await pool.query<{ funder: string; cents: number }>(
    `select m ->> 4 as funder, sum((m ->> 6)::int8)::int8 as cents
     from operation, json_array_elements(movements) as m where m ->> 0 = 'ob' group by 1`,
  );
  return new Map(rows.map(({ funder, cents }) => [funder, cents]));
}

async function given(pool: Pool): Promise<number> {
  return [...(await issued(pool)).values()].reduce((sum, cents) => sum + cents, 0);
}

async function usedOf(pool: Pool, prefix: string): Promise<number> {
  const { rows } = await pool.query<{ cents: number }>(
    `select coalesce(sum(b.settled_cents + coalesce(l.used, 0)), 0)::int8 as cents
     from budget b left join lateral (
       select sum(used_cents) as used from budget_lease where key = b.key and is_open) l on true
     where starts_with(b.key, $1)`,
    [prefix],
  );
  return rows[0]?.cents ?? 0;
}
