import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { verifyProjections } from "#domains/ledger/index.ts";
import { applyProgramme } from "#domains/program/index.ts";
import { createRandom } from "#kernel/random.ts";
import { createCalendar } from "#kernel/time.ts";
import { systemClock as clock } from "#platform/clock.ts";
import { testEngines } from "../../../test/engines.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";
import { type ImportReport, importReceipts } from "./index.ts";

const engines = await testEngines();
const { pool, clickhouse } = engines;
const folder = mkdtempSync(join(tmpdir(), "dolka-import-"));
after(() => rmSync(folder, { recursive: true }));

async function apply(text: string): Promise<void> {
  const applied = await applyProgramme(
    { pool, clock },
    { file: { text, name: "p.yaml" }, appliedBy: "test", comment: "" },
  );
  assert.ok(applied.ok, JSON.stringify(applied));
}

function deps(signal = new AbortController().signal) {
  return { pool, clickhouse, clock, identifierSecret: Buffer.from("secret"), signal };
}

async function run(
  file: string,
  mapping: string,
  more: Partial<ReturnType<typeof deps>> & { onProgress?: (stage: string, done: number) => void } = {},
): Promise<ImportReport> {
  const imported = await importReceipts(
    { ...deps(), ...more },
    { file, mapping: { text: mapping, name: "map.yaml" }, refusedFile: `${file}.refused.csv` },
  );
  assert.ok(imported.ok, JSON.stringify(imported));
  return imported.value;
}

async function assertClean(timeZone: string): Promise<void> {
  const report = await verifyProjections(pool, { calendar: createCalendar(timeZone), now: clock.now });
  assert.deepEqual(report.differences, []);
}

const MAPPING = `
format: 1
joins: { goods: { file: goods.csv, column: id, equals: item } }
receipt:
  number: basket
  at: { column: time, timeZone: Europe/Moscow }
  partner: { column: goods.kind, map: { meal: alfa, call: telecom } }
  store: { byPartner: { alfa: alfa-1, telecom: telecom-1 } }
member: { kind: card, column: card }
line:
  category: { column: goods.kind, map: { meal: food }, otherwise: food }
  amount: { column: price, kopecksPerUnit: 100 }
  zero: refuse
spend: { everyVisits: 3 }
`;

/** Rows in no order: some joined to nothing, some free, some unreadable, baskets of two partners. */
function history(baskets: number, seed: number) {
  const random = createRandom(seed);
  const rows: { basket: string; card: string; item: string; price: string; time: string }[] = [];
  for (let basket = 1; basket <= baskets; basket++) {
    const time = new Date(Date.parse("2025-03-01T00:00:00Z") + basket * 600_000).toISOString();
    const card = random.int(10) === 0 ? "" : `c${random.int(40)}`;
    for (let line = 0; line <= random.int(4); line++) {
      const item = ["1", "1", "2", "9"][random.int(4)] as string;
      const price =
        random.int(12) === 0 ? "0" : random.int(40) === 0 ? "free" : `${random.int(900)}.${10 + random.int(90)}`;
      rows.push({ basket: String(basket), card, item, price, time });
    }
  }
  for (let i = rows.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [rows[i], rows[j]] = [rows[j] as never, rows[i] as never];
  }
  return rows;
}

/** What an independent reading of the same file comes to. */
function expectedOf(rows: ReturnType<typeof history>) {
  const taken = rows.filter((row) => /^\d+\.\d+$/.test(row.price) && row.item !== "9");
  const receipts = new Map<string, { partner: string; kopecks: number }>();
  for (const row of taken) {
    const partner = row.item === "1" ? "alfa" : "telecom";
    const key = `${row.basket}|${partner}`;
    const kopecks = (receipts.get(key)?.kopecks ?? 0) + Math.round(Number(row.price) * 100);
    receipts.set(key, { partner, kopecks });
  }
  return {
    rows: taken.length,
    receipts: receipts.size,
    turnover: [...receipts.values()].reduce((sum, r) => sum + r.kopecks, 0),
  };
}

describe("importing a till system's history", () => {
  const rows = history(600, 7);
  const file = join(folder, "history.csv");
  writeFileSync(join(folder, "goods.csv"), "id,kind\n1,meal\n2,call\n");
  writeFileSync(file, `basket,card,item,price,time\n${rows.map((r) => Object.values(r).join(",")).join("\n")}\n`);

  test("an import that was interrupted goes on, counts nothing twice, and ends where an independent sum does", async () => {
    await apply(SMALL_COALITION);
    const stop = new AbortController();
    const first = await run(file, MAPPING, {
      signal: stop.signal,
      onProgress: (stage, done) => {
        if (stage === "post" && done > 300) stop.abort();
      },
    });
    assert.equal(first.state, "interrupted");
    const report = await run(file, MAPPING);
    const expected = expectedOf(rows);
    assert.equal(report.state, "done");
    assert.equal(report.rowsAccepted, expected.rows);
    assert.equal(report.rowsAccepted + report.rowsRefused, rows.length);
    assert.equal(report.receipts, expected.receipts);
    assert.equal(report.turnoverKopecks, expected.turnover);
    assert.ok(report.spentCents > 0);
    const { rows: sums } = await pool.query(
      `select coalesce(sum((m->>6)::int8) filter (where m->>0 = 'ob' and m->>1 in ('pe', 'ac')), 0) as earned,
              coalesce(sum((m->>6)::int8) filter (where m->>1 = 're'), 0) as spent
       from operation, json_array_elements(movements) as m`,
    );
    assert.deepEqual([Number(sums[0].earned), Number(sums[0].spent)], [report.earnedCents, report.spentCents]);
    await assertClean("Europe/Moscow");
  });

  test("refused rows are written once each, with their reasons", () => {
    const refused: string[][] = parse(readFileSync(`${file}.refused.csv`), { from: 2 });
    const reasons = new Map<string, number>();
    for (const [, reason] of refused) reasons.set(reason as string, (reasons.get(reason as string) ?? 0) + 1);
    assert.equal(new Set(refused.map(([row]) => row)).size, refused.length);
    assert.deepEqual([...reasons.keys()].sort(), ["costs nothing", "no partner for it", "unreadable amount"]);
    assert.equal(refused.length, rows.length - expectedOf(rows).rows);
  });

  test("a file that was imported is not imported again", async () => {
    const before = await pool.query("select count(*) from operation");
    const again = await run(file, MAPPING);
    assert.equal(again.wasDone, true);
    assert.deepEqual((await pool.query("select count(*) from operation")).rows, before.rows);
  });

  test("a mapping that names what is not there says so with line and column", async () => {
    const outcome = await importReceipts(deps(), {
      file,
      mapping: { text: MAPPING.replace("column: price", "column: prise"), name: "map.yaml" },
      refusedFile: join(folder, "none.csv"),
    });
    assert.ok(!outcome.ok && outcome.failure.code === "mapping-invalid");
    assert.deepEqual(
      outcome.failure.faults.map(({ line, path, didYouMean }) => [line, path, didYouMean]),
      [[12, "/line/amount/column", "price"]],
    );
  });
});

