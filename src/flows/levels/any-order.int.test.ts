import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyProjections } from "#domains/ledger/index.ts";
import { type Checkout, createCheckout, type Principal } from "#flows/checkout/index.ts";
import { mergeMembers, unmergeMember } from "#flows/merge/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { createRandom, type Random } from "#kernel/random.ts";
import { createCalendar, DAY_MS } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { testEngines } from "../../../test/engines.ts";
import { levelsHaveSeenAll } from "../../../test/support/levels.ts";
import { programmesOf, SMALL_COALITION } from "../../../test/support/programmes.ts";
import { followLevels, settleLevels } from "./index.ts";

const { pool } = await testEngines();
const START = Date.parse("2026-06-10T12:00:00+03:00");
const clock = manualClock(START);
const programmes = programmesOf(
  clock.now,
  `${SMALL_COALITION}
levels:
  one: { name: One, rank: 1, favourites: 1 }
  two: { name: Two, rank: 2, favourites: 2, reach: { spend: 1000 RUB, within: month } }
  three: { name: Three, rank: 3, favourites: 3, reach: { points: 150 points, within: 20 days, at: alfa } }
policies: { lateWindow: 90 days }
`,
);
const checkout = createCheckout({ pool, clock, programmes, identifierSecret: Buffer.from("test") });
const operator: Principal = { keyId: "op", role: "operator" };
const deps = { pool, clock, programmes, checkout };

async function follow(pageSize: number): Promise<void> {
  while ((await followLevels(deps, pageSize)) || (await settleLevels(deps)) > 0);
}
async function settled(): Promise<void> {
  await follow(100);
  while (!(await levelsHaveSeenAll(pool))) await follow(100);
}

type Receipt = { readonly number: number; readonly amount: number; readonly at: number };
type Return = { readonly of: number; readonly amount: number; readonly at: number };
type Life = { readonly receipts: readonly Receipt[]; readonly returns: readonly Return[] };

/** What one member does within fifty days: the same for each of its twins. */
function lifeOf(random: Random): Life {
  const receipts = Array.from({ length: 3 + random.int(5) }, (_, number) => ({
    number,
    amount: 10_000 + random.int(60_000),
    at: START + 1_000 + random.int(DAY_MS * 50),
  }));
  const returns = receipts
    .filter(() => random.int(3) === 0)
    .map(({ number, amount, at }) => ({ of: number, amount: 1 + random.int(amount), at: at + random.int(DAY_MS * 9) }));
  return { receipts, returns };
}

const ok = async <T>(outcome: Promise<{ ok: true; value: T } | { ok: false; failure: unknown }>): Promise<T> => {
  const result = await outcome;
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
};

async function buy(card: string, { number, amount, at }: Receipt) {
  const shop = { partner: "alfa", store: "alfa-1", till: card, number: String(number), at };
  const lines = [{ category: "food", amountKopecks: amount }];
  const receipt = { ...shop, lines, deliveryFeeKopecks: 0, tenders: [], spendCents: 0 };
  const member = { by: "identifier", kind: "card", value: card } as const;
  return (await ok(checkout.postReceipt({ receipt, member }, operator))).body;
}

function giveBack(card: string, receiptId: string, { of, amount, at }: Return) {
  const lines = [{ line: 0, amountKopecks: amount }];
  const what = { receiptId, store: "alfa-1", till: card, number: `r${of}`, at, lines, refund: "money" } as const;
  return ok((checkout as Checkout).returnReceipt(what, operator));
}

/** Receipts in any order, some of them twice; a return at any time after its receipt was told. */
async function live(card: string, life: Life, random: Random, isShuffled: boolean): Promise<string> {
  const order = life.receipts.map((receipt) => [isShuffled ? random.int(1_000) : receipt.at, receipt] as const);
  const ids = new Map<number, string>();
  let member = "";
  for (const [, receipt] of order.sort(([a], [b]) => a - b)) {
    const posted = await buy(card, receipt);
    if (random.int(4) === 0) await buy(card, receipt);
    member = String(posted.member);
    ids.set(receipt.number, posted.receiptId);
    for (const back of life.returns) if (back.of === receipt.number) await giveBack(card, posted.receiptId, back);
    // The follower looks in at any moment, and takes pages of any size.
    if (random.int(3) === 0) await follow(1 + random.int(5));
  }
  return member;
}

