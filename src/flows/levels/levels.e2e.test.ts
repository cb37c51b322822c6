import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyProjections } from "#domains/ledger/index.ts";
import { createCalendar } from "#kernel/time.ts";
import { type Json, testApi } from "../../../test/support/api.ts";
import { levelsHaveSeenAll } from "../../../test/support/levels.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";
import { followLevels, settleLevels } from "./index.ts";

const programme = `${SMALL_COALITION.replace(
  "rules:\n",
  `rules:
  second-level:
    name: for the level
    when: { partner: alfa, level: two }
    earn: 5%
    funders: operator
  third-level:
    name: for the third level
    when: { partner: alfa, level: three }
    earn: 7%
    funders: operator
  liked:
    name: {ru: на любимое, en: on favourites}
    when: { partner: alfa, favourite: true }
    earn: { percent: favourite }
    funders: operator
`,
)}
levels:
  one: { name: {ru: Первый, en: One}, rank: 1, favourites: 1 }
  two: { name: {ru: Второй, en: Two}, rank: 2, favourites: 2, reach: { spend: 1000 RUB, within: month, at: [alfa, beta] } }
  three: { name: {ru: Третий, en: Three}, rank: 3, favourites: 3, reach: { points: 300 points, within: 60 days } }
favourites:
  chooseBy: 20
  always: { food: { one: 10%, two: 20% }, alcohol: 5% }
`;
const api = await testApi({ programme });
const { operator, till } = api.keys;
const deps = { pool: api.engines.pool, clock: api.clock, programmes: api.programmes, checkout: api.checkout };

async function run(): Promise<void> {
  while ((await followLevels(deps)) || (await settleLevels(deps)) > 0 || !(await levelsHaveSeenAll(api.engines.pool)));
}

let number = 0;
async function buy(phone: string, amount: number, at = api.clock.now()): Promise<Json> {
  const body = {
    partner: "alfa",
    store: "alfa-1",
    till: "1",
    number: String(++number),
    at: new Date(at).toISOString(),
    member: { kind: "phone", value: phone },
    lines: [{ category: "food", amount }],
  };
  const answer = await api.call("/v1/receipts", { key: till, body });
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}

async function giveBack(receiptId: unknown, at = api.clock.now()): Promise<void> {
  const body = { store: "alfa-1", till: "1", number: `r${++number}`, at: new Date(at).toISOString(), all: true };
  const answer = await api.call(`/v1/receipts/${receiptId}/returns`, { key: till, body });
  assert.equal(answer.status, 201, answer.text);
}

async function level(member: unknown): Promise<Json> {
  const answer = await api.call(`/v1/members/${member}/level`, { key: operator });
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}
const set = (text: string) => api.clock.set(Date.parse(text));

test("a level is reached by the receipt that completes the sum, raises the next one, and is kept through the next month", async () => {
  set("2026-06-15T12:00:00+03:00");
  const first = await buy("+79000000001", 60_000);
  await run();
  const before = await level(first.member);
  assert.equal(before.level as unknown, "one");
  assert.equal((before.next as Json).missingKopecks as unknown, 40_000);
  assert.match(
    String(((before.next as Json).text as Json).ru),
    /До уровня «Второй»: потратить ещё 400,00\s₽ до конца 30\.06\.2026/,
  );
  api.clock.advance(60_000);
  assert.equal(
    (await buy("+79000000001", 40_000)).earned as unknown,
    4_000,
    "the receipt that reaches it earns as before",
  );
  await run();
  const after = await level(first.member);
  assert.equal(after.level as unknown, "two");
  assert.equal(after.since as unknown, "2026-06-15T09:01:00.000Z");
  assert.equal(after.keptUntil as unknown, "2026-07-31T21:00:00.000Z", "June's turnover keeps it through July");
  assert.equal((after.next as Json).missingCents as unknown, 20_000);
  api.clock.advance(60_000);
  assert.equal((await buy("+79000000001", 10_000)).earned as unknown, 1_000 + 500);
});

test("a return within the month takes the level only when the month ends; the next period is lost", async () => {
  set("2026-06-16T12:00:00+03:00");
  const { member, receiptId } = await buy("+79000000002", 100_000);
  await run();
  assert.equal((await level(member)).keptUntil as unknown, "2026-07-31T21:00:00.000Z");
  api.clock.advance(60_000);
  await giveBack(receiptId);
  await run();
  const held = await level(member);
  assert.equal(held.level as unknown, "two");
  assert.equal(held.keptUntil as unknown, "2026-06-30T21:00:00.000Z");
  assert.equal((held.keep as Json).missingKopecks as unknown, 100_000);
  set("2026-07-01T00:00:00+03:00");
  assert.equal((await level(member)).level as unknown, "one", "no sweep was needed");
  assert.equal((await buy("+79000000002", 10_000)).earned as unknown, 1_000);
});

test("an offline receipt has the level of its own time, and one that comes late moves the level to its own time", async () => {
  set("2026-06-17T12:00:00+03:00");
  const { member } = await buy("+79000000003", 70_000);
  await run();
  api.clock.advance(3_600_000);
  await buy("+79000000003", 40_000);
  await run();
  assert.equal((await level(member)).since as unknown, "2026-06-17T10:00:00.000Z");
  const offline = await buy("+79000000003", 10_000, Date.parse("2026-06-17T12:59:00+03:00"));
  assert.equal(offline.earned as unknown, 1_000, "before the level");
  await buy("+79000000003", 30_000, Date.parse("2026-06-17T12:30:00+03:00"));
  await run();
  const now = await level(member);
  assert.equal(now.since as unknown, "2026-06-17T09:30:00.000Z", "700 and 300 by 12:30");
  assert.equal((now.history as unknown as Json[]).length, 2);
});

