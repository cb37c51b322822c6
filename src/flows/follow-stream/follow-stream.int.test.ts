import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Pool, PoolClient } from "pg";
import { createRandom } from "#kernel/random.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { createPosition } from "#platform/postgres/position.ts";
import { testEngines } from "../../../test/engines.ts";
import { untilSeen } from "../../../test/feed.ts";
import { insertOperation, insertOperations, issued } from "../../../test/hand-made-operations.ts";
import { createFollower, createStream, type Follower, followOnce, type Stream, type Subscriber } from "./index.ts";

const { pool, pgUrl } = await testEngines();
const otherPool = createPool({ url: pgUrl, applicationName: "another process" });
after(() => otherPool.end());
await pool.query("create table noted (who text, member_id bigint, seq int)");

type Noting = Subscriber<readonly (readonly [member: number, seq: number])[]>;

/** Notes every receipt, each time it is told of it: what is told twice stands there twice. */
async function noting(who: string, before: () => void = () => {}, from: Pool = pool): Promise<Noting> {
  await from.query(`create table if not exists ${who}_position (next_xid bigint not null)`);
  await from.query(`insert into ${who}_position select 0 where not exists (select from ${who}_position)`);
  return {
    position: createPosition(`${who}_position`),
    read: async (stretch) => (await stretch.receipts()).map(({ member, seq }) => [member, seq] as const),
    take: async (client: PoolClient, page) => {
      for (const [member, seq] of page) {
        await client.query("insert into noted values ($1, $2, $3)", [who, member, seq]);
      }
      before();
    },
  };
}

/** What a follower has noted of members from a number on, as `member:seq`, doubles and all. */
async function notedBy(who: string, firstMember: number, below = firstMember + 1_000): Promise<string[]> {
  const { rows } = await pool.query<{ what: string }>(
    `select member_id || ':' || seq as what from noted
     where who = $1 and member_id >= $2 and member_id < $3 order by member_id, seq`,
    [who, firstMember, below],
  );
  return rows.map(({ what }) => what);
}

async function untilIdle(...followers: Follower[]): Promise<void> {
  await untilSeen(pool);
  for (const follower of followers) while ((await follower.step()).moved);
}

const buys = (member: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ member, seq: i + 1, movements: [issued("alfa", 100)] }));
const all = (member: number, count: number) => Array.from({ length: count }, (_, i) => `${member}:${i + 1}`);

/** The pool, with the texts of the statements that are sent past transactions: how much is read, and how often. */
function watched(from: Pool): { readonly pool: Pool; readonly reads: (part: string) => number } {
  const texts: string[] = [];
  const query = (...args: unknown[]) => {
    const [first] = args;
    texts.push(typeof first === "string" ? first : (first as { text: string }).text);
    return (from.query as (...all: unknown[]) => unknown)(...args);
  };
  const proxy = new Proxy(from, { get: (target, key) => (key === "query" ? query : Reflect.get(target, key, target)) });
  return { pool: proxy, reads: (part) => texts.filter((text) => text.includes(part)).length };
}

test("a stretch is read once for all who follow, and each notes it once", async () => {
  const { pool: seen, reads } = watched(pool);
  const stream = createStream(seen);
  const followers = await Promise.all(
    ["one", "two", "three"].map(async (who) => createFollower(pool, stream, await noting(who))),
  );
  await insertOperations(pool, buys(1_000, 5));
  await untilSeen(pool);
  await Promise.all(followers.map((follower) => follower.step()));
  for (const who of ["one", "two", "three"]) assert.deepEqual(await notedBy(who, 1_000), all(1_000, 5));
  assert.equal(reads("kind in ('purchase', 'return')"), 1);
  assert.equal(reads("string_agg"), 0, "what nobody asks for is not read");
});

test("what commits late, beside transactions with higher numbers, is missed by nobody", async () => {
  const stream = createStream(pool);
  const follower = createFollower(pool, stream, await noting("late"));
  await untilIdle(follower);
  const slow = await pool.connect();
  await slow.query("begin");
  await insertOperation(slow, { member: 2_000, seq: 1 });
  await insertOperation(pool, { member: 2_001, seq: 1 });
  for (let i = 0; i < 3; i++) await follower.step();
  assert.deepEqual(await notedBy("late", 2_000), [], "nothing behind a transaction that may still commit");
  await slow.query("commit");
  slow.release();
  await untilIdle(follower);
  assert.deepEqual(await notedBy("late", 2_000), ["2000:1", "2001:1"]);
});