async function levelsOf(member: string): Promise<string[]> {
  const { rows } = await pool.query<{ key: string; valid_from: Date; valid_until: Date }>(
    `select key, valid_from, valid_until from member_trait
     where member_id = $1 and kind = 'level' and valid_until > valid_from order by 1, 2`,
    [memberIds.parse(member)],
  );
  return rows.map((row) => `${row.key} ${row.valid_from.toISOString()} ${row.valid_until.toISOString()}`);
}

/** What levels are reached by, as it is noted of a member. */
async function notedOf(member: string): Promise<string[]> {
  const { rows } = await pool.query<{ row: string }>(
    "select concat_ws(' ', occurred_at, seq, cites, kopecks, cents) as row from level_contribution where member_id = $1 order by occurred_at, seq",
    [memberIds.parse(member)],
  );
  return rows.map(({ row }) => row);
}

test("twins with the same life have the same levels as traits, in whatever order it was told", async () => {
  clock.set(START + DAY_MS * 60);
  let levels = 0;
  for (let seed = 1; seed <= 6; seed++) {
    const random = createRandom(seed);
    const life = lifeOf(random);
    const inOrder = await live(`${seed}-0`, life, random, false);
    const twin = await live(`${seed}-1`, life, random, true);
    await settled();
    const expected = await levelsOf(inOrder);
    levels += expected.length;
    assert.deepEqual(await levelsOf(twin), expected, `seed ${seed}`);
  }
  assert.ok(levels > 6, `only ${levels} levels: the lives are too dull`);
});

test("two halves of a life that are merged have the levels of the whole; taken apart again, each has its own", async () => {
  const merging = { now: clock.now, programmes };
  for (let seed = 11; seed <= 13; seed++) {
    const random = createRandom(seed);
    const life = lifeOf(random);
    const half = (n: number): Life => ({
      receipts: life.receipts.filter(({ number }) => number % 2 === n),
      returns: life.returns.filter(({ of }) => of % 2 === n),
    });
    const whole = await live(`${seed}-w`, life, random, true);
    const [one, other] = [
      await live(`${seed}-1`, half(0), random, true),
      await live(`${seed}-2`, half(1), random, true),
    ];
    await settled();
    const apart = [await levelsOf(one), await levelsOf(other)];
    const noted = [await notedOf(one), await notedOf(other)];
    const [survivor, merged] = [memberIds.parse(one) as number, memberIds.parse(other) as number];
    const reason = { by: "test", why: "one person" };
    await ok(transaction(pool, (client) => mergeMembers(merging, client, survivor, merged, reason)));
    await settled();
    assert.deepEqual(await levelsOf(one), await levelsOf(whole), `merged, seed ${seed}`);
    assert.deepEqual(await notedOf(other), []);
    await ok(transaction(pool, (client) => unmergeMember(merging, client, merged, reason)));
    await settled();
    assert.deepEqual([await levelsOf(one), await levelsOf(other)], apart, `apart, seed ${seed}`);
    assert.deepEqual([await notedOf(one), await notedOf(other)], noted, `what levels are reached by, seed ${seed}`);
  }
  const report = await verifyProjections(pool, { calendar: createCalendar("Europe/Moscow"), now: clock.now });
  assert.deepEqual(report.differences, []);
});

test("a crash between the operation and the note of it loses nothing, also when more was bought meanwhile", async () => {
  clock.set(START + DAY_MS * 61);
  const { member, receiptId } = await buy("crash", { number: 1, amount: 100_000, at: clock.now() });
  while ((await followLevels(deps)) || !(await levelsHaveSeenAll(pool)));
  const { rows } = await pool.query("select * from level_standing where is_due");
  assert.equal(rows.length, 1);
  // The operation is posted, the note of it is lost: what stood there before comes back.
  await settleLevels(deps);
  await pool.query("update level_standing set given = $2, turn = $3, is_due = true where member_id = $1", [
    rows[0].member_id,
    JSON.stringify(rows[0].given),
    rows[0].turn,
  ]);
  clock.advance(1_000);
  await giveBack("crash", receiptId, { of: 1, amount: 60_000, at: clock.now() });
  await settled();
  const levels = await levelsOf(String(member));
  assert.deepEqual(
    levels.map((text) => text.split(" ").at(-1)),
    ["2026-08-31T21:00:00.000Z"],
    "August only",
  );
  await checkout.drain();
});