test("points earned within rolling days reach a level too, whatever the balance is", async () => {
  set("2026-06-18T12:00:00+03:00");
  const { member } = await buy("+79000000004", 200_000);
  api.clock.advance(60_000);
  await run();
  await buy("+79000000004", 80_000);
  await run();
  const reached = await level(member);
  assert.equal(reached.level as unknown, "three", "200 and 120 points");
  assert.equal(reached.keptUntil as unknown, "2026-08-31T21:00:00.000Z", "60 days reach over the end of July");
});

test("two cards of one person that are merged count together", async () => {
  set("2026-06-19T12:00:00+03:00");
  const one = await buy("+79000000005", 60_000);
  const other = await buy("+79000000006", 60_000);
  await run();
  assert.equal((await level(one.member)).level as unknown, "one");
  api.clock.advance(60_000);
  const merged = await api.call(`/v1/members/${one.member}/merge`, {
    key: operator,
    body: { with: other.member, note: "one person" },
  });
  assert.ok(merged.status < 300, merged.text);
  await run();
  const joined = await level(other.member);
  assert.equal(joined.level as unknown, "two");
  assert.equal(joined.since as unknown, "2026-06-19T09:00:00.000Z");
});

test("favourites of a month to come are as many as the level will allow then, and fewer when it is lost meanwhile", async () => {
  set("2026-06-20T12:00:00+03:00");
  const { member, receiptId } = await buy("+79000000007", 100_000);
  await run();
  const path = `/v1/members/${member}/favourites/2026-07`;
  const chosen = await api.call(path, { method: "PUT", key: operator, body: { categories: ["alcohol", "food"] } });
  assert.equal(chosen.status, 200, chosen.text);
  assert.equal(chosen.body.allowed as unknown, 2);
  api.clock.advance(60_000);
  await giveBack(receiptId);
  await run();
  const after = await api.call(path, { key: operator });
  assert.equal(after.body.allowed as unknown, 1);
  assert.deepEqual(
    (after.body.chosen as unknown as Json[]).map(({ category }) => category as unknown),
    ["food"],
    "the best one stays",
  );
  set("2026-06-21T00:00:00+03:00");
  const late = await api.call(`/v1/members/${member}/favourites/2026-06`, {
    method: "PUT",
    key: operator,
    body: { categories: ["food"] },
  });
  assert.equal(late.body.code as unknown, "favourites-closed", "June's are chosen by the 20th");
});

test("a favourite earns by the level of each receipt's own time: from its moment on by the new one", async () => {
  set("2026-06-19T09:00:00+03:00");
  const { member } = await buy("+79000000008", 90_000);
  const path = `/v1/members/${member}/favourites/2026-06`;
  const chosen = await api.call(path, { method: "PUT", key: operator, body: { categories: ["food"] } });
  assert.equal(chosen.status, 200, chosen.text);
  assert.deepEqual(chosen.body.offered as unknown, [
    { category: "alcohol", name: { ru: "Алкоголь", en: "Alcohol" }, percentBp: 500 },
    {
      category: "food",
      name: { ru: "Продукты", en: "Food" },
      percentBp: 1_000,
      byLevel: [
        { level: "one", percentBp: 1_000 },
        { level: "two", percentBp: 2_000 },
        { level: "three", percentBp: 2_000 },
      ],
    },
  ]);
  api.clock.advance(60_000);
  const reaching = await buy("+79000000008", 10_000);
  assert.equal(reaching.earned as unknown, 1_000 + 1_000);
  assert.match(
    String((reaching.rules as unknown as Json[]).find(({ rule }) => String(rule) === "liked")?.why),
    /\(One\)/,
  );
  await run();
  api.clock.advance(60_000);
  const after = await buy("+79000000008", 10_000);
  assert.equal(after.earned as unknown, 1_000 + 500 + 2_000, "with the new level, and its percentage");
  const liked = (after.rules as unknown as Json[]).find(({ rule }) => String(rule) === "liked");
  assert.equal(liked?.percent as unknown, 2_000);
  assert.match(String(liked?.why), /20.*\(Two\)/);
  const late = await buy("+79000000008", 10_000, api.clock.now() - 90_000);
  assert.equal(late.earned as unknown, 1_000 + 1_000, "a receipt of before comes late");
  const seen = await api.call(path, { key: operator });
  assert.deepEqual([seen.body.level, seen.body.allowed] as unknown, ["two", 2]);
});

test("strangers' members are nobody, and all of it is in the operations", async () => {
  const stranger = await api.makeKey("partner", "telecom");
  const { member } = await buy("+79000000001", 100);
  assert.equal((await api.call(`/v1/members/${member}/level`, { key: stranger.key })).status, 404);
  const report = await verifyProjections(api.engines.pool, {
    calendar: createCalendar("Europe/Moscow"),
    now: api.clock.now,
  });
  assert.deepEqual(report.differences, []);
});
