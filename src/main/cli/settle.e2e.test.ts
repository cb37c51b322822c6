import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { applyProgramme } from "#domains/program/index.ts";
import { systemClock as clock } from "#platform/clock.ts";
import { testEngines } from "../../../test/engines.ts";
import { insertOperations, issued, spent } from "../../../test/hand-made-operations.ts";
import { dolka } from "../../../test/stack.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";

const { pool, pgUrl, clickhouseUrl } = await testEngines();
const folder = mkdtempSync(join(tmpdir(), "dolka-settle-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) =>
  dolka([...args, "--home", join(folder, "home")], { PG_URL: pgUrl, CLICKHOUSE_URL: clickhouseUrl });

const applied = await applyProgramme(
  { pool, clock },
  { file: { name: "test.yaml", text: SMALL_COALITION }, appliedBy: "test", comment: "" },
);
assert.ok(applied.ok);
await insertOperations(pool, [
  { member: 1, seq: 1, accountingDay: "2025-01-10", movements: [issued("alfa", 20_000)] },
  { member: 1, seq: 2, accountingDay: "2025-02-20", partner: "beta", movements: [spent("alfa", "beta", 12_000)] },
]);

test("settle moves what waits, closes earlier months first, and shows what was frozen when asked again", async () => {
  const alone = await run("settle", "2025-02", "--alone");
  assert.equal(alone.code, 1);
  assert.match(alone.stderr, /Earlier months are open: 2025-01/);
  const closed = await run("settle", "2025-02");
  assert.equal(closed.code, 0, closed.stderr);
  assert.match(closed.stdout, /Closed 2025-01 first: 0 lines/);
  assert.match(closed.stdout, /alfa +beta +120\.00 RUB/);
  const again = await run("settle", "2025-02", "--json");
  assert.equal(again.code, 0);
  const [settlement] = JSON.parse(again.stdout) as { month: string; positions: unknown }[];
  assert.deepEqual(settlement?.positions, [
    { partner: "alfa", owesKopecks: 12_000, owedKopecks: 0, netKopecks: -12_000 },
    { partner: "beta", owesKopecks: 0, owedKopecks: 12_000, netKopecks: 12_000 },
  ]);
});

test("a month that is not over, or is none, is refused with its exit code", async () => {
  const future = await run("settle", "2999-01");
  assert.deepEqual([future.code, /is not over/.test(future.stderr)], [1, true]);
  assert.equal((await run("settle", "2025-13")).code, 2);
  assert.equal((await run("settle")).code, 2);
});

test("acts, the settlement and operations are written to files", async () => {
  const acts = await run("export", "act", "2025-02", "--format", "csv", "--to", folder, "--json");
  assert.equal(acts.code, 0, acts.stderr);
  const { files } = JSON.parse(acts.stdout) as { files: string[] };
  assert.deepEqual(files.map((file) => file.slice(folder.length + 1)).sort(), [
    "act-2025-02-alfa.csv",
    "act-2025-02-beta.csv",
  ]);
  assert.match(readFileSync(files[0] as string, "utf8"), /120,00/);
  await run("export", "act", "2025-02", "--partner", "alfa", "--to", folder);
  assert.match(readFileSync(join(folder, "act-2025-02-alfa.pdf"), "latin1"), /^%PDF-/);
  assert.equal((await run("export", "act", "2025-03", "--to", folder)).code, 1);

  const file = join(folder, "settlement.csv");
  assert.equal((await run("export", "settlement", "2025-02", "--format", "csv", "--to", file)).code, 0);
  assert.match(readFileSync(file, "utf8"), /2025-02,line_\w+,claim,alfa,beta,,,120\.00,120\.00/);

  const operations = join(folder, "operations.ndjson");
  assert.equal((await run("export", "operations", "--month", "2025-02", "--to", operations)).code, 0);
  const rows = readFileSync(operations, "utf8").trim().split("\n");
  assert.equal(rows.length, 1);
  assert.equal(JSON.parse(rows[0] as string).operation, "op_00000000001000002");
  const parquet = join(folder, "operations.parquet");
  assert.equal((await run("export", "operations", "--format", "parquet", "--to", parquet)).code, 0);
  assert.ok(existsSync(parquet) && readFileSync(parquet).subarray(0, 4).toString() === "PAR1");
});
