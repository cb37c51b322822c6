import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { type RevealedPeriod, verifyDraws } from "#domains/games/index.ts";
import { type Json, testApi } from "../../../../test/support/api.ts";
import { runGamesOnce } from "../index.ts";

/** A Monday noon. */
const api = await testApi({ isStored: true, now: "2026-06-15T12:00:00+03:00" });
const { clock, checkout, programmes, call } = api;
const { pool } = api.engines;
const telecom = (await api.makeKey("partner", "telecom")).key;
const { operator, till, partner } = api.keys;

async function run(): Promise<void> {
  const gameSecret = Buffer.from("test games");
  const deps = { pool, clock, programmes, checkout, gameSecret, random: randomBytes, refresh: async () => {} };
  while ((await runGamesOnce(deps)) || !(await hasSeenAll()));
}

/** Other test files' transactions hold the stream back for their time. */
async function hasSeenAll(): Promise<boolean> {
  const { rows } = await pool.query<{ seen: boolean }>(
    "select next_xid > (select coalesce(max(xid), -1) from operation) as seen from game_position",
  );
  return rows[0]?.seen === true;
}

const dates = { name: { ru: "Игра", en: "Game" }, from: "2026-06-01", until: "2026-07-31" };
const put = (id: string, body: object, key = telecom) => call(`/v1/games/${id}`, { method: "PUT", key, body });
const act = (id: string, action: string, key: string) => call(`/v1/games/${id}/${action}`, { key, body: {} });

async function live(id: string, body: object): Promise<void> {
  const drafted = await put(id, { partner: "telecom", ...dates, ...body });
  assert.equal(drafted.status, 200, drafted.text);
  assert.equal((await act(id, "forecast", telecom)).status, 200);
  const approved = await act(id, "approve", operator);
  assert.equal(approved.status, 200, approved.text);
  clock.advance(1_000);
}

let number = 0;
async function buy(card: string, amount: number): Promise<string> {
  const at = new Date(clock.now()).toISOString();
  const shop = { partner: "alfa", store: "alfa-1", till: "1", number: String(++number), at };
  const body = { ...shop, lines: [{ category: "food", amount }], member: { kind: "card", value: card } };
  const sold = await call("/v1/receipts", { key: till, body });
  assert.equal(sold.status, 201, sold.text);
  return String(sold.body.member);
}

const items = (json: Json) => json.items as unknown as Json[];

test("a game is drafted, forecast and approved by another; its faults are told by field", async () => {
  const board = {
    leaderboard: { minimumTurnover: "300 RUB", crowd: 2, prizes: ["10 points"] },
    funders: { telecom: 1 },
  };
  const bad = await put("board", { partner: "telecom", ...dates, ...board, funders: { telecm: 1 } });
  assert.equal(bad.status, 400);
  assert.match(bad.text, /"pointer":"\/funders\/telecm"/);
  const two = await put("board", { partner: "telecom", ...dates, ...board, achievement: { goal: { purchase: {} } } });
  assert.match(two.text, /exactly one of leaderboard, achievement, draw, questions/);
  assert.equal((await put("board", { partner: "telecom", ...dates, ...board }, partner)).status, 403);
  assert.equal((await put("board", { partner: "telecom", ...dates, ...board })).status, 200);
  assert.equal((await act("board", "approve", operator)).status, 409, "without a forecast");
  const forecast = await act("board", "forecast", telecom);
  assert.equal((forecast.body.forecast as Json).pointsCents as unknown, 9_000, "nine weeks touch these days");
  assert.equal((await act("board", "approve", telecom)).status, 403);
  assert.equal((await act("board", "approve", operator)).status, 200);
  assert.equal((await put("board", { partner: "telecom", ...dates })).status, 400);
  assert.equal((await put("board", { partner: "telecom", ...dates, ...board, text: "x" })).status, 409);
  assert.equal((await call("/v1/games/board", { key: partner })).status, 404, "another partner's");
  clock.advance(1_000);
});

