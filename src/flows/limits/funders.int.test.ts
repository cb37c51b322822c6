import assert from "node:assert/strict";
import { test } from "node:test";
import { loadWallets, verifyProjections } from "#domains/ledger/index.ts";
import { enterDeposit, listBudgets } from "#domains/limits/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { createCheckout, type Principal, type RunningCheckout } from "#flows/checkout/index.ts";
import { mergeMembers } from "#flows/merge/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { createRandom } from "#kernel/random.ts";
import { createCalendar, DAY_MS } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { testEngines } from "../../../test/engines.ts";
import { untilSeen } from "../../../test/feed.ts";
import { programmesOf } from "../../../test/support/programmes.ts";
import { followFunders, readFunders, settleReserves } from "./index.ts";

const { pool } = await testEngines();
const START = Date.parse("2026-06-15T12:00:00+03:00");
const clock = manualClock(START);
const operator: Principal = { keyId: "op", role: "operator" };

/** Each test has a funder of its own; all stand in one programme, since a position is of the whole coalition. */
const FUNDERS = ["part", "refuse", "reserve", "merged", "back", "crash", "given"];
type Policies = Readonly<Record<string, string>>;

function coalition(policies: Policies): string {
  const all = [...FUNDERS, "postpaid"];
  const partner = (id: string, funding: string) =>
    `  ${id}: { name: ${id}, kind: shop, canFund: true, canRedeem: true${funding} }\n`;
  return `
format: 1
programme: { id: test, name: Test, timeZone: Europe/Moscow, operator: op, pointValue: 1 RUB }
partners:
${partner("op", "")}${partner("other", "")}${FUNDERS.map((id) => partner(id, ", funding: { mode: prepaid }")).join("")}
${partner("postpaid", ", funding: { mode: postpaid, guarantee: 100 RUB, alertAt: 50%, stopAt: 90% }")}
brands:
${[...all, "other"].map((id) => `  ${id}: { partner: ${id}, name: ${id} }\n`).join("")}
stores:
${[...all, "other"].map((id) => `  ${id}-1: { brand: ${id}, name: ${id} }\n`).join("")}
categories: { food: { name: Food } }
rules:
${all.map((id) => `  by-${id}: { name: r, when: { partner: ${id} }, earn: 10%, funders: ${id}${id === "given" ? ", caps: [mine, ours]" : ""} }\n`).join("")}
caps:
  mine: { name: mine, per: month, limit: 500 points }
  ours: { name: ours, per: day, limit: 500 points, of: everyone }
spending: { everywhere: { largestShare: 100% } }
lots: { expiry: { after: 90 days } }
policies: { ${Object.entries(policies)
    .map(([key, value]) => `${key}: ${value}`)
    .join(", ")} }
`;
}

function processOf(policies: Policies): RunningCheckout & { programmes: Programmes } {
  const programmes = programmesOf(clock.now, coalition(policies));
  const checkout = createCheckout({ pool, clock, programmes, identifierSecret: Buffer.from("test") });
  return { ...checkout, programmes };
}

let number = 0;
async function buy(checkout: RunningCheckout, partner: string, card: string, roubles: number, spend = 0) {
  const outcome = await checkout.postReceipt(
    {
      receipt: {
        ...{ partner, store: `${partner}-1`, till: "1", number: String(++number), at: clock.now() },
        lines: [{ category: "food", amountKopecks: roubles * 100 }],
        ...{ deliveryFeeKopecks: 0, tenders: [], spendCents: spend * 100 },
      },
      member: { by: "identifier", kind: "card", value: card },
    },
    operator,
  );
  assert.ok(outcome.ok, `a receipt is never refused for a deposit: ${JSON.stringify(outcome)}`);
  return outcome.value.body;
}

async function giveBack(checkout: RunningCheckout, receiptId: string, partner: string, roubles?: number) {
  const lines = roubles === undefined ? ("all" as const) : [{ line: 0, amountKopecks: roubles * 100 }];
  const place = { store: `${partner}-1`, till: "1", number: String(++number), at: clock.now() };
  const outcome = await checkout.returnReceipt({ receiptId, ...place, lines, refund: "money" }, operator);
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value.body;
}

