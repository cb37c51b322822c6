import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { type CompiledProgramme, compileProgramme, parseProgramme, price, type Trait } from "#domains/program/index.ts";
import { simulate } from "#flows/simulate/index.ts";
import { bucketOf } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import { formatDay, formatInstant, parseDay } from "#kernel/time.ts";
import { type ClickHouseClient, createClickhouse } from "#platform/clickhouse/client.ts";
import { migrateClickhouse } from "#platform/clickhouse/migrate.ts";
import { startClickhouse } from "#platform/engines/embedded-clickhouse.ts";
import { createCity } from "#sim/city/city.ts";
import { type BenchOptions, type BenchResult, rounded, say, step } from "./lib/bench.ts";
import { startCpuMeter } from "./lib/cpu-time.ts";
import { BENCH_PASSWORD, benchHome, startBenchPostgres } from "./lib/engine.ts";

export const options = ["home", "copies", "people", "pg"];

const WINDOW = { from: "2026-03-01", to: "2026-03-29" } as const;
const PATCH = "patch: 1\nrules:\n  plus-groceries:\n    earn: 10%\ncaps:\n  boosts-day:\n    limit: 300 points\n";

/**
 * A city's four weeks priced with the demo programme and stored as the feed stores operations, each person so many times
 * over; then one simulation of a patch over all of it. One process reads, decodes and prices both programmes; ClickHouse
 * works in its own. By processor time of this process, and by the clock.
 */
export async function run(asked: BenchOptions): Promise<BenchResult> {
  const people = asked.number("people", 3_000);
  const copies = asked.number("copies", 40);
  const home = benchHome(asked);
  const postgres = await step("PostgreSQL", () => startBenchPostgres(home, asked));
  const server = await step("ClickHouse", () =>
    startClickhouse({
      ...{ dataFolder: join(home.folder, "clickhouse"), password: BENCH_PASSWORD, port: 0, memoryMb: 4_096 },
      logFile: join(home.folder, "logs", "clickhouse.log"),
    }),
  );
  const clickhouse = createClickhouse({ url: server.url, application: "dolka-bench", requestTimeoutMs: 1_800_000 });
  try {
    await migrateClickhouse(clickhouse);
    const programme = demo();
    const traits = await step("receipts", () => fill(clickhouse, programme, people, copies));
    await step("traits", () => fillTraits(postgres.pool, traits, copies));
    const programmes = { latest: programme, current: () => programme, at: () => programme, version: () => programme };
    const { calendar } = programme;
    const [from, to] = [parseDay(WINDOW.from) ?? 0, parseDay(WINDOW.to) ?? 0];
    const window = { fromAt: calendar.startOf(from), untilAt: calendar.startOf(to) };
    const cpu = startCpuMeter({ this: process.pid, clickhouse: server.pid, postgres: postgres.server.pid });
    const startedAt = performance.now();
    const done = await simulate(
      { pool: postgres.pool, clickhouse, programmes },
      { change: { name: "patch", text: PATCH }, ...window },
      { signal: new AbortController().signal, onProgress: () => {} },
    );
    const seconds = (performance.now() - startedAt) / 1_000;
    invariant(done.ok, "the patch fits the demo");
    const used = cpu.read();
    const { receipts, members, check } = done.value;
    say(`  ${receipts} receipts in ${seconds.toFixed(1)} s`);
    return {
      bench: "simulate",
      receiptsPerSecondPerCore: rounded(receipts / (used.this ?? seconds)),
      receiptsPerSecond: rounded(receipts / seconds),
      receipts,
      members,
      reproduced: check.reproduced,
      seconds: rounded(seconds, 1),
      cpuSeconds: used,
      residentMb: rounded(process.memoryUsage.rss() / 2 ** 20),
      rules: programme.rules.size,
      node: process.version,
      cpu: cpus()[0]?.model,
    };
  } finally {
    await clickhouse.close();
    await server.stop();
    await postgres.stop();
    home.remove();
  }
}

function demo(): CompiledProgramme {
  const file = new URL("../examples/demo/programme.yaml", import.meta.url);
  const parsed = parseProgramme(readFileSync(file, "utf8"), "programme.yaml");
  invariant(parsed.ok, "the demo programme is right");
  return compileProgramme(parsed.value, 1, 0);
}

type Standing = {
  readonly traits: Trait[];
  readonly capUse: Map<string, number>;
  readonly firstPurchaseAt: Map<string, number>;
  seq: number;
};

