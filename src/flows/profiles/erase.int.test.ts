import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { readStored, type Settlement } from "#domains/settlement/index.ts";
import { closeMonth, createCloseDeps } from "#flows/close-month/index.ts";
import { moveBatch } from "#flows/feed/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { createCalendar, type Month, parseMonth } from "#kernel/time.ts";
import { createLogger } from "#platform/log.ts";
import { testApi } from "../../../test/support/api.ts";
import { programmesOf, SMALL_COALITION } from "../../../test/support/programmes.ts";
import { createProfiles } from "./index.ts";

let logged = "";
function keepLine(line: string): void {
  logged += line;
}
const log = createLogger({ name: "test", level: "trace", pretty: false, write: keepLine });
const api = await testApi({ log, logRequests: true, now: "2026-06-10T12:00:00+03:00" });
const { operator, partner: alfa } = api.keys;
const { pool, clickhouse } = api.engines;

const PERSON = {
  phone: "+7 926 555-01-99",
  card: "4000777766665555",
  email: "zabytova@example.org",
  name: "Забытова Мариамна Ермолаевна",
  address: "Вологда, Забвенная улица 77, квартира 3",
  birthDate: "1933-11-29",
  externalId: "crm-to-be-forgotten",
};
/** As they might be found: whole, in parts, in other spellings, and the bytes in hexadecimal. */
const TRACES = [
  ...["79265550199", "9265550199", "926 555-01-99", PERSON.card, PERSON.email, "zabytova", PERSON.birthDate],
  ...["Забытова", "Мариамна", "Ермолаевна", "Забвенная", "mariamna", PERSON.externalId],
];

const keyOf = createIdentifierKeys(Buffer.from("test"));
const HASHES = [
  keyOf("phone", PERSON.phone),
  keyOf("card", PERSON.card),
  keyOf("email", PERSON.email),
  keyOf("external", `alfa:${PERSON.externalId}`),
].map(({ valueHash }) => valueHash.toString("hex"));
const withHex = (texts: readonly string[]) => texts.flatMap((each) => [each, Buffer.from(each).toString("hex")]);

/** Tables, with how many of their rows hold any of the texts in any column. */
async function foundInPostgres(texts: readonly string[]): Promise<Record<string, number>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    "select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname = 'public'",
  );
  assert.ok(tables.length > 50, "all tables are looked through");
  const found: Record<string, number> = {};
  for (const { name } of tables) {
    const { rows } = await pool.query<{ count: number }>(
      `select count(*)::int as count from "${name}" t, lateral (select replace(row_to_json(t)::text, '-', '') as bare, row_to_json(t)::text as whole) x
       where exists (select 1 from unnest($1::text[]) as trace where x.whole ilike '%' || trace || '%' or x.bare ilike '%' || trace || '%')`,
      [texts],
    );
    if ((rows[0]?.count ?? 0) > 0) found[name] = rows[0]?.count as number;
  }
  return found;
}

async function foundInClickhouse(texts: readonly string[]): Promise<string[]> {
  const tables = await clickhouse.query({
    query: "SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'",
    format: "JSONEachRow",
  });
  const names = (await tables.json<{ name: string }>()).map(({ name }) => name);
  assert.ok(names.includes("operation") && names.length >= 4);
  const found: string[] = [];
  for (const name of names) {
    const counted = await clickhouse.query({
      query: `SELECT count() AS count FROM ${name} WHERE multiSearchAnyCaseInsensitiveUTF8(formatRowNoNewline('JSONEachRow', *), {texts:Array(String)})`,
      query_params: { texts },
      format: "JSONEachRow",
    });
    if (Number((await counted.json<{ count: string }>())[0]?.count) > 0) found.push(name);
  }
  return found;
}

let receipts = 0;
async function buy(card: string, roubles: number, spend = 0, partner = "alfa") {
  const body = {
    ...{ partner, store: `${partner}-1`, till: "9", number: String(++receipts) },
    at: new Date(api.clock.now()).toISOString(),
    member: { kind: "card", value: card },
    lines: [{ category: "food", amount: roubles * 100 }],
    ...(spend === 0 ? {} : { spend }),
  };
  const answer = await api.call("/v1/receipts", { key: operator, body });
  assert.equal(answer.status, 201, answer.text);
  return String(answer.body.member);
}

