import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { testEngines } from "../../../test/engines.ts";
import { migratePostgres } from "./migrate.ts";
import { createPool } from "./pool.ts";
import { transaction } from "./transaction.ts";

const engines = await testEngines();
const folder = mkdtempSync(join(tmpdir(), "dolka-migrations-"));
after(() => rmSync(folder, { recursive: true }));

test("bigints come as numbers while they are exact, and are refused beyond that", async () => {
  const { rows } = await engines.pool.query(
    "select 9007199254740991 as big, array[1, null, 3]::bigint[] as list, date '2026-01-31' as day",
  );
  assert.deepEqual(rows, [{ big: 9007199254740991, list: [1, null, 3], day: "2026-01-31" }]);
  await assert.rejects(engines.pool.query("select 9007199254740993 as big"), RangeError);
  assert.deepEqual((await engines.pool.query("select 1::bigint as one")).rows, [{ one: 1 }]);
});

test("a transaction commits what it returns, rolls back what it throws, and repeats a serialization failure", async () => {
  await engines.pool.query("create table counter (id int primary key, n int not null)");
  await engines.pool.query("insert into counter values (1, 0)");
  await assert.rejects(
    transaction(engines.pool, async (client) => {
      await client.query("update counter set n = 100");
      throw new Error("no");
    }),
    /no/,
  );
  const increment = () =>
    transaction(
      engines.pool,
      async (client) => {
        const { rows } = await client.query<{ n: number }>("select n from counter where id = 1");
        await client.query("update counter set n = $1 where id = 1", [(rows[0]?.n ?? 0) + 1]);
      },
      { isolation: "serializable", retries: 50 },
    );
  await Promise.all([increment(), increment(), increment(), increment()]);
  assert.deepEqual((await engines.pool.query("select n from counter")).rows, [{ n: 4 }]);
});

test("two that start at once apply each migration once; an edited, missing or late one is refused", async () => {
  const own = createPool({ url: engines.pgUrl, applicationName: "other", max: 2 });
  await own.query("drop table schema_migration");
  writeFileSync(join(folder, "000001-a.sql"), "create table a1 (x int);\ninsert into a1 values (1);\n");
  writeFileSync(join(folder, "000003-b.sql"), "create table b1 (x int);\n");
  const applied = await Promise.all([migratePostgres(engines.pool, folder), migratePostgres(own, folder)]);
  assert.deepEqual(applied.flat().sort(), ["000001-a", "000003-b"]);
  assert.deepEqual(await migratePostgres(own, folder), []);

  writeFileSync(join(folder, "000002-late.sql"), "create table c1 (x int);\n");
  await assert.rejects(migratePostgres(own, folder), /000002-late comes before 000003-b/);
  rmSync(join(folder, "000002-late.sql"));
  writeFileSync(join(folder, "000003-b.sql"), "create table b1 (x bigint);\n");
  await assert.rejects(migratePostgres(own, folder), /000003-b was edited after it had been applied/);
  rmSync(join(folder, "000003-b.sql"));
  await assert.rejects(
    migratePostgres(own, folder),
    /has the migration 000003-b, which this version of Dolka does not know/,
  );
  await own.end();
});

test("a migration that fails leaves nothing behind", async () => {
  const broken = mkdtempSync(join(tmpdir(), "dolka-migrations-"));
  writeFileSync(join(broken, "000001-a.sql"), "create table half (x int);\ncreate table half (x int);\n");
  await engines.pool.query("drop table schema_migration");
  await assert.rejects(migratePostgres(engines.pool, broken), /already exists/);
  assert.equal((await engines.pool.query("select to_regclass('half') as found")).rows[0].found, null);
  rmSync(broken, { recursive: true });
});