test("a process that dies between two followers, or in the middle of one, loses nothing and repeats nothing", async () => {
  await insertOperations(pool, buys(3_000, 4));
  await untilSeen(pool);
  let dies = true;
  const make = async () => {
    const stream = createStream(pool);
    const die = () => {
      if (dies) throw new Error("the process died");
    };
    return [
      createFollower(pool, stream, await noting("first")),
      createFollower(pool, stream, await noting("second", die)),
    ] as const;
  };
  const [first, second] = await make();
  await untilIdle(first);
  await assert.rejects(second.step(), /died/);
  assert.deepEqual(await notedBy("second", 3_000), [], "what it had written is not there");
  dies = false;
  await untilIdle(...(await make()));
  assert.deepEqual(await notedBy("first", 3_000), all(3_000, 4));
  assert.deepEqual(await notedBy("second", 3_000), all(3_000, 4));
});

test("a new follower begins with the first operation while others are at the end, and joins them there", async () => {
  const { pool: seen, reads } = watched(pool);
  const stream = createStream(seen, { limit: 7 });
  const old = createFollower(pool, stream, await noting("old"));
  await insertOperations(pool, buys(4_000, 40));
  await untilIdle(old);
  const fresh = createFollower(pool, stream, await noting("fresh"));
  let steps = 0;
  for (; !(await notedBy("fresh", 4_000)).includes("4000:40"); steps++) {
    await insertOperation(pool, { member: 4_001, seq: steps + 1 });
    await untilSeen(pool);
    assert.ok((await old.step()).moved, "who is at the end is not held up");
    await fresh.step();
  }
  assert.ok(steps >= 5, `pages are bounded, but it took only ${steps}`);
  await untilIdle(old, fresh);
  for (const who of ["old", "fresh"]) {
    assert.deepEqual(await notedBy(who, 4_000, 4_001), all(4_000, 40));
    assert.equal((await notedBy(who, 4_001, 4_002)).length, steps);
  }
  const before = reads("kind in ('purchase', 'return')");
  await insertOperation(pool, { member: 4_002, seq: 1 });
  await untilIdle(old, fresh);
  assert.equal(reads("kind in ('purchase', 'return')") - before, 1, "at the end they share again");
});

test("a follower that fails stops nobody, and catches up by itself when it can", async () => {
  let isBroken = true;
  const stream = createStream(pool, { limit: 5 });
  const well = createFollower(pool, stream, await noting("well"));
  const sick = createFollower(
    pool,
    stream,
    await noting("sick", () => {
      if (isBroken) throw new Error("a bug");
    }),
  );
  for (let round = 0; round < 12; round++) {
    await insertOperations(pool, buys(5_000 + round, 4));
    await untilSeen(pool);
    await assert.rejects(sick.step(), /a bug/);
    await untilIdle(well);
    assert.equal((await notedBy("well", 5_000)).length, 4 * (round + 1));
  }
  isBroken = false;
  await untilIdle(sick);
  assert.deepEqual(await notedBy("sick", 5_000), await notedBy("well", 5_000));
});

test("where nothing matters nothing is read or written but, now and then, the position", async () => {
  const { pool: seen, reads } = watched(pool);
  const stream = createStream(seen);
  const position = (await noting("idle")).position;
  const idle: Subscriber<never> = { position, read: async () => undefined, take: async () => assert.fail() };
  const follower = createFollower(pool, stream, idle, { idleWriteMs: 60_000 });
  await insertOperations(pool, buys(6_000, 3));
  await untilIdle(follower);
  await insertOperations(pool, buys(6_001, 3));
  await untilIdle(follower);
  assert.equal(await position.read(pool), 0, "it went along in memory");
  assert.deepEqual([reads("kind in ('purchase', 'return')"), reads("string_agg")], [0, 0]);
  // What it went over is looked at again by the next process; from then on something may matter.
  assert.ok(await followOnce(pool, await noting("idle"), 1_000));
  assert.equal((await notedBy("idle", 6_000)).length, 6);
});

