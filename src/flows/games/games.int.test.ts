import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, test } from "node:test";
import {
  type GameCost,
  listPeriodDraws,
  loadAwards,
  periodAt,
  readParticipant,
  readPeriod,
  type StoredDraw,
  verifyDraws,
  weekOf,
} from "#domains/games/index.ts";
import { createIdentifierKeys, erasePersonal } from "#domains/identity/index.ts";
import { listOperations, verifyProjections } from "#domains/ledger/index.ts";
import { applyProgramme, documentHash, loadProgrammes } from "#domains/program/index.ts";
import { createCheckout, type Principal, type ReceiptRequest } from "#flows/checkout/index.ts";
import { mergeMembers, unmergeMember } from "#flows/merge/index.ts";
import {
  changeMissionState,
  createEventLog,
  draftMissions,
  followStream,
  makeForecast,
  settleRewards,
} from "#flows/missions/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { createCalendar, DAY_MS, type Day, parseDay } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { testEngines } from "../../../test/engines.ts";
import { hasSeenAll as hasSeenMissions } from "../../../test/support/missions.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";
import {
  answerQuestions,
  changeGameState,
  draftGames,
  followGames,
  forecastGame,
  leave,
  makeDraw,
  readBoard,
  readStanding,
  refreshBoards,
  revealPeriods,
  runGamesOnce,
  settleAwards,
  statedAttributes,
  takePart,
  withdrawAnswers,
} from "./index.ts";

/** A boost that games may give: 20 % more at alfa. */
const TREAT = `boosts:
  treat: { name: { ru: Угощение, en: Treat } }
`;
const PROGRAMME = SMALL_COALITION.replace(
  "spending:",
  `  treat:
    name: {ru: угощение, en: a treat}
    when: { partner: alfa, boost: treat }
    earn: 20%
    funders: alfa
spending:`,
);

const { pool, pgUrl } = await testEngines();
/** A Monday. */
const clock = manualClock(Date.parse("2026-06-01T12:00:00+03:00"));
const applied = await applyProgramme(
  { pool, clock },
  { file: { name: "p", text: PROGRAMME + TREAT }, appliedBy: "test", comment: "", effectiveFromAt: 0 },
);
assert.ok(applied.ok, JSON.stringify(applied));
const programmes = await loadProgrammes({ pool, clock });
const checkout = createCheckout({ pool, clock, programmes, identifierSecret: Buffer.from("test") });
const operator: Principal = { keyId: "op", role: "operator" };
const common = { clock, programmes, checkout, gameSecret: Buffer.from("secret"), random: randomBytes };
const deps = { ...common, pool, refresh: programmes.refresh };
/** What another process would have. */
const otherPool = createPool({ url: pgUrl, applicationName: "other process" });
const otherDeps = { ...deps, pool: otherPool };
after(() => otherPool.end());

async function run(): Promise<void> {
  while ((await runGamesOnce(deps)) || !(await hasSeenAll()));
}

/** Other test files' transactions hold the stream back for their time. */
async function hasSeenAll(): Promise<boolean> {
  const { rows } = await pool.query<{ seen: boolean }>(
    "select next_xid > (select coalesce(max(xid), -1) from operation) as seen from game_position",
  );
  return rows[0]?.seen === true;
}

