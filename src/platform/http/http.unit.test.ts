import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { test } from "node:test";
import { Type } from "typebox";
import { manualClock } from "#platform/clock.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { escapePointer } from "./field-faults.ts";
import { createHttpMetrics } from "./http-metrics.ts";
import { languageOf } from "./language.ts";
import { createHistogram } from "./metrics.ts";
import { problemKind } from "./problem.ts";
import { createProblemRegistry } from "./problem-registry.ts";
import { createRateLimiter } from "./rate-limit.ts";
import { createRequestIds } from "./request-id.ts";
import { routeTable } from "./route-table.ts";
import { createBodyValidator } from "./validation.ts";

test("the language is the one liked best of those that we have", () => {
  const cases: [string | undefined, string][] = [
    [undefined, "en"],
    ["ru", "ru"],
    ["ru-RU,ru;q=0.9,en;q=0.8", "ru"],
    ["de, en;q=0.3, ru;q=0.7", "ru"],
    ["de, fr", "en"],
    ["*", "en"],
    ["ru;q=0, en", "en"],
    ["ru;q=oops", "en"],
    ["", "en"],
  ];
  for (const [header, language] of cases) assert.equal(languageOf(header), language, String(header));
});

test("a key spends its tokens, waits as it is told to, and is whole again after its window", () => {
  const clock = manualClock(0);
  const limiter = createRateLimiter(clock, { quota: 10, windowSeconds: 5 });
  assert.equal(limiter.policy, '"key";q=10;w=5');
  for (let i = 0; i < 10; i++) assert.equal(limiter.take("a"), 0);
  assert.equal(limiter.take("a"), 1);
  assert.equal(limiter.state("a"), '"key";r=0;t=5');
  assert.equal(limiter.take("b"), 0, "another key has its own");
  clock.advance(500);
  assert.equal(limiter.take("a"), 0, "two tokens a second");
  assert.equal(limiter.take("a"), 1);
  clock.advance(60_000);
  assert.equal(limiter.state("a"), '"key";r=0;t=5', "the state is that of the last take");
  assert.equal(limiter.take("a"), 0);
  assert.equal(limiter.state("a"), '"key";r=9;t=1');
});

test("a caller's own request id is kept when it is plain", () => {
  const ids = createRequestIds("abc");
  const of = (id?: string) =>
    ids({ headers: id === undefined ? {} : { "x-request-id": id } } as unknown as IncomingMessage);
  assert.equal(of("till-7.2026:1"), "till-7.2026:1");
  assert.equal(of(), "req_abc1");
  assert.equal(of("x".repeat(65)), "req_abc2");
  assert.equal(of("a b\r\nSet-Cookie: x"), "req_abc3");
});

test("a path that is served by other methods tells which", () => {
  const routes = routeTable();
  const add = (method: string, url: string) => routes.add({ method, url } as Parameters<typeof routes.add>[0]);
  add("POST", "/v1/receipts");
  add("GET", "/v1/receipts/:receiptId");
  add("PUT", "/v1/receipts/:receiptId/rating");
  assert.deepEqual(routes.methodsAt("/v1/receipts"), ["POST"]);
  assert.deepEqual(routes.methodsAt("/v1/receipts/rcp_1"), ["GET"]);
  assert.deepEqual(routes.methodsAt("/v1/receipts/rcp_1/rating"), ["PUT"]);
  assert.deepEqual(routes.methodsAt("/v1/receiptsx"), []);
});

test("a cursor comes back as it was given, and nothing else passes for one", () => {
  assert.deepEqual(readCursor(writeCursor([17, 3]), ["int4", "int2"]), [17, 3]);
  for (const forged of [
    "",
    "!!!",
    writeCursor([1]),
    writeCursor(["1", 2]),
    writeCursor([-1, 0]),
    writeCursor([1, 70_000]),
  ]) {
    assert.equal(readCursor(forged, ["int4", "int2"]), undefined, forged);
  }
  assert.equal(readCursor(writeCursor([2_147_483_648]), ["int4"]), undefined);
  assert.equal(readCursor(writeCursor(["a\0"]), ["text"]), undefined);
});