test("the board shows names and percents of who takes part, never an amount or a member", async () => {
  const members = [await buy("b-1", 54_321), await buy("b-2", 65_432), await buy("b-3", 76_543)];
  const path = (i: number) => `/v1/members/${members[i]}/games/board`;
  const join = (i: number, name: string, key = till) =>
    call(`${path(i)}/participation`, { method: "PUT", key, body: { name } });
  assert.equal((await join(0, "Рыбонька")).status, 200);
  assert.equal((await join(1, "рыбoнька")).status, 422, "looks the same");
  const refused = await join(1, "пиши на t.me/fish");
  assert.equal(refused.status, 422);
  assert.match(String(refused.body.type), /name-refused/);
  assert.equal((await join(1, "Karas")).status, 200);
  assert.equal((await join(1, "Karas", telecom)).status, 404, "a partner that does not know the member");
  await run();
  clock.set(Date.parse("2026-06-24T00:00:01+03:00"));
  await run();
  const week = await call("/v1/games/board/weeks/2026-06-15", { key: till });
  assert.equal(week.status, 200, week.text);
  assert.deepEqual(
    items(week.body).map(({ place, rateBp, prizeCents }) => [place, rateBp, prizeCents] as unknown),
    [
      [1, 1_000, 500],
      [1, 1_000, 500],
    ],
  );
  assert.deepEqual(
    items(week.body)
      .map(({ name }) => String(name))
      .sort(),
    ["Karas", "Рыбонька"],
  );
  for (const text of [week.text, (await call("/v1/games/board/weeks", { key: till })).text]) {
    assert.doesNotMatch(text, /54321|65432|76543|mem_|turnover/i);
  }
  const own = await call(`${path(2)}/standing`, { key: till });
  const [first] = own.body.weeks as unknown as Json[];
  assert.deepEqual([first?.place, first?.of, first?.rateBp] as unknown, [1, 3, 1_000], "the place it would have");
  assert.doesNotMatch(own.text, /76543|turnover/i);
  assert.equal((await call("/v1/games/board/weeks/2026-06-16", { key: till })).status, 404);
  assert.equal((await call("/v1/games/board/weeks/monday", { key: till })).status, 400);
  assert.equal((await call("/v1/games/board/weeks?cursor=nonsense", { key: till })).status, 400);
  const left = await call(`${path(0)}/participation`, { method: "DELETE", key: till });
  assert.equal(left.status, 200);
  const names = items((await call("/v1/games/board/weeks/2026-06-15", { key: till })).body).map(({ name }) => name);
  assert.deepEqual(names.filter((name) => name !== undefined) as unknown, ["Karas"]);
});