async function ok<T, F>(outcome: Promise<{ ok: true; value: T } | { ok: false; failure: F }>): Promise<T> {
  const result = await outcome;
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

async function code<T>(outcome: Promise<{ ok: true; value: T } | { ok: false; failure: { code: string } }>) {
  const result = await outcome;
  return result.ok ? "ok" : result.failure.code;
}

async function live(text: string): Promise<void> {
  const file = { name: "g", text: `format: 1\ngames:\n${text}` };
  for (const { id } of await ok(draftGames(deps, { file, who: "anna", comment: "" }))) {
    await ok(forecastGame(deps, { id, who: "anna" }));
    const approval = { id, action: "approve", comment: "" } as const;
    assert.equal(await code(changeGameState(deps, { ...approval, who: "anna" })), "game-own-approval");
    await ok(changeGameState(deps, { ...approval, who: "boris" }));
  }
  clock.advance(1_000);
}

let number = 0;
function receipt(card: string, amount: number, over: Partial<ReceiptRequest["receipt"]> = {}): ReceiptRequest {
  const shop = { partner: "alfa", store: "alfa-1", till: "1", number: String(++number), at: clock.now() };
  const lines = [{ category: "food", amountKopecks: amount }];
  return {
    receipt: { ...shop, lines, deliveryFeeKopecks: 0, tenders: [], spendCents: 0, ...over },
    member: { by: "identifier", kind: "card", value: card },
  };
}

async function buy(card: string, amount: number, over: Partial<ReceiptRequest["receipt"]> = {}) {
  const { body } = await ok(checkout.postReceipt(receipt(card, amount, over), operator));
  return { receiptId: body.receiptId, member: memberIds.parse(body.member ?? "") as MemberId };
}

async function giveBack(receiptId: string): Promise<void> {
  const shop = { store: "alfa-1", till: "1", number: String(++number), at: clock.now() };
  await ok(checkout.returnReceipt({ receiptId, ...shop, lines: "all", refund: "money" }, operator));
}

/** Awards in points by games: [award key, cents] of operations that were posted. */
async function awarded(member: MemberId, game: string): Promise<[string, number][]> {
  const operations = await listOperations(pool, member, { limit: 1_000 });
  return operations
    .map(({ body }) => body as { reward?: { game?: string; award?: string }; cents?: number })
    .filter(({ reward }) => reward?.game === game)
    .map(({ reward, cents }) => [String(reward?.award), cents as number]);
}

const dates = "name: { ru: Имя, en: Name }, from: 2026-06-01, until: 2026-08-31";
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

const WHEEL = `
  wheel:
    { partner: alfa, ${dates}, funders: { alfa: 2, operator: 1 }, draw: {
      right: { purchase: { at: alfa, atLeast: 300 RUB } }, every: week, whenOut: nothing,
      prizes: {
        jackpot: { name: { ru: Джекпот, en: Jackpot }, weight: 40, stock: 3, points: 100 points },
        small: { name: { ru: Немного, en: A little }, weight: 40, stock: 5, points: 10 points },
        nothing: { name: { ru: Ничего, en: Nothing }, weight: 20 } } } }`;

test("draws of several processes at once: rights once, stocks never passed, nonces without gaps, and all of it verifies", async () => {
  await live(WHEEL);
  const forecast = await pool.query<{ forecast: GameCost }>("select forecast from game where id = 'wheel'");
  const cost = forecast.rows[0]?.forecast;
  assert.deepEqual(
    [cost?.rounds, cost?.pointsCents, cost?.byFunder],
    [14, 14 * 35_000, { alfa: 326_667, operator: 163_333 }],
  );
  const members: MemberId[] = [];
  for (let i = 0; i < 12; i++) {
    const { member } = await buy(`wheel-${i}`, 30_000);
    await buy(`wheel-${i}`, 40_000);
    await buy(`wheel-${i}`, 29_999);
    members.push(member);
  }
  const gone = await buy("wheel-0", 50_000);
  await giveBack(gone.receiptId);
  await run();
  const draw = (member: MemberId, key: string, from = deps) =>
    makeDraw(from, { member, game: "wheel", clientSeed: `seed of ${member}`, requestKey: key });
  // Each member asks three times in two processes, and each request comes twice.
  const outcomes = await Promise.all(
    members.flatMap((member) =>
      ["a", "b", "c"].flatMap((key) => [draw(member, key), draw(member, key, otherDeps as typeof deps)]),
    ),
  );
  const made = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  assert.equal(
    made.filter(({ replayed }) => !replayed).length,
    24,
    "two receipts of 300 roubles each, none for what was returned",
  );
  const refused = new Set(outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.failure.code])));
  assert.deepEqual([...refused], ["no-draw-right"]);
  const { calendar } = programmes.current();
  const whole = { fromAt: 0, untilAt: Number.MAX_SAFE_INTEGER / 4 };
  const period = periodAt("week", whole, clock.now(), calendar)?.period as Day;
  const draws = await listPeriodDraws(pool, "wheel", period, 0, 1_000);
  assert.deepEqual(
    draws.map(({ nonce }) => nonce),
    draws.map((_, i) => i + 1),
  );
  const count = (id: string) => draws.filter(({ given }) => given === id).length;
  assert.deepEqual(
    [count("jackpot"), count("small"), count("nothing")],
    [3, 5, 16],
    "24 draws want more than there is",
  );
  const seen = await readPeriod(pool, "wheel", period);
  assert.equal(seen?.serverSeed, undefined, "the seed is secret while the period runs");
  const [known] = draws;
  assert.ok(known);
  const repeat = await ok(draw(known.member, known.requestKey));
  assert.deepEqual(repeat, { draw: known, replayed: true });
  const again = { member: known.member, game: "wheel", clientSeed: "another", requestKey: known.requestKey };
  assert.equal(await code(makeDraw(deps, again)), "idempotency-conflict");

  await run();
  const points = await Promise.all(members.map((member) => awarded(member, "wheel")));
  assert.equal(
    points.flat().reduce((sum, [, cents]) => sum + cents, 0),
    3 * 10_000 + 5 * 1_000,
  );

  // Nobody can draw on a seed that is revealed, and what is revealed proves every draw.
  clock.set(calendar.startOf(period + 7));
  await revealPeriods(deps);
  const revealed = await readPeriod(pool, "wheel", period);
  assert.ok(revealed?.serverSeed !== undefined);
  const published = {
    commitment: revealed.commitment,
    commitmentHash: documentHash(seen?.commitment as object),
    serverSeed: Buffer.from(revealed.serverSeed).toString("hex"),
    draws: draws.map(({ nonce, clientSeed, drawn, given }: StoredDraw) => ({ nonce, clientSeed, drawn, given })),
  };
  assert.deepEqual(verifyDraws(published), []);
  const next = await readPeriod(pool, "wheel", period + 7);
  assert.ok(
    (next?.committedAt as number) < (next?.startsAt as number),
    "the next week was committed to before it began",
  );
});