/** Works with a feed beside it, as the worker's. */
async function withFeed<T>(work: () => Promise<T>): Promise<T> {
  const node = { node: 0, pool };
  const feed = { pool, nodes: [node], warehouse: clickhouse, clock: api.clock };
  let isOver = false;
  const feeding = (async () => {
    while (!isOver) await moveBatch(feed, node, 1_000, new AbortController().signal);
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await feeding;
  }
}

const month = (text: string): Month => parseMonth(text) as Month;

function close(text: string): Promise<Settlement> {
  return withFeed(async () => {
    const { clock, programmes } = api;
    const deps = { ...createCloseDeps({ pool, warehouse: clickhouse, clock, programmes }), pollMs: 5 };
    const closed = await closeMonth(deps, month(text), new AbortController().signal);
    assert.ok(closed.ok, JSON.stringify(closed));
    return closed.value;
  });
}

async function hold(member: string): Promise<void> {
  const body = { partner: "beta", member: { id: member }, pointsCents: 4_000, ttlSeconds: 86_400 };
  const headers = { "idempotency-key": `hold-${member}` };
  const held = await api.call("/v1/holds", { key: operator, headers, body });
  assert.equal(held.status, 201, held.text);
}

test("case 19: erased in mid-month, nothing personal is left anywhere, the hold ends, closed months stay, the open one closes right", async () => {
  const told = {
    identifiers: [
      { kind: "phone", value: PERSON.phone, verified: true },
      { kind: "card", value: PERSON.card, verified: true },
      { kind: "email", value: PERSON.email, verified: false },
    ],
    ...{ name: PERSON.name, address: PERSON.address, birthDate: PERSON.birthDate, gender: "female" },
    ...{ attributes: { maidenName: "Ермолаевна" }, at: "2026-06-01T12:00:00+03:00" },
  };
  const path = `/v1/profiles/alfa/${PERSON.externalId}`;
  assert.equal((await api.call(path, { method: "PUT", key: alfa, body: told })).status, 201);
  const refused = { ...told, birthDate: "1933-11-31" };
  assert.equal(
    (await api.call(path, { method: "PUT", key: alfa, body: refused })).status,
    400,
    "errors are logged too",
  );
  const member = await buy(PERSON.card, 2_600);
  await buy(PERSON.card, 10, 1_000, "beta");
  const other = await buy("4000000000000777", 2_500);
  await api.call("/v1/members/lookup", { key: operator, body: { kind: "phone", value: PERSON.phone } });
  api.clock.set(Date.parse("2026-07-05T12:00:00+03:00"));
  const june = await close("2026-06");
  assert.ok(
    june.lines.some(({ funder, redeemer, kopecks }) => funder === "alfa" && redeemer === "beta" && kopecks === 500),
  );
  const frozen = (await readStored(pool, month("2026-06")))?.document;

  const before = await foundInPostgres(withHex(TRACES));
  assert.deepEqual(before, {}, "nothing can be read from the tables without the master key");
  assert.deepEqual(await foundInClickhouse(TRACES), []);
  const hashed = await foundInPostgres(HASHES);
  assert.ok((hashed.identifier ?? 0) >= 3 && hashed.profile === 1 && (hashed.claim ?? 0) >= 1, JSON.stringify(hashed));

  await hold(member);
  const wallet = await api.call(`/v1/members/${member}/wallet`, { key: operator });
  assert.deepEqual([wallet.body.activeCents, wallet.body.heldCents], [21_000, 4_000]);
  const erased = await api.call(`/v1/members/${member}`, { method: "DELETE", key: operator });
  assert.equal(erased.status, 200, erased.text);
  await withFeed(async () => {});
  assert.deepEqual(await foundInPostgres(withHex([...TRACES, ...HASHES])), {}, "not even what leads to the person");
  assert.deepEqual(await foundInClickhouse([...TRACES, ...HASHES]), []);
  for (const trace of TRACES.filter((each) => each !== PERSON.externalId)) {
    assert.ok(!logged.includes(trace), `${trace} was logged`);
  }
  assert.ok(logged.length > 1_000, "requests were logged");
  assert.equal((await api.call(`/v1/members/${member}`, { key: operator })).status, 404);
  const asked = (id: string) => ({
    ...{ partner: "alfa", store: "alfa-1", till: "9", number: "q", at: new Date(api.clock.now()).toISOString() },
    ...{ member: { id }, lines: [{ category: "food", amount: 10_000 }] },
  });
  assert.equal((await api.call("/v1/quotes", { key: operator, body: asked(member) })).status, 404, "not even a quote");

  // The other, whose points go back to their funders.
  await hold(other);
  const policy = `${SMALL_COALITION}policies:\n  erasedPoints: return-to-funder\n`;
  const returning = createProfiles({
    ...{ pool, clock: api.clock, programmes: programmesOf(api.clock.now, policy) },
    ...{ identifierSecret: Buffer.from("test"), masterKey: randomBytes(32), random: randomBytes },
  });
  assert.ok((await returning.erase(memberIds.parse(other) as number)).ok);

  api.clock.set(Date.parse("2026-08-05T12:00:00+03:00"));
  const july = await close("2026-07");
  assert.deepEqual((await readStored(pool, month("2026-06")))?.document, frozen, "a closed month is as it was");
  assert.deepEqual(july.lines, [], "nothing was spent, so nobody owes anybody");
  const alfas = july.balances.find(({ funder }) => funder === "alfa");
  assert.deepEqual(
    [alfas?.outstandingCents, alfas?.expiredCents, alfas?.takenBackCents],
    [0, 12_500, 12_500],
    "alfa paid for half of both: nothing is outstanding",
  );
  const { rows } = await pool.query<{ to: string; cents: number }>(
    `select m->>1 as to, sum((m->>6)::int8)::int8 as cents from operation, json_array_elements(movements) m
     where kind = 'erasure' group by 1 order by 1`,
  );
  assert.deepEqual(
    rows.map(({ to, cents }) => [to, Number(cents)]),
    [
      ["ex", 25_000],
      ["ob", 25_000],
    ],
    "250 points each: one's expire, the other's go back",
  );
  const report = await verifyProjections(pool, { calendar: createCalendar("Europe/Moscow"), now: api.clock.now });
  assert.deepEqual(report.differences, []);
  assert.equal((await api.call("/v1/quotes", { key: operator, body: asked("mem_0000000zzzz") })).status, 404);
  const stranger = { ...asked(member), member: { kind: "card", value: PERSON.card } };
  const quoted = await api.call("/v1/quotes", { key: operator, body: stranger });
  assert.deepEqual([quoted.status, quoted.body.member], [200, undefined], "an unknown card is a stranger's");
});
