import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { testApi } from "../../../test/support/api.ts";

const api = await testApi({ rateLimit: { quota: 1_000, windowSeconds: 1 } });
/** A server that fails as a test wants. Both stand before the first test: the runner may end the file's tests while one is awaited. */
const logged: { requestId: string; err: Error }[] = [];
let findMember: () => Promise<undefined> = async () => undefined;
const odd = await testApi({
  findMember: () => findMember(),
  log: {
    error: (line: (typeof logged)[number]) => logged.push(line),
    warn: (line: (typeof logged)[number]) => logged.push(line),
  } as never,
});
const { keys } = api;
const { port } = new URL(api.url);
const receipt = (number: string) => ({
  partner: "alfa",
  store: "alfa-1",
  till: "1",
  number,
  at: new Date(api.clock.now()).toISOString(),
  member: { kind: "card", value: "5000" },
  lines: [{ category: "food", amount: 10_000 }],
});

/** Sends bytes as they are and gives back all that comes until the connection closes. */
function raw(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });
}

test("a receipt is answered with its id, its limits and its request's id", async () => {
  const headers = { "x-request-id": "till-1.42" };
  const answer = await api.call("/v1/receipts", { key: keys.till, body: receipt("1"), headers });
  assert.equal(answer.status, 201, answer.text);
  assert.equal(answer.headers.get("x-request-id"), "till-1.42");
  assert.equal(answer.headers.get("ratelimit-policy"), '"key";q=1000;w=1');
  assert.match(answer.headers.get("ratelimit") ?? "", /^"key";r=\d+;t=\d+$/);
  assert.equal(answer.headers.has("idempotency-replayed"), false);
  assert.match(String(answer.body.receiptId), /^rcp_/);
});

test("the same receipt again gets the same status and body, and a header that says so", async () => {
  const first = await api.call("/v1/receipts", { key: keys.till, body: receipt("2") });
  const again = await api.call("/v1/receipts", { key: keys.till, body: receipt("2") });
  assert.equal(again.status, 201);
  assert.equal(again.text, first.text);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  const other = await api.call("/v1/receipts", { key: keys.till, body: { ...receipt("2"), channel: "online" } });
  assert.equal(other.status, 409);
  assert.equal(other.body.code, "idempotency-conflict");
});

test("a refusal speaks the caller's language and is explained on the page that its type names", async () => {
  const headers = { "accept-language": "ru" };
  const refused = await api.call("/v1/receipts", {
    key: keys.till,
    body: { ...receipt("3"), spend: 1_000_000 },
    headers,
  });
  assert.equal(refused.status, 422);
  assert.match(String(refused.body.title), /[а-я]/);
  const page = await api.call(String(refused.body.type), { headers });
  assert.equal(page.status, 200);
  assert.match(page.headers.get("content-type") ?? "", /html/);
  assert.ok(page.text.includes(String(refused.body.title)));
  assert.equal((await api.call("/docs/errors/no-such-thing")).status, 404);
});

test("the page and the document are served from here, without a foreign address", async () => {
  const page = await api.call("/docs/");
  assert.equal(page.status, 200);
  assert.match(page.text, /Dolka API/);
  const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] as string);
  assert.ok(assets.length > 3);
  for (const asset of assets) {
    assert.doesNotMatch(asset, /^(https?:)?\/\//, asset);
    assert.equal((await api.call(new URL(asset, `${api.url}/docs/`).pathname)).status, 200, asset);
  }
  const document = await api.call("/openapi.json");
  assert.equal(String(document.body.openapi), "3.1.0");
  const list = await api.call("/docs/errors");
  assert.match(list.text, /insufficient-points/);
});

test("unknown addresses are 404, other methods 405 with what is allowed, before anything is read", async () => {
  const lost = await api.call("/v1/recipes", { body: "not even JSON" });
  assert.equal(lost.status, 404);
  const put = await api.call("/v1/receipts", {
    method: "PUT",
    body: "<xml/>",
    headers: { "content-type": "text/xml" },
  });
  assert.equal(put.status, 405);
  assert.equal(put.headers.get("allow"), "POST");
  assert.deepEqual(put.body.allowed, ["POST"]);
});

