import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { testApi } from "../../../test/support/api.ts";
import { badReceipts } from "../../../test/support/bad-receipts.ts";

const api = await testApi();
const { keys } = api;
const good = {
  partner: "alfa",
  store: "alfa-1",
  till: "1",
  number: "bad-input",
  at: new Date(api.clock.now()).toISOString(),
  member: { kind: "card", value: "4000" },
  lines: [{ category: "food", amount: 10_000 }],
};

test("every bad receipt is told what is wrong with it, and writes nothing", async () => {
  const before = await api.countRows();
  for (const { name, body, headers, status, code, pointers } of badReceipts(good, api.clock.now())) {
    const answer = await api.call("/v1/receipts", {
      key: keys.till,
      body,
      ...(headers === undefined ? {} : { headers }),
    });
    const seen = `${name}: ${answer.text.slice(0, 500)}`;
    assert.equal(answer.status, status, seen);
    assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/, seen);
    assert.equal(answer.body.code, code, seen);
    assert.equal(answer.body.type, `/docs/errors/${code}`, seen);
    assert.equal(answer.body.instance, answer.headers.get("x-request-id"), seen);
    if (pointers !== undefined) {
      const told = (answer.body.errors as unknown as { pointer: string }[]).map(({ pointer }) => pointer);
      assert.deepEqual(told.sort(), [...pointers].sort(), seen);
    }
    // A quote for nobody known tells what a newcomer would earn.
    if (status === 404) continue;
    const quoted = await api.call("/v1/quotes", {
      key: keys.till,
      body,
      ...(headers === undefined ? {} : { headers }),
    });
    assert.equal(quoted.status, status, `as a quote, ${quoted.text.slice(0, 300)}`);
  }
  assert.equal(await api.countRows(), before);
});

test("the good receipt that the bad ones were made of is taken", async () => {
  const answer = await api.call("/v1/receipts", { key: keys.till, body: good });
  assert.equal(answer.status, 201, answer.text);
});

test("bad requests of the other operations are refused and write nothing", async () => {
  const before = await api.countRows();
  const once = { "idempotency-key": "k1" };
  const hold = { partner: "alfa", member: good.member, pointsCents: 100 };
  const award = { member: good.member, pointsCents: 100, funder: "alfa", reason: "late" };
  const cases: [path: string, call: Parameters<typeof api.call>[1], status: number, code: string][] = [
    ["/v1/holds", { body: hold }, 400, "invalid-request"],
    ["/v1/holds", { body: hold, headers: { "idempotency-key": "k".repeat(201) } }, 400, "invalid-request"],
    ["/v1/holds", { body: { ...hold, pointsCents: 0 }, headers: once }, 400, "invalid-request"],
    ["/v1/holds", { body: { ...hold, ttlSeconds: 0.5 }, headers: once }, 400, "invalid-request"],
    ["/v1/holds", { body: { ...hold, ttlSeconds: 31_000_000 }, headers: once }, 422, "hold-too-long"],
    ["/v1/holds", { body: { ...hold, partner: "beta" }, headers: once }, 403, "forbidden-partner"],
    ["/v1/holds", { body: { ...hold, pointsCents: 99_999_999 }, headers: once }, 422, "insufficient-points"],
    [
      "/v1/holds",
      { body: { ...hold, member: { kind: "card", value: "nobody" } }, headers: once },
      404,
      "unknown-member",
    ],
    ["/v1/holds/hold_1/capture", { body: { pointsCents: 1 }, headers: once }, 404, "unknown-hold"],
    ["/v1/holds/hold_1/void", { method: "POST", headers: once }, 404, "unknown-hold"],
    ["/v1/holds/hold_1/void", { method: "POST" }, 400, "invalid-request"],
    ["/v1/awards", { key: keys.partner, body: { ...award, reason: "" }, headers: once }, 400, "invalid-request"],
    ["/v1/awards", { key: keys.partner, body: { ...award, expiresAt: "soon" }, headers: once }, 400, "invalid-request"],
    ["/v1/awards", { key: keys.partner, body: { ...award, funder: "beta" }, headers: once }, 403, "forbidden-partner"],
    ["/v1/awards", { body: award, headers: once }, 403, "forbidden-operation"],
    ["/v1/receipts/rcp_1", {}, 404, "unknown-receipt"],
    ["/v1/receipts/%00", {}, 404, "unknown-receipt"],
    [
      "/v1/receipts/rcp_1/returns",
      { body: { store: "alfa-1", till: "1", number: "r", at: good.at, all: true } },
      404,
      "unknown-receipt",
    ],
    [
      "/v1/receipts/rcp_1/returns",
      { body: { store: "alfa-1", till: "1", number: "r", at: good.at } },
      400,
      "invalid-request",
    ],
    [
      "/v1/receipts/rcp_1/returns",
      { body: { store: "alfa-1", till: "1", number: "r", at: good.at, all: true, lines: [{ line: 0, amount: 1 }] } },
      400,
      "invalid-request",
    ],
    [
      "/v1/receipts/rcp_1/returns",
      { body: { store: "alfa-1", till: "1", number: "r", at: good.at, all: false } },
      400,
      "invalid-request",
    ],
    ["/v1/members/mem_1/wallet", {}, 404, "unknown-member"],
    ["/v1/members/mem_00000000001/operations?limit=0", {}, 400, "invalid-request"],
    ["/v1/members/mem_00000000001/operations?limit=10&limit=20", {}, 400, "invalid-request"],
    ["/v1/members/mem_00000000001/operations?cursor=WzFd.", {}, 400, "invalid-request"],
    ["/v1/members/mem_00000000001/operations?from=monday", {}, 400, "invalid-request"],
    ["/v1/members/mem_00000000001/lots?open=perhaps", {}, 400, "invalid-request"],
    ["/v1/members/mem_00000000001/lots?page=2", {}, 400, "invalid-request"],
    ["/v1/members/lookup", { body: { kind: "phone" } }, 400, "invalid-request"],
    ["/v1/members/lookup", { body: { kind: "phone", value: "+7 999" } }, 404, "unknown-member"],
    [
      "/v1/store-day-totals/alfa/alfa-1/2026-02-30",
      { method: "PUT", body: { receipts: 1, turnoverKopecks: 1 } },
      400,
      "invalid-request",
    ],
    [
      "/v1/store-day-totals/alfa/beta-1/2026-06-14",
      { method: "PUT", body: { receipts: 1, turnoverKopecks: 1 } },
      422,
      "unknown-store",
    ],
    [
      "/v1/store-day-totals/beta/beta-1/2026-06-14",
      { method: "PUT", body: { receipts: 1, turnoverKopecks: 1 } },
      403,
      "forbidden-partner",
    ],
    [
      "/v1/store-day-totals/alfa/alfa-1/2026-06-16",
      { method: "PUT", body: { receipts: 1, turnoverKopecks: 1 } },
      422,
      "day-in-future",
    ],
    ["/v1/programme?at=now", {}, 400, "invalid-request"],
    ["/v1/programme/versions/2", {}, 404, "unknown-programme-version"],
    ["/v1/keys", { key: keys.admin, body: { role: "till", name: "x" } }, 422, "key-needs-partner"],
    ["/v1/keys", { key: keys.admin, body: { role: "admin", name: "x", partner: "alfa" } }, 422, "key-without-partner"],
    ["/v1/keys", { key: keys.admin, body: { role: "till", name: "x", partner: "nobody" } }, 422, "unknown-partner"],
    ["/v1/keys", { key: keys.admin, body: { role: "boss", name: "x" } }, 400, "invalid-request"],
    ["/v1/nothing", {}, 404, "not-found"],
    ["/v1/receipts/%zz", {}, 400, "bad-request"],
    ["/v1/receipts", { method: "DELETE" }, 405, "method-not-allowed"],
  ];
  for (const [path, call, status, code] of cases) {
    const answer = await api.call(path, { key: keys.till, ...call });
    assert.equal(answer.status, status, `${path} ${answer.text}`);
    assert.equal(answer.body.code, code, `${path} ${answer.text}`);
  }
  assert.equal(await api.countRows(), before);
});

