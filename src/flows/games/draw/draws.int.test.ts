import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type GameCost,
  listPeriodDraws,
  periodAt,
  readPeriod,
  type StoredDraw,
  verifyDraws,
} from "#domains/games/index.ts";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { documentHash } from "#domains/program/index.ts";
import {
  changeMissionState,
  createEventLog,
  draftMissions,
  followStream,
  makeForecast,
  settleRewards,
} from "#flows/missions/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { DAY_MS, type Day } from "#kernel/time.ts";
import { hasSeenAll as hasSeenMissions } from "../../../../test/support/missions.ts";
import { makeDraw, revealPeriods } from "../index.ts";
import { code, dates, ok, openPlayground, operator } from "../testing/playground.ts";

const { pool, clock, programmes, deps, otherDeps, run, live, buy, giveBack, awarded, verified } =
  await openPlayground();

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

test("after all of it every wallet is as its operations say", verified);