const DATA = process.env.DOLKA_DATA ?? join(import.meta.dirname, "../../../../shared/data");
const JOURNEY = join(DATA, "complete-journey/transactions_sample.csv.gz");

/** The example programme in a few lines: percent of a receipt's money at one partner, and of its produce. */
function earnedBy(
  lines: readonly Record<string, string>[],
  departments: ReadonlyMap<string | undefined, string | undefined>,
  kopecksOf: (line: Record<string, string>) => number,
): number {
  const PARTNERS: Record<string, string> = {
    "DRUG GM": "pharmacy",
    NUTRITION: "pharmacy",
    COSMETICS: "pharmacy",
    FUEL: "fuel",
    AUTOMOTIVE: "fuel",
    FLORAL: "flowers",
    "GARDEN CENTER": "flowers",
  };
  const RATES: Record<string, number> = { pharmacy: 3, fuel: 2, flowers: 5, market: 1, produce: 4 };
  const bases = new Map<string, number>();
  const add = (basket: string, what: string, kopecks: number): void => {
    bases.set(`${basket}|${what}`, (bases.get(`${basket}|${what}`) ?? 0) + kopecks);
  };
  for (const line of lines) {
    const department = departments.get(line.product_id) ?? "";
    add(line.basket_id as string, PARTNERS[department] ?? "market", kopecksOf(line));
    if (department === "PRODUCE") add(line.basket_id as string, "produce", kopecksOf(line));
  }
  let cents = 0;
  for (const [key, kopecks] of bases)
    cents += Math.floor((kopecks * (RATES[key.split("|")[1] as string] as number)) / 100);
  return cents;
}

/** The real receipts are not part of the project; where they are not at hand the suite is complete without them. */
if (existsSync(JOURNEY)) {
  test("a year of real receipts comes to what an independent sum says", async () => {
    const own = await testEngines();
    const examples = join(import.meta.dirname, "../../../examples/complete-journey");
    const text = readFileSync(join(examples, "programme.yaml"), "utf8");
    const file = { text, name: "programme.yaml" };
    const applied = await applyProgramme({ pool: own.pool, clock }, { file, appliedBy: "test", comment: "" });
    assert.ok(applied.ok);
    // Without spending, what is earned follows from the lines alone, so that a few sums can check it.
    const withSpending = readFileSync(join(examples, "mapping.yaml"), "utf8");
    const mapping = { text: withSpending.replace(/^spend:.*$/m, ""), name: "mapping.yaml" };
    const imported = await importReceipts(
      { ...deps(), pool: own.pool, clickhouse: own.clickhouse },
      { file: JOURNEY, mapping, refusedFile: join(folder, "journey.refused.csv") },
    );
    assert.ok(imported.ok);
    const products = new Map(
      (
        parse(gunzipSync(readFileSync(join(DATA, "complete-journey/products.csv.gz"))), { columns: true }) as Record<
          string,
          string
        >[]
      ).map((product) => [product.product_id, product.department]),
    );
    const lines = parse(gunzipSync(readFileSync(JOURNEY)), { columns: true }) as Record<string, string>[];
    const taken = lines.filter((line) => {
      const department = products.get(line.product_id as string);
      return (
        Math.round(Number(line.sales_value) * 6_000) > 0 &&
        department !== undefined &&
        department !== "" &&
        department !== "COUPON"
      );
    });
    const kopecksOf = (line: Record<string, string>) => Math.round(Number(line.sales_value) * 6_000);
    const report = imported.value;
    assert.equal(report.rowsAccepted + report.rowsRefused, lines.length);
    assert.equal(report.rowsAccepted, taken.length);
    assert.equal(
      report.turnoverKopecks,
      taken.reduce((sum, line) => sum + kopecksOf(line), 0),
    );
    assert.equal(report.earnedCents, earnedBy(taken, products, kopecksOf));
    const verified = await verifyProjections(own.pool, {
      calendar: createCalendar("America/New_York"),
      now: clock.now,
    });
    assert.deepEqual(verified.differences, []);
  });
}