test("bytes that are no HTTP get a plain problem and a closed connection", async () => {
  const answers = await Promise.all([
    raw("HELLO\r\n\r\n"),
    raw("GET / HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n"),
    raw(`GET / HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(20_000)}\r\n\r\n`),
  ]);
  assert.deepEqual(
    answers.map((answer) => answer.slice(0, 12)),
    ["HTTP/1.1 400", "HTTP/1.1 400", "HTTP/1.1 431"],
  );
  for (const answer of answers) {
    assert.match(answer, /application\/problem\+json/);
    assert.match(answer, /X-Request-Id: req_/i);
    assert.doesNotMatch(answer, /node:|at .*\.ts|HPE_/);
  }
});

test("a client that leaves in the middle harms nobody", async () => {
  const head = `POST /v1/receipts HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keys.till}\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{"partner":`;
  for (let i = 0; i < 20; i++) {
    const socket = connect(Number(port), "127.0.0.1");
    await new Promise<void>((resolve) => socket.write(head, () => resolve()));
    socket.destroy();
  }
  assert.equal((await api.call("/v1/receipts", { key: keys.till, body: receipt("4") })).status, 201);
});

test("a key that asks too often is told when to come back, and others are not held up", async () => {
  const busy = (await api.makeKey("till", "alfa")).key;
  const answers = await Promise.all(
    Array.from({ length: 1_010 }, () =>
      api.call("/v1/holds/hold_1/void", { method: "POST", key: busy, headers: { "idempotency-key": "x" } }),
    ),
  );
  const refused = answers.filter(({ status }) => status === 429);
  assert.equal(refused.length, 10, "the clock stands still: the quota and no more");
  assert.equal(refused[0]?.body.code, "too-many-requests");
  assert.equal(refused[0]?.headers.get("retry-after"), "1");
  assert.match(refused[0]?.headers.get("ratelimit") ?? "", /r=0/);
  assert.equal(
    (await api.call("/v1/holds/hold_1/void", { method: "POST", key: keys.till, headers: { "idempotency-key": "x" } }))
      .status,
    404,
  );
});

test("metrics count what was answered", async () => {
  const metrics = await api.call("/metrics");
  assert.match(metrics.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  assert.match(metrics.text, /dolka_http_requests_total\{operation="createReceipt",status="201"\} [4-9]/);
  assert.match(metrics.text, /dolka_http_request_duration_seconds_bucket\{operation="createReceipt",le="\+Inf"\} \d/);
});

const lookUp = () => odd.call("/v1/members/lookup", { key: odd.keys.operator, body: { kind: "card", value: "1" } });

test("an unexpected failure is a number for the caller and a whole story for the log", async () => {
  findMember = () => Promise.reject(new Error("select secret from table_of_secrets"));
  const answer = await lookUp();
  assert.equal(answer.status, 500);
  assert.equal(answer.body.code, "internal-error");
  assert.doesNotMatch(answer.text, /secret|select|\.ts/);
  assert.equal(logged.at(-1)?.requestId, String(answer.body.instance));
  assert.match(String(logged.at(-1)?.err.message), /table_of_secrets/);
});

test("an engine that is away is 503 with a time to come back", async () => {
  findMember = () => Promise.reject(Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }));
  const answer = await lookUp();
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("retry-after"), "1");
});

test("a server that closes answers what it has begun and takes nothing more", async () => {
  const begun = Promise.withResolvers<void>();
  const gate = Promise.withResolvers<undefined>();
  findMember = () => {
    begun.resolve();
    return gate.promise;
  };
  const inFlight = lookUp();
  await begun.promise;
  const closing = odd.server.close();
  await assert.rejects(odd.call("/healthz"), "no new connection is taken");
  gate.resolve(undefined);
  const answer = await inFlight;
  assert.equal(answer.status, 404);
  assert.equal(answer.headers.get("connection"), "close");
  await closing;
});