test("a draw is answered once a key, and after the period anybody can verify it without a key", async () => {
  await live("wheel", {
    draw: {
      right: { purchase: { at: "alfa", atLeast: "300 RUB" } },
      prizes: {
        fish: { name: { ru: "Рыба", en: "Fish" }, weight: 1, stock: 1, points: "5 points" },
        none: { name: { ru: "Ничего", en: "Nothing" }, weight: 1 },
      },
      whenOut: "none",
    },
    funders: { telecom: 1 },
  });
  const member = await buy("d-1", 30_000);
  await buy("d-1", 30_000);
  await run();
  const path = `/v1/members/${member}/games/wheel/draws`;
  const draw = (key: string, clientSeed = "q7Zp1v") =>
    call(path, { key: till, body: { clientSeed }, headers: { "idempotency-key": key } });
  assert.equal((await call(path, { key: till, body: { clientSeed: "a" } })).status, 400, "without a key");
  assert.equal((await draw("1", "персональное")).status, 400);
  const first = await draw("1");
  assert.equal(first.status, 201, first.text);
  const again = await draw("1");
  assert.deepEqual([again.headers.get("idempotency-replayed"), again.text], ["true", first.text]);
  assert.equal((await draw("1", "other")).status, 409);
  assert.equal((await draw("2")).status, 201);
  const none = await draw("3");
  assert.equal(none.status, 422, none.text);
  assert.equal(items((await call(path, { key: till })).body).length, 2);

  const published = await call("/v1/games/wheel/periods");
  assert.equal(published.status, 200, published.text);
  assert.doesNotMatch(published.text, /"serverSeed":/);
  const period = String(first.body.period);
  assert.equal((await call(`/v1/games/wheel/periods/${period}`)).status, 409, "not before its end");
  clock.set(Date.parse("2026-06-30T00:00:00+03:00"));
  await run();
  const revealed = await call(`/v1/games/wheel/periods/${period}`);
  assert.equal(revealed.status, 200, revealed.text);
  assert.doesNotMatch(revealed.text, /mem_/);
  const { items: draws, ...terms } = revealed.body;
  assert.deepEqual(verifyDraws({ ...terms, draws } as unknown as RevealedPeriod), []);
  assert.equal(String(terms.commitmentHash), String(first.body.commitmentHash), "what the member was told at the draw");
  assert.equal((await call("/v1/games/wheel/periods/2026-01-01")).status, 404);
});

test("a poll's answers become attributes with consent; others see counts only, and the right answer of a quiz nobody", async () => {
  const question = (answers: object) => ({ pet: { text: { ru: "Кто?", en: "Who?" }, answers } });
  await live("pets", {
    questions: {
      style: "poll",
      consent: { version: "v1", text: { ru: "Согласен", en: "I agree" } },
      questions: question({ cat: { name: "Кошка", attribute: "has-a-cat" }, none: { name: "Никто" } }),
    },
  });
  await live("quiz", {
    questions: {
      style: "quiz",
      questions: question({ fish: { name: "Рыба", correct: true }, cat: { name: "Кошка" } }),
    },
  });
  const member = await buy("p-1", 30_000);
  const answer = (game: string, body: object) =>
    call(`/v1/members/${member}/games/${game}/answers`, { method: "PUT", key: till, body });
  const bad = await answer("pets", { answers: { pet: ["dog"], place: ["x"] } });
  assert.equal(bad.status, 400);
  assert.match(bad.text, /"pointer":"\/answers\/place"/);
  assert.equal((await answer("pets", { answers: { pet: ["cat"] }, consent: "v0" })).status, 422);
  assert.equal((await answer("pets", { answers: { pet: ["cat"] }, consent: "v1" })).status, 200);
  const attributes = async () => (await call(`/v1/members/${member}/attributes`, { key: operator })).text;
  assert.match(await attributes(), /"has-a-cat","confidenceBp":9000.*"consentVersion":"v1"/);
  const games = await call(`/v1/members/${member}/games`, { key: till });
  assert.equal(games.status, 200, games.text);
  const shown = items(games.body).map(({ game }) => String(game));
  assert.deepEqual(shown.sort(), ["board", "pets", "quiz", "wheel"]);
  assert.doesNotMatch(
    games.text,
    /correct|"answers":\{/,
    "alfa's till sees neither right answers nor the member's own",
  );
  const withdraw = await call(`/v1/members/${member}/games/pets/consent`, { method: "DELETE", key: till });
  assert.equal(withdraw.status, 200);
  assert.doesNotMatch(await attributes(), /has-a-cat/);
  const results = await call("/v1/games/pets/results", { key: telecom });
  assert.deepEqual([results.status, results.body.isTooFew] as unknown, [200, true]);
  assert.equal((await call("/v1/games/pets/results", { key: partner })).status, 404);
  assert.equal((await answer("quiz", { answers: { pet: ["cat"] } })).status, 200);
  assert.equal((await answer("quiz", { answers: { pet: ["fish"] } })).status, 409);
});