const deposit = (funder: string, roubles: number, key = `k${++number}`, kind: "deposit" | "withdrawal" = "deposit") =>
  enterDeposit(
    pool,
    { funder, key, kind, amountKopecks: roubles * 100, amountCents: roubles * 100, note: "", enteredBy: "op" },
    clock.now(),
  );

/** What the worker does all the time, until it has seen everything; the second after is another. */
async function work(checkout: RunningCheckout & { programmes: Programmes }): Promise<void> {
  const deps = { pool, clock, programmes: checkout.programmes, checkout };
  for (let i = 0; i < 3; i++) {
    await untilSeen(pool);
    while (await followFunders(deps)) {}
    clock.set(clock.now() + 1_001);
    await settleReserves(deps);
  }
}

async function stateOf(checkout: { programmes: Programmes }, funder: string) {
  const found = (await readFunders(pool, checkout.programmes.current(), 8_000)).find((each) => each.funder === funder);
  assert.ok(found);
  return found;
}

async function ledgerSum(funder: string): Promise<number> {
  const { rows } = await pool.query<{ cents: number }>(
    `select coalesce(sum((m ->> 6)::int8), 0)::int8 as cents
     from operation, json_array_elements(movements) as m where m ->> 0 = 'ob' and m ->> 4 = $1`,
    [funder],
  );
  return rows[0]?.cents ?? 0;
}

test("a deposit is entered once, whatever comes again; no more is withdrawn than nobody used", async () => {
  assert.ok((await deposit("part", 10, "first")).ok);
  const again = await deposit("part", 10, "first");
  assert.ok(again.ok && again.value.isReplay);
  const other = await deposit("part", 11, "first");
  assert.equal(other.ok ? "" : other.failure.code, "idempotency-conflict");
  const much = await deposit("part", 11, "much", "withdrawal");
  assert.deepEqual(much, { ok: false, failure: { code: "deposit-short", freeCents: 1_000 } });
});

test("case 21: 10 left and an award of 15 are 10 by `part` and nothing by `refuse`; the receipts are accepted", async () => {
  const part = processOf({ prepaidShort: "part" });
  assert.equal((await buy(part, "part", "p1", 150)).earned, 1_000);
  assert.equal((await buy(part, "part", "p2", 150)).earned, 0);
  await deposit("refuse", 10);
  const refuse = processOf({ prepaidShort: "refuse" });
  assert.equal((await buy(refuse, "refuse", "r1", 150)).earned, 0);
  assert.equal((await buy(refuse, "refuse", "r2", 100)).earned, 1_000);
  const refused = await refuse.award(
    {
      idempotencyKey: "a",
      member: { by: "identifier", kind: "card", value: "r1" },
      pointsCents: 100,
      funder: "refuse",
      reason: "r",
    },
    operator,
  );
  assert.equal(refused.ok ? "" : refused.failure.code, "funder-exhausted");
});

test("case 21: by `reserve` 10 are given and 5 wait, and are given once it is topped up, before anybody else's, exactly once", async () => {
  const checkout = processOf({ prepaidShort: "reserve", reserve: "3 days" });
  await deposit("reserve", 10);
  const first = await buy(checkout, "reserve", "v1", 150);
  assert.deepEqual([first.earned, first.reserved], [1_000, 500]);
  const second = await buy(checkout, "reserve", "v2", 20);
  assert.deepEqual([second.earned, second.reserved], [0, 200]);
  await work(checkout);
  assert.equal((await stateOf(checkout, "reserve")).reservedCents, 700);
  await deposit("reserve", 6);
  const late = await buy(checkout, "reserve", "v3", 100);
  assert.deepEqual([late.earned, late.reserved], [0, 1_000], "the top-up is spoken for");
  // Two workers at once, as after a hasty restart.
  await Promise.all([work(checkout), work(processOf({ prepaidShort: "reserve", reserve: "3 days" }))]);
  const now = await stateOf(checkout, "reserve");
  assert.deepEqual([now.issuedCents, now.reservedCents, now.cover?.leftCents], [1_600, 1_100, 0]);
  assert.equal(await ledgerSum("reserve"), 1_600);
  // The whole receipt comes back: what it was given so is taken back with it.
  await giveBack(checkout, first.receiptId, "reserve");
  await work(checkout);
  await work(checkout);
  const after = await stateOf(checkout, "reserve");
  assert.equal(after.issuedCents - after.takenBackCents, 1_200, "what came free went to those who waited");
  assert.equal(after.reservedCents, 0);
  assert.equal((await buy(checkout, "reserve", "v9", 100)).reserved, 600, "and 4 are left");
  clock.set(clock.now() + 4 * DAY_MS);
  await work(checkout);
  assert.equal((await stateOf(checkout, "reserve")).reservedCents, 0, "it waited long enough");
  await deposit("reserve", 100);
  await work(checkout);
  assert.equal((await stateOf(checkout, "reserve")).cover?.leftCents, 10_000);
});

