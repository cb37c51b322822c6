/** The checkout in one process, without budgets and with ten that every receipt hits, in turns: what budgets cost. */
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { compileProgramme, createProgrammes, type Programmes, parseProgramme } from "#domains/program/index.ts";
import { createCheckout } from "#flows/checkout/index.ts";
import { systemClock } from "#platform/clock.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { populate } from "./checkout/population.ts";
import { programmeFile } from "./checkout/programme.ts";
import { startShoppers } from "./checkout/shoppers.ts";
import { type BenchOptions, type BenchResult, rounded, step, wait } from "./lib/bench.ts";
import { conditions } from "./lib/conditions.ts";
import { BENCH_SECRET, type BenchPostgres, benchHome, startBenchPostgres } from "./lib/engine.ts";

export const options = ["quick", "seconds", "turns", "members", "connections", "budgets", "home", "pg"] as const;

export async function run(given: BenchOptions): Promise<BenchResult> {
  const isQuick = given.flag("quick");
  const members = given.number("members", isQuick ? 20_000 : 200_000);
  const budgets = given.number("budgets", 10);
  const turns = given.number("turns", 3);
  const home = benchHome(given);
  const postgres = await step("PostgreSQL", () => startBenchPostgres(home, given));
  try {
    const identifierKey = createIdentifierKeys(BENCH_SECRET);
    await step("members", () => populate(postgres.pool, { members, now: Date.now(), identifierKey }));
    const without: number[] = [];
    const withBudgets: number[] = [];
    for (let turn = 0; turn < turns; turn++) {
      const plain = await step("without", () => measure(given, postgres, members, programmes(0), `p${turn}`));
      without.push(plain);
      withBudgets.push(await step("with", () => measure(given, postgres, members, programmes(budgets), `b${turn}`)));
    }
    const [plain, limited] = [median(without), median(withBudgets)];
    const { rows } = await postgres.pool.query("select count(*)::int as leases from budget_lease");
    return {
      bench: "budgets",
      budgets,
      receiptsPerSecondWithout: rounded(plain),
      receiptsPerSecondWith: rounded(limited),
      keptShare: rounded(limited / plain, 3),
      ...rows[0],
      members,
      conditions: await conditions(postgres.pool),
    };
  } finally {
    await postgres.stop();
    home.remove();
  }
}

/** Budgets for all rules, each with a limit that is not reached. */
function programmes(budgets: number): Programmes {
  const caps = Array.from(
    { length: budgets },
    (_, i) =>
      `  budget-${i}: { name: B, per: ${i % 2 === 0 ? "day" : "member"}, limit: 1000000000 points, of: everyone, appliesTo: all }`,
  );
  const text = programmeFile().text.replace("caps:\n", `caps:\n${caps.join("\n")}\n`);
  const parsed = parseProgramme(text, "bench");
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure, null, 2));
  const versions = [compileProgramme(parsed.value, 1, 0)];
  return createProgrammes(() => versions, systemClock.now);
}

async function measure(
  given: BenchOptions,
  postgres: BenchPostgres,
  members: number,
  priced: Programmes,
  run: string,
): Promise<number> {
  const pool = createPool({ url: postgres.server.url, applicationName: "dolka bench budgets", max: 20 });
  const checkout = createCheckout({ pool, clock: systemClock, programmes: priced, identifierSecret: BENCH_SECRET });
  const shopping = { seed: 1, members, run: `${run}${Math.floor(Date.now() / 1000).toString(36)}` };
  const shoppers = startShoppers({ checkout, connections: given.number("connections", 128), shopping });
  try {
    await wait(2);
    shoppers.reset();
    const startedAt = performance.now();
    await wait(given.number("seconds", given.flag("quick") ? 4 : 10));
    return shoppers.read().receipts / ((performance.now() - startedAt) / 1000);
  } finally {
    await shoppers.stop();
    await checkout.drain();
    await pool.end();
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] as number;
}