test("metrics are counted by operation and status, with cumulative buckets", () => {
  const metrics = createHttpMetrics();
  const recorder = metrics.operation("createReceipt");
  recorder.record(201, 4);
  recorder.record(201, 40);
  recorder.record(429, 0.5);
  const batches = createHistogram("batch", "Sizes.", [1, 8]);
  batches.series({}).observe(3);
  const text = metrics.render(
    [{ name: "lag", help: "Feed lag.", kind: "gauge", read: () => [[{ node: 'a"b' }, 1.5]] }],
    [batches],
  );
  for (const line of [
    'dolka_http_requests_total{operation="createReceipt",status="201"} 2',
    'dolka_http_requests_total{operation="createReceipt",status="429"} 1',
    'dolka_http_request_duration_seconds_bucket{operation="createReceipt",le="0.005"} 2',
    'dolka_http_request_duration_seconds_bucket{operation="createReceipt",le="+Inf"} 3',
    'dolka_http_request_duration_seconds_count{operation="createReceipt"} 3',
    'batch_bucket{le="1"} 0',
    'batch_bucket{le="8"} 1',
    "batch_sum 3",
    'lag{node="a\\"b"} 1.5',
  ]) {
    assert.ok(text.includes(`${line}\n`), line);
  }
});

const SHORT = problemKind({
  status: 422,
  title: { ru: "Мало", en: "Too few" },
  detail: { ru: ({ left }) => `Осталось ${left}.`, en: ({ left }) => `${left} are left.` },
  remedy: { ru: "Купите.", en: "Buy some." },
  details: Type.Object({ pointer: Type.String(), left: Type.Integer() }),
  example: { pointer: "/n", left: 1 },
});

test("a problem is told in the caller's language, with its details and the field at fault", () => {
  const problems = createProblemRegistry([{ short: SHORT }]);
  const { status, json } = problems.render({ code: "short", pointer: "/n", left: 3 }, "ru", "req_1");
  assert.equal(status, 422);
  assert.deepEqual(JSON.parse(json), {
    type: "/docs/errors/short",
    title: "Мало",
    status: 422,
    detail: "Осталось 3.",
    instance: "req_1",
    code: "short",
    errors: [{ pointer: "/n", code: "short", message: "Осталось 3." }],
    left: 3,
  });
  assert.throws(() => createProblemRegistry([{ short: SHORT }, { short: SHORT }]), /twice/);
});

test("all faults of a body are told at once, each with its pointer", () => {
  const line = Type.Object(
    { amount: Type.Integer({ minimum: 0, maximum: 10 }) },
    {
      additionalProperties: false,
      "x-refused": { names: ["sku"], code: "product-field", message: { ru: "нет", en: "no" } },
    },
  );
  const validate = createBodyValidator(
    Type.Object(
      { lines: Type.Array(line, { maxItems: 4 }), kind: Type.Enum(["a", "b"]), id: Type.Optional(Type.String()) },
      { additionalProperties: false },
    ),
  );
  const faults = (body: unknown) => validate(body).map(({ pointer, code }) => `${pointer} ${code}`);
  assert.deepEqual(faults({ lines: [{ amount: 1 }], kind: "a" }), []);
  assert.deepEqual(
    faults({
      lines: [{ amount: 1.5 }, { amount: -1 }, { amount: "1" }, { SKU: 1, amount: 11 }],
      kind: "c",
      "x/y": 1,
    }).sort(),
    [
      "/kind choice",
      "/lines/0/amount integer",
      "/lines/1/amount minimum",
      "/lines/2/amount type",
      "/lines/3/SKU product-field",
      "/lines/3/amount maximum",
      "/x~1y unknown-field",
    ],
  );
  assert.deepEqual(faults(undefined), [" type"]);
  assert.deepEqual(faults(JSON.parse('{"__proto__":{"kind":"a"},"lines":[]}')).sort(), [
    "/__proto__ unknown-field",
    "/kind required",
  ]);
});

test("nonsense of any size costs a short answer", () => {
  const validate = createBodyValidator(
    Type.Object({ lines: Type.Array(Type.Object({ amount: Type.Integer() }), { maxItems: 5 }) }),
  );
  const many = { lines: Array.from({ length: 100_000 }, () => ({})) };
  assert.equal(validate(many).length, 1, "above the bound only the first fault is looked for");
  assert.equal(validate({ lines: Array.from({ length: 1_000 }, () => ({})) }).length, 50);
  assert.ok(escapePointer("x".repeat(10_000)).length < 100);
});