test("a poll answered with consent says attributes, until the consent is withdrawn; a quiz pays once", async () => {
  await live(`
  pets:
    { partner: operator, ${dates}, funders: { operator: 1 }, budget: 100 points, reward: { points: 5 points },
      questions: { style: poll, consent: { version: v1, text: { ru: Согласен, en: I agree } }, halfLife: 100 days, questions: {
        pet: { text: { ru: Кто у вас живёт?, en: Who lives with you? }, choose: several, answers: {
          cat: { name: { ru: Кошка, en: A cat }, attribute: has-a-cat, confidence: 80% },
          dog: { name: { ru: Собака, en: A dog }, attribute: has-a-dog }, nobody: { name: { ru: Никто, en: Nobody } } } } } } }
  quiz:
    { partner: operator, ${dates}, funders: { operator: 1 }, budget: 100 points, reward: { points: 5 points },
      questions: { style: quiz, questions: {
        sum: { text: { ru: 2 + 2, en: 2 + 2 }, answers: { three: { name: "3" }, four: { name: "4", correct: true } } } } } }`);
  const { member } = await buy("pets", 10_000);
  const pet = (...answers: string[]) => ({ member, game: "pets", answers: { pet: answers } });
  assert.equal(await code(answerQuestions(deps, pet("hamster"))), "answers-invalid");
  assert.equal(await code(answerQuestions(deps, { ...pet("cat"), consent: "v0" })), "consent-outdated");
  await ok(answerQuestions(deps, pet("cat")));
  assert.deepEqual(await statedAttributes(deps, [member]), [], "without consent an answer says nothing");
  const twice = await Promise.all([1, 2].map(() => answerQuestions(deps, { ...pet("cat", "dog"), consent: "v1" })));
  assert.deepEqual(twice.map((each) => each.ok && each.value.replayed).sort(), [false, true]);
  const keys = async () => (await statedAttributes(deps, [member])).map(({ key, confidenceBp }) => [key, confidenceBp]);
  assert.deepEqual(await keys(), [
    ["has-a-dog", 9_000],
    ["has-a-cat", 8_000],
  ]);
  clock.advance(50 * DAY_MS);
  assert.deepEqual((await keys())[1], ["has-a-cat", 5_656], "half as sure after a half-life");
  await ok(withdrawAnswers(deps, [member], "pets"));
  assert.deepEqual(await keys(), []);
  await run();
  assert.deepEqual(await awarded(member, "pets"), [["answers", 500]], "changed three times, rewarded once");

  const sum = (answer: string) => answerQuestions(deps, { member, game: "quiz", answers: { sum: [answer] } });
  assert.equal((await ok(sum("three"))).hasPassed, false);
  assert.equal(await code(sum("four")), "already-answered");
  await run();
  assert.deepEqual(await awarded(member, "quiz"), []);
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

test("a right to draw comes of a mission done, once, and of each day", async () => {
  const mission = `format: 1
missions:
  number: { partner: telecom, ${dates}, goal: { event: number-moved }, reward: { points: 1 point }, funders: { telecom: 1 } }
`;
  const file = { name: "m", text: mission };
  await ok(draftMissions(deps, { file, who: "anna", comment: "" }));
  await ok(makeForecast(deps, { mission: "number", who: "anna" }));
  await ok(changeMissionState(deps, { mission: "number", action: "approve", who: "boris", comment: "" }));
  await programmes.refresh();
  clock.advance(1_000);
  const plain = "whenOut: none, prizes: { some: { name: X, weight: 1 }, none: { name: Y, weight: 1 } }";
  await live(`
  by-mission: { partner: telecom, ${dates}, draw: { right: { mission: number }, every: game, ${plain} } }
  by-day: { partner: telecom, ${dates}, draw: { right: { daily: true }, style: scratch-card, every: day, ${plain} } }`);
  const { member } = await buy("rights", 10_000);
  const draw = (game: string, requestKey: string) => makeDraw(deps, { member, game, clientSeed: "x", requestKey });
  assert.equal(await code(draw("by-mission", "1")), "no-draw-right");
  const events = createEventLog({ pool, clock, programmes, identifierKey: createIdentifierKeys(Buffer.from("test")) });
  const event = { partner: "telecom", id: "n1", type: "number-moved", member: { by: "id", id: member } as const };
  await ok(events.post({ ...event, at: clock.now(), data: {} }, operator));
  while ((await followStream(deps)) || (await settleRewards(deps)) > 0 || !(await hasSeenMissions(pool)));
  await run();
  assert.deepEqual([await code(draw("by-mission", "1")), await code(draw("by-mission", "2"))], ["ok", "no-draw-right"]);
  assert.deepEqual([await code(draw("by-day", "1")), await code(draw("by-day", "2"))], ["ok", "no-draw-right"]);
  clock.advance(DAY_MS);
  await run();
  assert.equal(await code(draw("by-day", "2")), "ok");
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

test("after all of it every wallet is as its operations say", async () => {
  const report = await verifyProjections(pool, { calendar: createCalendar("Europe/Moscow"), now: clock.now });
  assert.deepEqual(report.differences, []);
  assert.equal(weekOf(createCalendar("Europe/Moscow").dayOf(Date.parse("2026-06-07T23:59:59+03:00"))), week);
});
