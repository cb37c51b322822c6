import assert from "node:assert/strict";
import { test } from "node:test";
import { readParticipant, weekOf } from "#domains/games/index.ts";
import { erasePersonal } from "#domains/identity/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { DAY_MS, type Day, parseDay } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { followGames, leave, readBoard, readStanding, refreshBoards, settleAwards, takePart } from "../index.ts";
import { code, dates, ok, openPlayground } from "../testing/playground.ts";

const { pool, clock, programmes, deps, otherDeps, run, hasSeenAll, live, buy, giveBack, awarded, verified } =
  await openPlayground();

const week = parseDay("2026-06-01") as Day;

test("a week's board: percents not amounts, ties share prizes, tiny receipts and strangers have no place, closed once", async () => {
  await live(`
  board:
    { partner: operator, ${dates}, funders: { operator: 1 }, leaderboard: {
      minimumTurnover: 500 RUB, roundTo: 1%, crowd: 3, closesAfter: 2 days, onReturn: take-back,
      prizes: [100 points, 50 points, 25.01 points] } }`);
  // alfa earns 10 %, beta nothing: what is bought where makes the percent.
  const members = new Map<string, MemberId>();
  const half = { partner: "beta", store: "beta-1" };
  const first = await buy("ten", 100_000);
  members.set("ten", first.member);
  for (const card of ["five", "also-five"]) {
    members.set(card, (await buy(card, 50_000)).member);
    await buy(card, 50_000, half);
  }
  members.set("two", (await buy("two", 20_000)).member);
  await buy("two", 80_000, half);
  members.set("tiny", (await buy("tiny", 1_000)).member);
  members.set("stranger", (await buy("stranger", 100_000)).member);
  const id = (card: string) => members.get(card) as MemberId;
  for (const card of ["ten", "five", "also-five", "two", "tiny"])
    await ok(takePart(deps, id(card), "board", `Имя ${card}`));
  assert.equal(
    await code(takePart(deps, id("stranger"), "board", "Имя tеn")),
    "name-taken",
    "a Cyrillic е is no way round",
  );
  assert.equal(await code(takePart(deps, id("stranger"), "board", "звони 8 916 123-45-67")), "name-refused");
  await run();

  clock.set(Date.parse("2026-06-02T00:00:01+03:00"));
  await run();
  const running = await ok(readBoard(deps, "board", week, 0, 10));
  assert.deepEqual(
    running.places.map(({ place, name, rateBp }) => [place, name, rateBp]),
    [1, 2, 2, 4].map((place, i) => [place, running.places[i]?.name, undefined]),
    "the order of the day before, without percents",
  );
  assert.equal(running.participants, 4, "who bought for too little is not among them, who does not take part neither");
  const mine = await ok(readStanding(deps, id("stranger"), "board", 1));
  assert.deepEqual([mine.weeks[0]?.place, mine.weeks[0]?.of, mine.weeks[0]?.rateBp], [1, 5, 1_000]);
  assert.equal((await ok(readStanding(deps, id("tiny"), "board", 1))).weeks[0]?.place, undefined);

  // Before the deadline nothing closes; then two processes close at once, and repeat it.
  clock.set(Date.parse("2026-06-09T23:59:59+03:00"));
  await run();
  assert.equal((await ok(readBoard(deps, "board", week, 0, 10))).closedAt, undefined);
  clock.set(Date.parse("2026-06-10T00:00:00+03:00"));
  await followGames(deps);
  await Promise.all([refreshBoards(deps), refreshBoards(otherDeps), refreshBoards(deps)]);
  await Promise.all([settleAwards(deps), settleAwards(otherDeps)]);
  await run();
  const board = await ok(readBoard(deps, "board", week, 0, 10));
  assert.notEqual(board.closedAt, undefined);
  assert.deepEqual(
    board.places.map(({ place, rateBp, prizeCents }) => [place, rateBp, prizeCents]),
    [
      [1, 1_000, 10_000],
      [2, 500, 3_751],
      [2, 500, 3_750],
      [4, 200, undefined],
    ],
    "50 and 25.01 points are shared by the two second places",
  );
  const prizes = [...(await awarded(id("five"), "board")), ...(await awarded(id("also-five"), "board"))];
  assert.deepEqual(prizes.map(([, cents]) => cents).sort(), [3_750, 3_751]);
  assert.deepEqual(await awarded(id("ten"), "board"), [["week:2026-06-01", 10_000]]);
  assert.deepEqual(await awarded(id("stranger"), "board"), [], "who does not take part wins nothing");

  // A return after the close takes the prize back; places stay. Who leaves has no name any more.
  await giveBack(first.receiptId);
  await ok(leave(deps, id("five"), "board"));
  await run();
  assert.deepEqual(
    (await awarded(id("ten"), "board")).map(([, cents]) => cents).sort((a, b) => a - b),
    [-10_000, 10_000],
  );
  const later = await ok(readBoard(deps, "board", week, 0, 10));
  assert.deepEqual(
    later.places.map(({ place }) => place),
    [1, 2, 2, 4],
  );
  assert.equal(later.places.filter(({ name }) => name === undefined).length, 1);
});