test("what waits for a member that is merged is given to who answers for it, and taken back from there", async () => {
  const checkout = processOf({ prepaidShort: "reserve" });
  const { programmes } = checkout;
  await deposit("merged", 10);
  const first = await buy(checkout, "merged", "w1", 150);
  const survivor = memberIds.parse((await buy(checkout, "other", "w2", 10)).member as string) as number;
  const member = memberIds.parse(first.member as string) as number;
  await work(checkout);
  const why = { by: "test", why: "the same person" };
  const deps = { now: clock.now, programmes };
  const result = await transaction(pool, (client) => mergeMembers(deps, client, survivor, member, why));
  assert.ok(result.ok);
  await work(checkout);
  await deposit("merged", 50);
  await work(checkout);
  const wallet = (await loadWallets(pool, [survivor])).get(survivor);
  assert.equal(wallet?.activeCents, 1_500);
  await giveBack(checkout, first.receiptId, "merged");
  await work(checkout);
  assert.equal((await loadWallets(pool, [survivor])).get(survivor)?.activeCents, 0);
  assert.equal((await stateOf(checkout, "merged")).cover?.leftCents, 6_000);
});

test("what was taken back, has expired or was spent at the funder itself may be given again; what others claim may not", async () => {
  const checkout = processOf({});
  await deposit("back", 100);
  const receipt = await buy(checkout, "back", "b1", 400);
  await buy(checkout, "back", "b2", 600);
  await work(checkout);
  assert.equal((await stateOf(checkout, "back")).cover?.state, "stopped");
  assert.equal((await buy(checkout, "back", "b3", 100)).earned, 0);
  await giveBack(checkout, receipt.receiptId, "back", 100);
  await buy(checkout, "other", "b2", 30, 20);
  await buy(checkout, "back", "b2", 5, 5);
  await work(checkout);
  const now = await stateOf(checkout, "back");
  assert.deepEqual(
    [now.outstandingCents, now.unsettledCents, now.expectedClaimCents, now.cover?.usedCents, now.cover?.leftCents],
    [6_500, 2_000, 5_200, 8_500, 1_500],
  );
  assert.equal((await buy(checkout, "back", "b3", 1_000)).earned, 1_500);
  clock.set(clock.now() + 100 * DAY_MS);
  await buy(checkout, "other", "b1", 1);
  await buy(checkout, "other", "b2", 1);
  await buy(checkout, "other", "b3", 1);
  await work(checkout);
  const later = await stateOf(checkout, "back");
  assert.deepEqual([later.outstandingCents, later.cover?.leftCents], [0, 8_000], "20 are claimed by another");
});

test("a guarantee alerts at its share, stops at its limit, and is free again once a closed month holds the claims", async () => {
  const checkout = processOf({});
  await buy(checkout, "postpaid", "g1", 500);
  const states: string[] = [];
  const deps = {
    pool,
    clock,
    programmes: checkout.programmes,
    onAlert: ({ state }: { state: string }) => states.push(state),
  };
  const follow = async () => {
    await untilSeen(pool);
    while (await followFunders(deps)) {}
    clock.set(clock.now() + 1_001);
  };
  await follow();
  await follow();
  assert.deepEqual(states, ["short"]);
  assert.equal((await buy(checkout, "postpaid", "g2", 1_000)).earned, 4_000);
  await follow();
  assert.deepEqual(states, ["short", "stopped"]);
  await buy(checkout, "other", "g1", 50, 50);
  await follow();
  assert.equal((await buy(checkout, "postpaid", "g2", 10)).earned, 0, "a claim stands in place of the points");
  await pool.query(
    `insert into settlement (month, state, step, started_at) values ('2026-06-01', 'closing', 'freeze', now())`,
  );
  await pool.query(`insert into settlement_line (month, line, position, kind, funder, redeemer, cents, kopecks)
                    values ('2026-06-01', 'l1', 1, 'claim', 'postpaid', 'other', 5000, 5000)`);
  await pool.query(`update settlement set state = 'closed', closed_at = now(), digest = 'd', document = '{}'`);
  await follow();
  const now = await stateOf(checkout, "postpaid");
  assert.deepEqual([now.unsettledCents, now.settledCents, now.cover?.leftCents], [0, 5_000, 5_000]);
  assert.deepEqual(states, ["short", "stopped", "ok"]);
  assert.equal((await buy(checkout, "postpaid", "g2", 10_000)).earned, 5_000);
});