/** Rows as the feed sends them; then copied for as many members. The views are not what is measured. */
async function fill(clickhouse: ClickHouseClient, programme: CompiledProgramme, people: number, copies: number) {
  const city = createCity({ seed: 5, people, ...WINDOW });
  const members = new Map<number, Standing>();
  for (const { person, subscription } of city.members()) {
    if (members.has(person)) continue;
    const traits: Trait[] = subscription ? [{ kind: "subscription", key: "dolka-plus", ...subscription }] : [];
    members.set(person, { traits, capUse: new Map(), firstPurchaseAt: new Map(), seq: 0 });
  }
  const rows: Record<string, unknown>[] = [];
  for (const receipt of city.receipts()) {
    const standing = members.get(receipt.person);
    const body = city.toReceiptBody(receipt);
    if (standing === undefined || body.member === undefined) continue;
    rows.push(rowOf(programme, receipt.person + 1, standing, body));
  }
  const views = ["movement", "settlement_movement", "receipt", "receipt_line", "earned_rule", "returned_line"];
  for (const view of views) await clickhouse.command({ query: `drop view if exists ${view}_from_operation` });
  await clickhouse.insert({ table: "operation", values: rows, format: "JSONEachRow" });
  await clickhouse.command({
    query: `insert into operation select o.* replace (o.member_id + 1000000 * (n.number + 1) as member_id)
      from operation o cross join numbers({copies:UInt32}) n`,
    query_params: { copies: copies - 1 },
    clickhouse_settings: { insert_deduplicate: 0, max_threads: 2 },
  });
  await clickhouse.command({ query: "optimize table operation final" });
  return members;
}

type Body = ReturnType<ReturnType<typeof createCity>["toReceiptBody"]>;

function rowOf(programme: CompiledProgramme, member: number, standing: Standing, body: Body): Record<string, unknown> {
  const at = Date.parse(body.at);
  const { partner, store, till, number, channel, deliveryFee = 0 } = body;
  const tenders = body.tenders.map(({ kind, amount, bank }) => ({
    kind,
    amount,
    ...(bank === undefined ? {} : { bank }),
  }));
  const priced = price(
    {
      ...{ partner, store, till, number, at, channel, deliveryFeeKopecks: deliveryFee, spendCents: 0 },
      lines: body.lines.map(({ category, amount }) => ({ category, amountKopecks: amount })),
      tenders: tenders.map(({ amount, ...rest }) => ({ ...rest, amountKopecks: amount })),
    },
    { ...standing, activeCents: 0 },
    programme,
  );
  invariant(priced.ok, "every receipt of the city can be priced");
  for (const { key, amount } of priced.value.capUse) standing.capUse.set(key, (standing.capUse.get(key) ?? 0) + amount);
  if (!standing.firstPurchaseAt.has(partner)) standing.firstPurchaseAt.set(partner, at);
  const turnover = body.lines.reduce((sum, { amount }) => sum + amount, deliveryFee);
  const shown = { partner, store, till, number, at: body.at, channel, lines: body.lines, deliveryFee, tenders };
  const earned = priced.value.earned.map(({ funders, amountCents, lineCents }) => ({
    ...{ funders, amountCents, lineCents },
  }));
  const day = formatDay(programme.calendar.dayOf(at));
  return {
    ...{ node: 0, bucket: bucketOf(member), member_id: member, seq: ++standing.seq, kind: "purchase", partner },
    ...{ occurred_at: formatInstant(at), posted_at: formatInstant(at), business_day: day, accounting_day: day },
    ...{ programme_version: 1, receipt_id: "", cites_seq: 0, movements: "[]", facts: "", xid: 1 },
    body: JSON.stringify({
      ...{ v: 1, receipt: shown, turnover, rules: priced.value.rules, earned },
      spent: { cents: 0, byLine: [], draws: [] },
      wallet: { activeCents: 0, pendingCents: 0, heldCents: 0, arrearsCents: 0 },
    }),
  };
}

async function fillTraits(
  pool: Awaited<ReturnType<typeof startBenchPostgres>>["pool"],
  members: ReadonlyMap<number, Standing>,
  copies: number,
): Promise<void> {
  const held = [...members].flatMap(([person, { traits }]) => traits.map((trait) => ({ member: person + 1, trait })));
  await pool.query(
    `insert into member_trait (bucket, member_id, kind, key, valid_from, valid_until)
     select t.bucket, t.member + 1000000 * copy, 'subscription', 'dolka-plus', t.f, t.u
     from unnest($1::int2[], $2::int8[], $3::timestamptz[], $4::timestamptz[]) as t(bucket, member, f, u),
       generate_series(0, $5::int4 - 1) as copy`,
    [
      held.map(({ member }) => bucketOf(member)),
      held.map(({ member }) => member),
      held.map(({ trait }) => new Date(trait.fromAt)),
      held.map(({ trait }) => (trait.untilAt === undefined ? null : new Date(trait.untilAt))),
      copies,
    ],
  );
  await pool.query("vacuum (analyze) member_trait");
}
