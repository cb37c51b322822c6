import assert from "node:assert/strict";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { createPool } from "#platform/postgres/pool.ts";
import { isAlive, processesIn } from "#platform/process/alive.ts";
import { testEngines } from "./engines.ts";
import { dolka, type Stack, startStack, temporaryHome } from "./stack.ts";

const { home, remove } = temporaryHome();
let stack = await startStack(home);
after(async () => {
  stack.kill("SIGTERM");
  await stack.ended;
  remove();
});

test("a new home is served, and run.json tells scripts where, and nobody else", async () => {
  const run = stack.run();
  assert.equal(run.pid, stack.pid);
  assert.equal(statSync(join(home, "run.json")).mode & 0o777, 0o600);
  assert.equal(statSync(join(home, "secrets.json")).mode & 0o777, 0o600);
  assert.equal((await fetch(`${run.api}/readyz`)).status, 200);
  assert.deepEqual(Object.keys(run.pids).sort(), ["api", "clickhouse", "postgres", "worker"]);
  assert.equal(new Set(Object.values(run.pids)).size, 4);
});

test("commands find the running stack; a second start on its home is refused with a sentence", async () => {
  const status = await dolka(["status", "--json", "--home", home]);
  assert.equal(status.code, 0, status.stderr);
  assert.deepEqual(JSON.parse(status.stdout).ready, { api: true, worker: true });
  const migrated = await dolka(["migrate", "--json"], { DOLKA_HOME: home });
  assert.deepEqual([migrated.code, JSON.parse(migrated.stdout)], [0, { postgres: [], clickhouse: [] }]);
  const second = await dolka(["up", "--home", home]);
  assert.equal(second.code, 1);
  assert.match(
    second.stderr,
    /^Dolka is already running on the home .* serving http:\/\/127\.0\.0\.1:\d+\)\. Stop it, or choose/,
  );
});

test("a second stack runs beside it on a home of its own; a port that is taken is refused", async () => {
  const other = temporaryHome();
  const port = new URL(stack.run().api).port;
  const taken = await dolka(["up", "--home", other.home, "--port", port]);
  assert.deepEqual([taken.code, taken.stderr.includes(`Port ${port} is in use`)], [1, true]);
  const beside = await startStack(other.home);
  assert.equal((await fetch(`${beside.run().api}/readyz`)).status, 200);
  assert.equal((await fetch(`${stack.run().api}/readyz`)).status, 200);
  const before = pidsOf(beside);
  beside.kill("SIGINT");
  assert.equal((await beside.ended).code, 0);
  assert.deepEqual(before.filter(isAlive), []);
  other.remove();
});

for (const name of ["postgres", "clickhouse", "api", "worker"]) {
  test(`after a kill -9 of ${name} everything heals by itself`, async () => {
    const victim = stack.run().pids[name] as number;
    process.kill(victim, "SIGKILL");
    await until(() => stack.run().pids[name] !== victim && stack.run().pids[name] !== 0);
    await until(async () => isReady(stack));
    assert.equal(isAlive(stack.run().pids[name] as number), true);
  });
}

test("a stop leaves no process and no run.json, and the next start goes on with the same data", async () => {
  await sql("create table note (text text)");
  await sql("insert into note values ('kept')");
  const pids = pidsOf(stack);
  stack.kill("SIGTERM");
  assert.equal((await stack.ended).code, 0);
  assert.deepEqual(pids.filter(isAlive), []);
  assert.deepEqual(processesIn(join(home, "postgres")), []);
  assert.deepEqual([existsSync(join(home, "run.json")), existsSync(join(home, "lock"))], [false, false]);
  assert.equal((await dolka(["status", "--home", home])).code, 3);

  const alone = await dolka(["migrate", "--json", "--home", home]); // starts the engines for itself, and stops them
  assert.deepEqual([alone.code, JSON.parse(alone.stdout)], [0, { postgres: [], clickhouse: [] }]);
  stack = await startStack(home);
  assert.deepEqual(await sql("select text from note"), [{ text: "kept" }]);
});

test("when the supervisor itself is killed, all its processes end, and the next start goes on", async () => {
  const pids = pidsOf(stack);
  stack.kill("SIGKILL");
  await stack.ended;
  await until(() => !pids.some(isAlive));
  stack = await startStack(home);
  assert.deepEqual(await sql("select text from note"), [{ text: "kept" }]);
});

test("a supervisor killed a moment ago is no obstacle for the next start", async () => {
  stack.kill("SIGKILL");
  stack = await startStack(home);
  assert.equal(await isReady(stack), true);
});

test("with PG_URL and CLICKHOUSE_URL it uses those servers, fills them with nothing unasked, and leaves them running", async () => {
  const other = temporaryHome();
  const servers = await testEngines();
  const env = { PG_URL: servers.pgUrl, CLICKHOUSE_URL: servers.clickhouseUrl };
  const guest = await startStack(other.home, ["--port", "0"], env);
  assert.deepEqual(Object.keys(guest.run().pids).sort(), ["api", "worker"]);
  assert.equal(guest.run().postgres, servers.pgUrl);
  assert.deepEqual(guest.run().keys, []);
  guest.kill("SIGTERM");
  assert.equal((await guest.ended).code, 0);
  assert.deepEqual((await servers.pool.query("select 1 as one")).rows, [{ one: 1 }]);
  other.remove();
});

function pidsOf(running: Stack): number[] {
  return [running.pid, ...Object.values(running.run().pids)];
}

async function sql(text: string): Promise<unknown[]> {
  const pool = createPool({ url: stack.run().postgres, applicationName: "test", max: 1 });
  try {
    return (await pool.query(text)).rows;
  } finally {
    await pool.end();
  }
}

/** The API and all it needs, and the worker. */
async function isReady(running: Stack): Promise<boolean> {
  const [api, worker] = await Promise.all(
    [running.run().api, running.run().worker].map((address) => fetch(`${address}/readyz`).catch(() => undefined)),
  );
  const parts = JSON.stringify((await api?.json().catch(() => undefined)) ?? {});
  return api?.status === 200 && worker?.status === 200 && /"clickhouse":true/.test(parts);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await condition())) {
    assert.ok(Date.now() < deadline, "it did not happen within 60 s");
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