test("what was given without a lease counts within a second: before a funder was limited, by points moved in", async () => {
  const checkout = processOf({});
  await deposit("crash", 50);
  await buy(checkout, "crash", "m1", 10);
  const moved = await checkout.openWallet(
    {
      ...{ idempotencyKey: "o", member: { by: "identifier" as const, kind: "card", value: "m1" }, source: "old" },
      lots: [{ availableAt: clock.now(), expiresAt: clock.now() + DAY_MS, funders: ["crash"], amountCents: [3_900] }],
    },
    operator,
  );
  assert.ok(moved.ok);
  await work(checkout);
  assert.equal((await buy(checkout, "crash", "m2", 500)).earned, 1_000);
  assert.equal((await stateOf(checkout, "crash")).cover?.leftCents, 0);
});

test("a return gives caps and budgets back by policy, as much of them as of what the receipt earned", async () => {
  const checkout = processOf({ budgetReturn: "give-back" });
  await deposit("given", 10_000);
  const receipt = await buy(checkout, "given", "c1", 3_000);
  assert.equal((await buy(checkout, "given", "c1", 3_000)).earned, 20_000, "the budget of 500 for everybody");
  await giveBack(checkout, receipt.receiptId, "given", 1_000);
  await work(checkout);
  const [budget] = await listBudgets(pool, { after: "", prefix: "b:ours|", limit: 1 });
  assert.deepEqual([budget?.usedCents, budget?.givenBackCents], [50_000, 10_000]);
  assert.equal((await buy(checkout, "given", "c1", 3_000)).earned, 10_000, "the member's cap came back too");
  await giveBack(checkout, receipt.receiptId, "given");
  await work(checkout);
  assert.equal((await buy(checkout, "given", "c2", 3_000)).earned, 20_000);
  const keep = processOf({ budgetReturn: "keep" });
  const kept = await buy(keep, "given", "c3", 1);
  assert.equal(kept.earned, 0);
});

test("thousands of receipts through processes that crash never give more than the deposit, and end by giving all of it", async () => {
  const random = createRandom(11);
  await deposit("crash", 600);
  let processes = Array.from({ length: 3 }, () => processOf({ prepaidShort: "part" }));
  const limit = 65_000;
  let asked = 0;
  const answered: Promise<unknown>[] = [];
  while (asked < 900) {
    for (let i = 0; i < 40; i++) {
      asked++;
      const one = processes[random.int(3)] as RunningCheckout;
      answered.push(buy(one, "crash", `x${random.int(60)}`, 1 + random.int(30)));
    }
    // A crash: a process is gone with what it leased, whatever it was doing; another takes its place.
    if (random.int(4) === 0) processes = processes.with(random.int(3), processOf({ prepaidShort: "part" }));
    if (random.int(3) === 0) await Promise.all(answered.splice(0));
    if (random.int(4) === 0)
      await followFunders({ pool, clock, programmes: (processes[0] as { programmes: Programmes }).programmes });
    assert.ok((await ledgerSum("crash")) <= limit);
  }
  await Promise.all(answered);
  const last = processOf({ prepaidShort: "part" });
  await work(last);
  const funder = await stateOf(last, "crash");
  assert.equal(await ledgerSum("crash"), limit);
  assert.deepEqual([funder.issuedCents, funder.cover?.usedCents, funder.cover?.leftCents], [limit, limit, 0]);
});

test("verify rebuilds all of it from the operations", async () => {
  const report = await verifyProjections(pool, { calendar: createCalendar("Europe/Moscow"), now: clock.now });
  assert.deepEqual(report.differences, []);
});
