import assert from "node:assert/strict";
import { test } from "node:test";
import { loadAwards } from "#domains/games/index.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { mergeMembers, unmergeMember } from "#flows/merge/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { createCalendar, DAY_MS } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { makeDraw } from "./index.ts";
import { code, dates, ok, openPlayground, operator } from "./testing/playground.ts";

const { pool, clock, programmes, checkout, deps, run, live, receipt, buy, awarded, verified } = await openPlayground();

test("an achievement is reached once, undone by a return where the game says so, and not won again by a merge", async () => {
  await live(`
  explorer:
    { partner: operator, ${dates}, funders: { operator: 1 }, budget: 1000 points, reward: { points: 10 points },
      achievement: { goal: { purchase: { at: [alfa, beta, telecom] }, differentPartners: 3 times }, onReturn: take-back } }
  streak:
    { partner: alfa, ${dates}, funders: { alfa: 1 }, budget: 1000 points, reward: { points: 7 points },
      achievement: { goal: { purchase: { at: alfa }, everyWeek: 2 times } } }`);
  const at = (partner: string) => ({ partner, store: `${partner}-1` });
  const { member } = await buy("explorer", 10_000);
  await buy("explorer", 10_000, at("beta"));
  const last = await buy("explorer", 10_000, at("telecom"));
  clock.advance(7 * DAY_MS);
  await buy("explorer", 10_000);
  await run();
  await run();
  assert.deepEqual(await awarded(member, "explorer"), [["goal", 1_000]]);
  assert.deepEqual(await awarded(member, "streak"), [["goal", 700]]);
  // The same person shopped with another card, and had won the same.
  const other = await buy("explorer-2", 10_000);
  await buy("explorer-2", 10_000, at("beta"));
  await buy("explorer-2", 10_000, at("telecom"));
  await run();
  assert.deepEqual(await awarded(other.member, "explorer"), [["goal", 1_000]]);
  const why = { by: "test", why: "the same person" };
  const merging = { now: clock.now, programmes };
  assert.ok((await transaction(pool, (client) => mergeMembers(merging, client, member, other.member, why))).ok);
  await run();
  const reward = (await loadAwards(pool, [member])).find(({ game }) => game === "explorer");
  assert.equal(reward?.isDue, false);
  assert.deepEqual((await awarded(member, "explorer")).length, 1);
  const returned = { receiptId: last.receiptId, store: "telecom-1", till: "1", number: "r", at: clock.now() };
  await ok(checkout.returnReceipt({ ...returned, lines: "all", refund: "money" }, operator));
  await run();
  assert.equal((await awarded(member, "explorer")).length, 1, "the other half still has its receipt of telecom");
});

test("a boost that a game gives makes the next receipt earn more, and is gone with the deed that won it", async () => {
  await live(`
  treat:
    { partner: alfa, ${dates}, reward: { boost: treat, lasts: 7 days },
      achievement: { goal: { purchase: { at: beta, atLeast: 100 RUB } }, onReturn: take-back } }`);
  const bought = await buy("treated", 10_000, { partner: "beta", store: "beta-1" });
  await run();
  clock.advance(1_000);
  const earned = async (amount: number) => {
    const { body } = await ok(checkout.postReceipt(receipt("treated", amount), operator));
    return body.earned;
  };
  assert.equal(await earned(10_000), 3_000, "10 % and 20 %");
  const back = { receiptId: bought.receiptId, store: "beta-1", till: "1", number: "back", at: clock.now() };
  await ok(checkout.returnReceipt({ ...back, lines: "all", refund: "money" }, operator));
  await run();
  clock.advance(1_000);
  assert.equal(await earned(10_000), 1_000);
  await buy("treated", 10_000, { partner: "beta", store: "beta-1" });
  await run();
  clock.advance(1_000);
  assert.equal(await earned(10_000), 3_000);
  clock.advance(9 * DAY_MS);
  assert.equal(await earned(10_000), 1_000, "after seven days");
});

test("a crash between an award and the note of it, and a merge right then, give the award once", async () => {
  await live(`
  once:
    { partner: operator, ${dates}, funders: { operator: 1 }, budget: 1000 points, reward: { points: 3 points },
      achievement: { goal: { purchase: { at: alfa } } } }`);
  const survivor = (await buy("once-1", 10_000, { partner: "beta", store: "beta-1" })).member;
  const merged = (await buy("once-2", 10_000)).member;
  await run();
  // As if the process had died after the operation: nothing is noted.
  const crash = "update game_award set given = null, turn = 0, is_due = true where member_id = $1 and game = 'once'";
  await pool.query(crash, [merged]);
  await transaction(pool, (client) =>
    mergeMembers({ now: clock.now, programmes }, client, survivor, merged, { by: "t", why: "t" }),
  );
  await run();
  const all = [...(await awarded(survivor, "once")), ...(await awarded(merged, "once"))];
  assert.deepEqual(all, [["goal", 300]]);
  const [award] = (await loadAwards(pool, [survivor])).filter(({ game }) => game === "once");
  assert.deepEqual([award?.isDue, award?.given?.cents], [false, 300]);
});

