import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { testApi } from "../../../test/support/api.ts";

const api = await testApi();
const at = new Date(api.clock.now()).toISOString();
const receipt = (number: string, over: object = {}) => ({
  partner: "alfa",
  store: "alfa-1",
  till: "1",
  number,
  at,
  member: { kind: "card", value: `70${number.length}` },
  lines: [{ category: "food", amount: 10_000 }],
  ...over,
});

type Line = {
  line: number;
  status: number;
  replayed: boolean;
  body: { code?: string; earned?: number; errors?: { pointer: string }[] };
};

async function send(body: string | Uint8Array, headers: Record<string, string> = {}) {
  const answer = await api.call("/v1/receipts/batch", {
    key: api.keys.till,
    body,
    headers: { "content-type": "application/x-ndjson", ...headers },
  });
  const lines =
    answer.status === 200
      ? answer.text
          .trimEnd()
          .split("\n")
          .map((line) => JSON.parse(line) as Line)
      : [];
  return { answer, lines };
}

test("each line is answered in its place: taken, refused or unreadable, and none stops another", async () => {
  const lines = [
    JSON.stringify(receipt("a1")),
    JSON.stringify(receipt("a2", { store: "nowhere" })),
    "{ not json",
    "",
    JSON.stringify(receipt("a3", { lines: [{ category: "food", amount: 1, sku: "x" }] })),
    JSON.stringify(receipt("a4", { partner: "beta", store: "beta-1" })),
    JSON.stringify(receipt("a1")),
    JSON.stringify(receipt("a5")),
  ];
  const { answer, lines: answers } = await send(`${lines.join("\n")}\n`);
  assert.match(answer.headers.get("content-type") ?? "", /^application\/x-ndjson/);
  assert.deepEqual(
    answers.map(({ line, status, body }) => [line, status, body.code ?? "taken"]),
    [
      [1, 201, "taken"],
      [2, 422, "unknown-store"],
      [3, 400, "malformed-json"],
      [4, 400, "invalid-request"],
      [5, 400, "invalid-request"],
      [6, 403, "forbidden-partner"],
      [7, 201, "taken"],
      [8, 201, "taken"],
    ],
  );
  assert.equal(answers.filter(({ status, replayed }) => status === 201 && replayed).length, 1);
  assert.deepEqual(
    answers[4]?.body.errors?.map(({ pointer }) => pointer),
    ["/lines/0/sku"],
  );
});

test("a whole batch sent again gets the same answers and earns nothing twice", async () => {
  const body = Array.from({ length: 500 }, (_, i) => JSON.stringify(receipt(`b${i}`))).join("\r\n");
  const first = await send(body);
  assert.equal(first.lines.length, 500);
  assert.ok(
    first.lines.every(({ status }) => status === 201),
    JSON.stringify(first.lines.find(({ status }) => status !== 201)),
  );
  const rows = await api.countRows();
  const again = await send(body);
  assert.deepEqual(
    again.lines.map(({ body: answer }) => answer),
    first.lines.map(({ body: answer }) => answer),
  );
  assert.ok(again.lines.every(({ replayed }) => replayed));
  assert.equal(await api.countRows(), rows);
});

test("gzip and zstd are taken, other encodings and types are not", async () => {
  const body = Buffer.from(Array.from({ length: 50 }, (_, i) => JSON.stringify(receipt(`c${i}`))).join("\n"));
  for (const [encoding, packed] of [
    ["gzip", gzipSync(body)],
    ["zstd", zstdCompressSync(body)],
  ] as const) {
    const { lines } = await send(packed, { "content-encoding": encoding });
    assert.deepEqual(
      lines.map(({ status }) => status),
      new Array(50).fill(201),
      encoding,
    );
  }
  const brotli = await send(body, { "content-encoding": "br" });
  assert.equal(brotli.answer.status, 415);
  const json = await send(body, { "content-type": "application/json" });
  assert.equal(json.answer.status, 415);
  assert.deepEqual(json.answer.body.accepted, ["application/x-ndjson"]);
});

test("a packed body that is cut off or is none says so in its last line", async () => {
  const packed = gzipSync(Array.from({ length: 2_000 }, (_, i) => JSON.stringify(receipt(`d${i}`))).join("\n"));
  for (const body of [packed.subarray(0, packed.length / 2), Buffer.from("no gzip")]) {
    const { lines } = await send(body, { "content-encoding": "gzip" });
    assert.equal(lines.at(-1)?.body.code, "bad-request");
    assert.ok(lines.slice(0, -1).every(({ status }) => status === 201));
  }
});

test("more lines than are taken at once, a line too long, and a bomb end the batch with a reason", async () => {
  const many = await send("{}\n".repeat(10_001));
  assert.equal(many.lines.length, 10_001);
  assert.equal(many.lines.at(-1)?.body.code, "too-many-lines");
  const long = await send(`${JSON.stringify(receipt("e1"))}\n${"x".repeat(300_000)}`);
  assert.deepEqual(
    long.lines.map(({ status }) => status),
    [201, 413],
  );
  const bomb = await send(gzipSync(Buffer.alloc(40_000_000, "\n")), { "content-encoding": "gzip" });
  assert.equal(bomb.lines.at(-1)?.status, 413);
  assert.ok(bomb.answer.text.length < 6_000_000);
  const announced = await send("x", { "content-encoding": "identity" });
  assert.equal(announced.lines[0]?.body.code, "malformed-json");
});

test("a batch needs a key, and an empty one has no answers", async () => {
  const call = { body: JSON.stringify(receipt("f1")), headers: { "content-type": "application/x-ndjson" } };
  assert.equal((await api.call("/v1/receipts/batch", call)).status, 401);
  const empty = await send("\n");
  assert.deepEqual(
    empty.lines.map(({ status }) => status),
    [400],
  );
});
