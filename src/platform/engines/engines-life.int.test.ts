import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createClickhouse, queryRows } from "#platform/clickhouse/client.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { isAlive, processesIn } from "#platform/process/alive.ts";
import { startClickhouse } from "./embedded-clickhouse.ts";
import { startPostgres } from "./embedded-postgres.ts";
import { UNSAFE_BUT_FAST } from "./postgres-settings.ts";
import { unsupportedReason } from "./support.ts";

const home = mkdtempSync(join(tmpdir(), "dolka-life-"));
after(() => rmSync(home, { recursive: true, force: true }));

const postgresFolder = join(home, "postgres");
const startPg = () =>
  startPostgres({
    dataFolder: postgresFolder,
    password: "a 'b' c/d@e",
    port: 0,
    settings: { ...UNSAFE_BUT_FAST, shared_buffers: "32MB" },
    logFile: join(home, "postgres.log"),
  });
const startCh = () =>
  startClickhouse({
    dataFolder: join(home, "clickhouse"),
    password: "p@ss",
    port: 0,
    fsync: false,
    memoryMb: 512,
    logFile: join(home, "clickhouse.log"),
  });

async function sql<T extends object>(url: string, text: string): Promise<T[]> {
  const pool = createPool({ url, applicationName: "test", max: 1 });
  try {
    return (await pool.query<T>(text)).rows;
  } finally {
    await pool.end();
  }
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    assert.ok(Date.now() < deadline, "it did not happen within 30 s");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test("PostgreSQL keeps what was committed over a clean stop, a kill -9, and a kill -9 of its starter", async () => {
  const first = await startPg();
  await sql(first.url, "create table kept (n int)");
  await sql(first.url, "insert into kept values (1)");
  await first.stop();
  assert.deepEqual(processesIn(postgresFolder), []);

  const second = await startPg();
  await sql(second.url, "insert into kept values (2)");
  process.kill(second.pid, "SIGKILL");
  assert.equal((await second.exited).signal, "SIGKILL");

  const third = await startPg(); // its postmaster.pid is stale, orphans may still hold the shared memory
  await sql(third.url, "insert into kept values (3)");
  const fourth = await startPg(); // the third still runs, as after the death of a supervisor: it is stopped first
  await third.exited;
  assert.deepEqual(await sql(fourth.url, "select n from kept order by n"), [{ n: 1 }, { n: 2 }, { n: 3 }]);
  await fourth.stop();
});

test("a postmaster.pid whose number belongs to another program now is no obstacle", async () => {
  const other = spawn("/bin/sh", ["-c", "read -r line"], { stdio: ["pipe", "ignore", "ignore"] });
  await once(other, "spawn");
  writeFileSync(join(postgresFolder, "postmaster.pid"), `${other.pid}\n${postgresFolder}\n1\n1\n\n\n\n`);
  const server = await startPg();
  assert.equal(isAlive(other.pid as number), true);
  await server.stop();
  other.kill();
});

test("PostgreSQL ends when the process that started it is killed", async () => {
  const script = `
    const { startPostgres } = await import(${JSON.stringify(new URL("./embedded-postgres.ts", import.meta.url).href)});
    const server = await startPostgres(${JSON.stringify({ dataFolder: postgresFolder, password: "a 'b' c/d@e", port: 0, settings: { fsync: "off" }, logFile: join(home, "postgres.log") })});
    console.log(server.pid);`;
  const starter = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
    cwd: import.meta.dirname,
  });
  const [line] = (await once(starter.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  assert.ok(isAlive(pid));
  starter.kill("SIGKILL");
  await until(() => !isAlive(pid));
  await until(() => processesIn(postgresFolder).length === 0);
});

test("PostgreSQL is durable and tuned unless a test says otherwise, and lets in nobody without the password", async () => {
  const server = await startPg();
  const settings = await sql<{ name: string; setting: string }>(
    server.url,
    "select name, setting from pg_settings where name in ('fsync', 'jit', 'TimeZone', 'listen_addresses', 'server_encoding', 'max_connections')",
  );
  assert.deepEqual(Object.fromEntries(settings.map(({ name, setting }) => [name, setting])), {
    fsync: "off",
    jit: "off",
    TimeZone: "UTC",
    listen_addresses: "127.0.0.1",
    server_encoding: "UTF8",
    max_connections: "60",
  });
  await assert.rejects(sql(server.url.replace(/:[^:@]+@/, ":wrong@"), "select 1"), /password authentication failed/);
  assert.deepEqual(await sql(server.url, "select 'ё' < 'я' as ordered, lower('ДОЛЬКА') as lower"), [
    { ordered: false, lower: "долька" },
  ]);
  const conf = readFileSync(join(postgresFolder, "dolka.conf"), "utf8");
  assert.match(conf, /shared_buffers = '32MB'/);
  assert.equal(statSync(postgresFolder).mode & 0o077, 0);
  await server.stop();
});

test("ClickHouse keeps what was inserted over a stop and a kill -9", async () => {
  mkdirSync(join(home, "clickhouse"), { recursive: true });
  let server = await startCh();
  const count = async () => {
    const client = createClickhouse({ url: server.url, application: "test" });
    const [row] = await queryRows<{ n: string }>(client, "select count() as n from kept");
    await client.close();
    return Number(row?.n);
  };
  const client = createClickhouse({ url: server.url, application: "test" });
  await client.command({ query: "create table kept (n UInt32) engine = MergeTree order by n" });
  for (let n = 0; n < 20; n++) await client.insert({ table: "kept", format: "JSONEachRow", values: [{ n }] });
  await client.close();
  process.kill(server.pid, "SIGKILL");
  await server.exited;
  server = await startCh();
  assert.equal(await count(), 20);
  await server.stop();
  assert.deepEqual(await server.exited, { code: 0, signal: null });
  server = await startCh();
  assert.equal(await count(), 20);
  await server.stop();
});

test("a stop does not wait for what runs: it is cancelled", async () => {
  const server = await startCh();
  const client = createClickhouse({ url: server.url, application: "test" });
  const endless = assert.rejects(queryRows(client, "select sum(sipHash64(number)) from numbers(1e13)"));
  for (let seen = "0"; seen !== "1"; ) {
    const [row] = await queryRows<{ n: string }>(
      client,
      "select count() as n from system.processes where query like '%1e13%' and query not like '%processes%'",
    );
    seen = row?.n ?? "0";
  }
  const startedAt = performance.now();
  await server.stop();
  assert.ok(performance.now() - startedAt < 10_000);
  await endless;
  await client.close();
});

test("where the engines have no binaries, a sentence says so and names the way out", () => {
  assert.match(unsupportedReason("win32", "x64", false) ?? "", /do not run on win32.*PG_URL/);
  assert.match(unsupportedReason("linux", "x64", false) ?? "", /need glibc/);
  assert.match(unsupportedReason("linux", "riscv64", true) ?? "", /riscv64/);
  assert.equal(unsupportedReason("linux", "arm64", true), undefined);
  assert.equal(unsupportedReason("darwin", "arm64", false), undefined);
});