test("a position that is set back is followed again; two processes that follow for one note each thing once", async () => {
  const mine = createFollower(pool, createStream(pool), await noting("both"));
  const other = createFollower(otherPool, createStream(otherPool), await noting("both"));
  for (let round = 0; round < 8; round++) {
    await insertOperations(pool, buys(7_000 + round, 3));
    await untilSeen(pool);
    await Promise.all([mine.step(), other.step(), mine.step()]);
  }
  await untilIdle(mine, other);
  const expected = Array.from({ length: 8 }, (_, i) => all(7_000 + i, 3)).flat();
  assert.deepEqual(await notedBy("both", 7_000), expected);
  await pool.query("delete from noted where who = 'both'");
  await pool.query("update both_position set next_xid = 0");
  await insertOperation(pool, { member: 7_100, seq: 1 });
  await untilIdle(mine);
  assert.deepEqual(await notedBy("both", 7_000), [...expected, "7100:1"]);
});

test("a transaction larger than a page is taken whole", async () => {
  const client = await pool.connect();
  await client.query("begin");
  await insertOperations(client, buys(8_000, 25));
  await client.query("commit");
  client.release();
  await insertOperations(pool, buys(8_001, 2));
  await untilIdle(createFollower(pool, createStream(pool, { limit: 10 }), await noting("large")));
  assert.deepEqual(await notedBy("large", 8_000), [...all(8_000, 25), ...all(8_001, 2)]);
});

test("whatever fails, dies, starts and commits in whatever order, in the end each has noted everything once", async () => {
  const random = createRandom(5);
  const names = ["anna", "boris", "clara"];
  const processes: { stream: Stream; followers: Follower[] }[] = [];
  const start = async (from: Pool) => {
    const stream = createStream(from, { limit: 1 + random.int(12) });
    const followers: Follower[] = [];
    for (const who of names) {
      const fails = random.fork(`${who}${random.int(1_000)}`);
      const subscriber = await noting(who, () => {
        if (fails.int(4) === 0) throw new Error("chance");
      });
      followers.push(createFollower(from, stream, subscriber, { idleWriteMs: random.int(2) * 10 }));
    }
    return { stream, followers };
  };
  processes.push(await start(pool), await start(otherPool));
  const open: PoolClient[] = [];
  let member = 9_000;
  for (let i = 0; i < 150; i++) {
    const what = random.int(10);
    if (what < 4) await insertOperations(pool, buys(member++, 1 + random.int(3)));
    else if (what === 4 && open.length < 3) {
      const client = await pool.connect();
      await client.query("begin");
      await insertOperations(client, buys(member++, 1 + random.int(5)));
      open.push(client);
    } else if (what === 5) {
      const client = open.splice(random.int(open.length), 1)[0];
      await client?.query(random.int(3) === 0 ? "rollback" : "commit");
      client?.release();
    } else if (what === 6 && random.int(4) === 0) {
      processes[random.int(2)] = await start(random.int(2) === 0 ? pool : otherPool);
    } else {
      const steps = processes.flatMap(({ followers }) => followers).filter(() => random.int(2) === 0);
      await Promise.all(steps.map((follower) => follower.step().catch(chance)));
    }
  }
  for (const client of open) {
    await client.query("commit");
    client.release();
  }
  await untilSeen(pool);
  const { rows } = await pool.query<{ what: string }>(
    "select member_id || ':' || seq as what from operation where member_id >= 9000 order by member_id, seq",
  );
  const expected = rows.map(({ what }) => what);
  assert.ok(expected.length > 100, `only ${expected.length} operations`);
  for (const who of names) {
    const [{ followers } = { followers: [] }] = processes;
    const follower = followers[names.indexOf(who)] as Follower;
    while ((await notedBy(who, 9_000)).length < expected.length) await follower.step().catch(chance);
    await follower.step().catch(chance);
    assert.deepEqual(await notedBy(who, 9_000), expected, who);
  }
});

function chance(error: unknown): undefined {
  assert.match(String(error), /chance/);
  return undefined;
}