test("pages of any size, and receipts that come late, end in the same scores and places", async () => {
  const board = (id: string) => `
  ${id}: { partner: operator, ${dates}, leaderboard: { minimumTurnover: 10 RUB, crowd: 1 } }`;
  await live(board("early") + board("late"));
  const cards = Array.from({ length: 8 }, (_, i) => `page-${i}`);
  const at = clock.now();
  for (const [i, card] of cards.entries()) {
    await buy(card, 10_000 + i, { at });
    await buy(card, 1_000 * i + 1_000, { partner: "beta", store: "beta-1", at });
  }
  while ((await followGames(deps, 3)) || !(await hasSeenAll()));
  const scores = async (game: string) => {
    const { rows } = await pool.query(
      "select member_id, week, turnover_kopecks, points_cents, receipts, rate_bp from game_score where game = $1 order by 1, 2",
      [game],
    );
    return rows;
  };
  const one = await scores("early");
  await pool.query("delete from game_score where game in ('early', 'late')");
  await pool.query("delete from game_contribution where game in ('early', 'late')");
  await pool.query("update game_position set next_xid = 0");
  while ((await followGames(deps, 1_000)) || !(await hasSeenAll()));
  assert.deepEqual(await scores("late"), one, "the whole stream again, in other pages");
  assert.ok(one.length >= cards.length);
});

test("who was erased has no name on a board, and no answers", async () => {
  await live(`
  names: { partner: operator, ${dates}, leaderboard: { minimumTurnover: 10 RUB, crowd: 1 } }`);
  const { member } = await buy("erased", 10_000);
  await ok(takePart(deps, member, "names", "Забытый"));
  await transaction(pool, (client) => erasePersonal(client, [member]));
  assert.equal(await readParticipant(pool, member, "names"), undefined);
  const { member: other } = await buy("another", 10_000);
  await ok(takePart(deps, other, "names", "Забытый"));
});

test("whoever joins after the week is over has no place in it", async () => {
  const { calendar } = programmes.current();
  const now = weekOf(calendar.dayOf(clock.now())) + 7;
  clock.set(calendar.startOf(now));
  const { member } = await buy("joins-late", 10_000);
  clock.set(calendar.startOf(now + 7));
  await ok(takePart(deps, member, "names", "Опоздавший"));
  clock.set(calendar.startOf(now + 9));
  await run();
  const week = await ok(readStanding(deps, member, "names", 3));
  assert.equal(week.weeks[0]?.qualifies, true);
  assert.deepEqual(
    (await ok(readBoard(deps, "names", now as Day, 0, 10))).places.map(({ name }) => name),
    [],
  );
});

test("a quarter after the close nothing of a week's receipts is kept, and a return takes no prize back", async () => {
  await live(`
  forgets: { partner: operator, ${dates.replace("2026-08-31", "2026-12-31")}, funders: { operator: 1 }, leaderboard: {
    minimumTurnover: 10 RUB, crowd: 1, prizes: [5 points], onReturn: take-back } }`);
  const first = await buy("forgets", 10_000);
  await ok(takePart(deps, first.member, "forgets", "Давний"));
  for (let weeks = 0; weeks < 16; weeks++) {
    clock.advance(7 * DAY_MS);
    await buy("forgets", 10_000);
    await run();
  }
  const rows = await pool.query(
    "select count(*)::int4 as kept from game_contribution where member_id = $1 and game = 'forgets'",
    [first.member],
  );
  assert.ok(rows.rows[0].kept < 17, `${rows.rows[0].kept} of 17`);
  await giveBack(first.receiptId);
  await run();
  const prizes = (await awarded(first.member, "forgets")).map(([, cents]) => cents);
  assert.ok(prizes.length >= 14 && prizes.every((cents) => cents === 500));
});

test("after all of it every wallet is as its operations say", verified);