test("taken apart again, each has what it did: contributions, a goal, a board's week, a draw and its right", async () => {
  await live(`
  apart-goal:
    { partner: operator, ${dates}, funders: { operator: 1 }, budget: 100 points, reward: { points: 5 points },
      achievement: { goal: { purchase: { at: alfa }, spend: 1000 RUB }, onReturn: take-back } }
  apart-alone:
    { partner: operator, ${dates}, funders: { operator: 1 }, budget: 100 points, reward: { points: 2 points },
      achievement: { goal: { purchase: { at: beta } } } }
  apart-board:
    { partner: operator, ${dates}, leaderboard: { minimumTurnover: 10 RUB, crowd: 1 } }
  apart-draw:
    { partner: operator, ${dates}, draw: { right: { purchase: { at: alfa } }, every: game, whenOut: none,
      prizes: { some: { name: X, weight: 1 }, none: { name: Y, weight: 1 } } } }`);
  const one = (await buy("apart-1", 60_000)).member;
  const two = (await buy("apart-2", 50_000)).member;
  await buy("apart-2", 10_000, { partner: "beta", store: "beta-1" });
  await run();
  assert.deepEqual(await awarded(two, "apart-alone"), [["goal", 200]]);
  const draw = (member: MemberId, requestKey: string) =>
    makeDraw(deps, { member, game: "apart-draw", clientSeed: "x", requestKey });
  assert.equal(await code(draw(two, "before")), "ok");
  const why = { by: "t", why: "t" };
  const merging = { now: clock.now, programmes };
  const merged = await transaction(pool, (client) => mergeMembers(merging, client, one, two, why));
  assert.ok(merged.ok, JSON.stringify(merged));
  await run();
  assert.deepEqual(await awarded(one, "apart-goal"), [["goal", 500]], "together they spent 1,100 roubles");
  clock.advance(1_000);
  await buy("apart-2", 20_000);
  await run();
  assert.equal(await code(draw(one, "own")), "ok");

  const apart = await transaction(pool, (client) => unmergeMember(merging, client, two, why));
  assert.ok(apart.ok, JSON.stringify(apart));
  await run();
  const noted = async (member: MemberId, game: string) => {
    const { rows } = await pool.query<{ amount: number }>(
      "select amount from game_contribution where member_id = $1 and game = $2 order by occurred_at",
      [member, game],
    );
    return rows.map(({ amount }) => amount);
  };
  assert.deepEqual(await noted(one, "apart-goal"), [60_000]);
  assert.deepEqual(await noted(two, "apart-goal"), [50_000, 20_000], "before, and with its card since");
  assert.deepEqual(
    (await awarded(one, "apart-goal")).map(([, cents]) => cents).sort(),
    [-500, 500],
    "neither did it alone",
  );
  assert.deepEqual(await awarded(two, "apart-goal"), []);
  const scores = await pool.query<{ turnover_kopecks: number }>(
    "select turnover_kopecks from game_score where member_id = any($1) and game = 'apart-board' order by member_id = $2 desc",
    [[one, two], one],
  );
  assert.deepEqual(
    scores.rows.map(({ turnover_kopecks }) => turnover_kopecks),
    [60_000, 80_000],
  );
  // What it had been given stays its own and is not given again, to neither.
  const [alone] = (await loadAwards(pool, [two])).filter(({ game }) => game === "apart-alone");
  assert.deepEqual([alone?.isDue, alone?.given?.cents], [false, 200]);
  assert.deepEqual(
    (await loadAwards(pool, [one])).filter(({ game, given }) => game === "apart-alone" && given),
    [],
  );
  // The right that was drawn on before is used; of two rights since the merge each has its own.
  assert.equal(await code(draw(two, "before")), "ok", "the same draw again");
  assert.deepEqual([await code(draw(two, "left")), await code(draw(two, "none"))], ["ok", "no-draw-right"]);
  assert.equal(await code(draw(one, "more")), "no-draw-right");
  // It goes on by itself.
  await buy("apart-2", 40_000);
  await run();
  assert.deepEqual(await awarded(two, "apart-goal"), [["goal", 500]]);
  const calendar = createCalendar("Europe/Moscow");
  assert.deepEqual((await verifyProjections(pool, { calendar, now: clock.now })).differences, []);
});

test("after all of it every wallet is as its operations say", verified);