/** Replaces one value somewhere inside by another, or adds, drops or renames a field. */
function mutated(value: unknown, path: number[], put: unknown): unknown {
  if (typeof value !== "object" || value === null) return put;
  const keys = Object.keys(value);
  const [step = 0, ...rest] = path;
  const index = step % (keys.length + 2);
  if (index >= keys.length) return index === keys.length ? put : { ...value, surprise: put };
  const key = keys[index] as string;
  const inner = (value as Record<string, unknown>)[key];
  const changed = rest.length === 0 ? put : mutated(inner, rest, put);
  if (Array.isArray(value)) return value.map((item, at) => (at === index ? changed : item));
  return { ...value, [key]: changed };
}

const whole = {
  ...good,
  channel: "online",
  deliveryFee: 100,
  tenders: [{ kind: "card", amount: 10_100, token: "t", bank: "kubyshka" }],
  spend: 0,
  lines: [{ category: "food", amount: 10_000, quantity: 1 }],
};

const nasty = fc.oneof(
  { weight: 3, arbitrary: fc.anything({ maxDepth: 2 }) },
  { weight: 1, arbitrary: fc.double() },
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      "\0",
      "\ud800",
      "'",
      "\\",
      "%00",
      "../",
      -1,
      -0,
      1e308,
      2 ** 53,
      1e12 + 1,
      [],
      {},
      null,
      true,
      "",
      " ",
      "9".repeat(300),
      "1970-01-01T00:00:00Z",
      "9999-12-31T23:59:59Z",
      "0000-01-01T00:00:00Z",
      "constructor",
      "__proto__",
    ),
  },
);

test("thousands of spoilt receipts get an answer of 2xx or 4xx, never 5xx", async () => {
  const statuses = new Map<number, number>();
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }), nasty), { minLength: 20, maxLength: 20 }),
      async (changes) => {
        await Promise.all(
          changes.map(async ([path, put]) => {
            const body = mutated({ ...whole, number: `f${++number}` }, path, put);
            const text = JSON.stringify(body, (_, value) => (typeof value === "bigint" ? `${value}` : value)) ?? "";
            const answer = await api.call("/v1/receipts", { key: keys.till, body: text });
            statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
            assert.ok(answer.status < 500, `${answer.text}\n${text}`);
          }),
        );
      },
    ),
    { numRuns: 120 },
  );
  assert.ok((statuses.get(400) ?? 0) > 500, JSON.stringify([...statuses]));
});

test("thousands of spoilt texts get an answer of 2xx or 4xx, never 5xx, and refused ones write nothing", async () => {
  const before = await api.countRows();
  const text = JSON.stringify({ ...whole, number: "spoilt", lines: [{ category: "nothing", amount: 1 }] });
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(text.length), fc.nat(5), fc.string({ maxLength: 4 })), { minLength: 20, maxLength: 20 }),
      async (changes) => {
        await Promise.all(
          changes.map(async ([at, drop, put]) => {
            const spoilt = text.slice(0, at) + put + text.slice(at + drop);
            const answer = await api.call("/v1/receipts", { key: keys.till, body: spoilt });
            assert.ok(answer.status >= 400 && answer.status < 500, `${answer.status} ${answer.text}\n${spoilt}`);
          }),
        );
      },
    ),
    { numRuns: 100 },
  );
  assert.equal(await api.countRows(), before);
});
