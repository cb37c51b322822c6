import assert from "node:assert/strict";
import { request } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { test } from "node:test";
import { gunzipSync, gzipSync, zstdCompressSync } from "node:zlib";
import { ClickHouseLogLevel, createClient } from "@clickhouse/client";
import { testEngines } from "../../../test/engines.ts";

const engines = await testEngines();
const client = engines.clickhouse;
const server = new URL(engines.clickhouseUrl);
const database = engines.clickhouseDatabase;
const credentials = {
  "X-ClickHouse-User": decodeURIComponent(server.username),
  "X-ClickHouse-Key": decodeURIComponent(server.password),
  "X-ClickHouse-Database": database,
};

/** What curl would do. */
function curl(parameters: Record<string, string>, init: RequestInit = {}): Promise<Response> {
  const url = `${server.origin}/?${new URLSearchParams(parameters)}`;
  return fetch(url, { ...init, headers: { ...credentials, ...init.headers } });
}

async function rows<T>(query: string, parameters: Record<string, unknown> = {}): Promise<T[]> {
  return (await client.query({ query, query_params: parameters, format: "JSONEachRow" })).json<T>();
}

await client.command({
  query:
    "create table item (id UInt64, note String) engine = MergeTree order by id settings non_replicated_deduplication_window = 100",
});

test("the official client inserts rows, text and streams, whatever they hold", async () => {
  const nasty = "blank\n\nlines; select 1;\n\\ 'quotes' \u0000 ü 🍊\t";
  await client.insert({
    table: "item",
    format: "JSONEachRow",
    values: [
      { id: 1, note: nasty },
      { id: "2", note: "" },
    ],
  });
  await client.insert({
    table: "item",
    format: "TabSeparated",
    columns: ["note", "id"],
    values: Readable.from(["a;\t3\n", "select 1;\t4\n"], { objectMode: false }),
  });
  const { stream } = await client.exec({
    query: "insert into item format CSV",
    values: Readable.from(["5,x\n"], { objectMode: false }),
  });
  stream.destroy();
  assert.deepEqual(await rows("select * from item order by id"), [
    { id: "1", note: nasty },
    { id: "2", note: "" },
    { id: "3", note: "a;" },
    { id: "4", note: "select 1;" },
    { id: "5", note: "x" },
  ]);
});

test("rows with an empty line in them can't smuggle in a statement", async () => {
  const body = '{"id":10,"note":"a"}\n\n\ndrop table item\n';
  const answer = await curl({ query: "insert into item format JSONEachRow" }, { method: "POST", body });
  assert.equal(answer.status, 400);
  assert.deepEqual(await rows("select count() as n from item where id = 10"), [{ n: "0" }]);
});

test("parameters of all kinds arrive as they were", async () => {
  const text = "tab\t quote' \\ line\n {x:Int8}";
  const got = await rows(
    "select {t:String} as t, {l:Array(String)} as l, {n:Nullable(Int64)} as n, {big:UInt64} as big",
    {
      t: text,
      l: ["a'b", "c\\d"],
      n: null,
      big: 18446744073709551615n,
    },
  );
  assert.deepEqual(got, [{ t: text, l: ["a'b", "c\\d"], n: null, big: "18446744073709551615" }]);
});

test("a parameter that an earlier request gave is not there for the next one", async () => {
  await Promise.all(Array.from({ length: 20 }, () => rows("select {secret:String} as s", { secret: "mine" })));
  const answer = await curl({ query: "select {secret:String}" });
  assert.equal(answer.status, 404);
  assert.match(
    await answer.text(),
    /^Code: 456\. DB::Exception: Substitution `secret` is not set \(UNKNOWN_QUERY_PARAMETER\)/,
  );
});

test("settings, SET, USE and temporary tables of one request do not reach another", async () => {
  const threads = async () => (await rows<{ v: string }>("select getSetting('max_threads') as v"))[0]?.v;
  const before = await threads();
  await Promise.all([
    ...Array.from({ length: 30 }, (_, i) => curl({ query: "select 1", max_threads: String(i + 3) })),
    curl({}, { method: "POST", body: "set max_threads = 77" }),
    curl({}, { method: "POST", body: "use system" }),
    curl({ query: "create temporary table leak (a Int8)" }, { method: "POST" }),
  ]);
  for (let i = 0; i < 30; i++) assert.equal(await threads(), before);
  assert.deepEqual(await rows("select currentDatabase() as d"), [{ d: database }]);
  assert.equal((await curl({ query: "select * from leak" })).status, 404);
  const memory = await rows("select getSetting('max_memory_usage') > 0 as limited");
  assert.deepEqual(memory, [{ limited: 1 }]);
});

test("errors have ClickHouse's text, number and status", async () => {
  const cases = [
    ["selec", 400, 62],
    ["select * from nothing", 404, 60],
    ["select nothing", 404, 47],
    ["select 1; select 2", 400, 62],
    ["select 1 settings nothing = 1", 404, 115],
    ["select 1 format Nothing", 404, 73],
    ["select throwIf(1)", 500, 395],
    ["", 400, 62],
  ] as const;
  for (const [query, status, code] of cases) {
    const answer = await curl({}, { method: "POST", body: query });
    const text = await answer.text();
    assert.deepEqual(
      [answer.status, answer.headers.get("x-clickhouse-exception-code")],
      [status, String(code)],
      `${query}: ${text}`,
    );
    assert.match(text, new RegExp(`^Code: ${code}\\. DB::Exception: [\\s\\S]* \\(version 26`));
  }
  assert.equal((await curl({ query: "select 1", max_threads: "x" })).status, 400);
});

test("an error in the middle of a streamed result reaches the client as an error", async () => {
  const result = await client.query({
    query: "select throwIf(number = 3000000) from numbers(10000000)",
    format: "JSONEachRow",
  });
  await assert.rejects(async () => {
    for await (const _ of result.stream());
  }, /non-zero/);
});

test("a wrong password, another user, and none at all are refused", async () => {
  for (const headers of [{ "X-ClickHouse-Key": "x" }, { "X-ClickHouse-User": "admin" }]) {
    const answer = await curl({ query: "select 1" }, { headers });
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /AUTHENTICATION_FAILED/);
  }
  assert.equal((await fetch(`${server.origin}/?query=select+1`)).status, 403);
  const basic = { authorization: `Basic ${btoa(`default:${decodeURIComponent(server.password)}`)}` };
  assert.equal(await (await fetch(`${server.origin}/?query=select+1`, { headers: basic })).text(), "1\n");
  const inUrl = new URLSearchParams({
    query: "select 1",
    user: "default",
    password: decodeURIComponent(server.password),
  });
  assert.equal(await (await fetch(`${server.origin}/?${inUrl}`)).text(), "1\n");
});

test("GET reads only; POST takes the statement in the body, in the address, or in both", async () => {
  assert.equal((await curl({ query: "drop table item" })).headers.get("x-clickhouse-exception-code"), "164");
  assert.equal(await (await curl({}, { method: "POST", body: "select 1 format TSV" })).text(), "1\n");
  assert.equal(await (await curl({ query: "select 1," }, { method: "POST", body: "2 format CSV" })).text(), "1,2\n");
  assert.equal(await (await curl({ query: "select 1 as a", default_format: "JSONCompactEachRow" })).text(), "[1]\n");
  const inserted = await curl({}, { method: "POST", body: "insert into item format TSV\n20\tx\n21\ty\n" });
  assert.deepEqual(
    [inserted.status, JSON.parse(inserted.headers.get("x-clickhouse-summary") ?? "").written_rows],
    [200, "2"],
  );
  const values = await curl(
    { query: "insert into item values" },
    { method: "POST", body: "(22, concat('a', 'b')), (23, '')" },
  );
  assert.equal(values.status, 200);
  assert.deepEqual(await rows("select count() as n from item where id between 20 and 23"), [{ n: "4" }]);
  assert.equal(await (await fetch(`${server.origin}/ping`)).text(), "Ok.\n");
  assert.equal((await fetch(`${server.origin}/nothing`)).status, 404);
});

test("compressed bodies are read, compressed answers are given when asked for", async () => {
  const insert = { query: "insert into item format TSV" };
  const gz = await curl(insert, {
    method: "POST",
    body: gzipSync("30\tgz\n"),
    headers: { "Content-Encoding": "gzip" },
  });
  const zstd = await curl(insert, {
    method: "POST",
    body: zstdCompressSync("31\tz\n"),
    headers: { "Content-Encoding": "zstd" },
  });
  assert.deepEqual([gz.status, zstd.status], [200, 200]);
  assert.deepEqual(await rows("select note from item where id in (30, 31) order by id"), [
    { note: "gz" },
    { note: "z" },
  ]);
  const broken = await curl(insert, { method: "POST", body: "not gzip", headers: { "Content-Encoding": "gzip" } });
  assert.equal(broken.status, 400);
  const raw = await rawGet("/?query=select+42&enable_http_compression=1", {
    ...credentials,
    "Accept-Encoding": "gzip",
  });
  assert.equal(gunzipSync(raw).toString(), "42\n");
});

test("a batch that is sent again with its token is stored once, in the tables behind its views too", async () => {
  await client.command({
    query:
      "create table note_count (note String, n UInt64) engine = MergeTree order by note settings non_replicated_deduplication_window = 100",
  });
  await client.command({
    query: "create materialized view note_view to note_count as select note, 1 as n from item where note like 'again%'",
  });
  for (let i = 0; i < 3; i++) {
    await client.insert({
      table: "item",
      format: "JSONEachRow",
      values: [
        { id: 40, note: "again 1" },
        { id: 41, note: "again 2" },
      ],
      clickhouse_settings: { insert_deduplication_token: "batch-7" },
    });
  }
  assert.deepEqual(await rows("select count() as n from item where id in (40, 41)"), [{ n: "2" }]);
  assert.deepEqual(await rows("select sum(n) as n from note_count"), [{ n: "2" }]);
});

test("a client that hangs up stops its query; the connection serves on", async () => {
  const running = () =>
    rows<{ n: string }>(
      "select count() as n from system.processes where query like '%sipHash64(number + 7)%' and query not like '%processes%'",
    );
  for (const query of [
    "select sum(sipHash64(number + 7)) from numbers(1e12)",
    "select sipHash64(number + 7) from numbers(1e12)",
  ]) {
    const hangUp = new AbortController();
    const answer = client.query({ query, format: "JSONEachRow", abort_signal: hangUp.signal });
    answer.then(
      (result) => result.close(),
      () => {},
    );
    await until(async () => (await running())[0]?.n === "1");
    hangUp.abort();
    await until(async () => (await running())[0]?.n === "0");
  }
  const limited = await curl({ query: "select sum(sipHash64(number)) from numbers(1e12)", max_execution_time: "0.2" });
  assert.deepEqual([limited.status, limited.headers.get("x-clickhouse-exception-code")], [408, "159"]);
  await limited.body?.cancel();
});

test("a large result streams, and a reader that stands still holds it back", async () => {
  const answer = await curl({ query: "select number, repeat('x', 100) from numbers(3000000)" });
  let made = 0;
  for (let unchanged = 0; unchanged < 30; ) {
    const [process] = await rows<{ n: number }>(
      "select toFloat64(read_rows) as n from system.processes where query like '%repeat(%' and query not like '%processes%'",
    );
    unchanged = process?.n === made ? unchanged + 1 : 0;
    made = process?.n ?? 0;
  }
  assert.ok(made > 0 && made < 1_500_000, `${made} rows were made while nobody was reading`);
  const reader = answer.body?.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) bytes += part.value.length;
  assert.equal(bytes, 3_000_000 * 102 + digits(3_000_000));
});

test("many at once wait their turn; more than the line holds are told to come back", async () => {
  const own = createClient({
    url: engines.clickhouseUrl,
    max_open_connections: 400,
    log: { level: ClickHouseLogLevel.OFF },
  });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 400 }, () => own.command({ query: "select sleep(0.05) format Null" })),
  );
  const refused = outcomes.filter((outcome) => outcome.status === "rejected");
  assert.ok(outcomes.length - refused.length >= 256);
  for (const outcome of refused) assert.match(String(outcome.reason), /Too many simultaneous queries/);
  await own.close();
});

test("garbage does not bring the server down", async () => {
  for (const text of [
    "\u0000\u0001garbage\r\n\r\n",
    "GET // HTTP/1.1\r\nHost: x\r\n\r\n",
    "POST /?query=%00%ff HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab",
    "BREW / HTTP/1.1\r\nHost: x\r\n\r\n",
  ]) {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(server.port), "127.0.0.1", () => socket.end(text));
      socket.on("error", () => {});
      socket.on("close", () => resolve());
      socket.resume();
    });
  }
  for (const parameters of [
    { query: "select 1", query_id: "a\nb", default_format: "TSV" },
    { query: "select 1", default_format: "no format!" },
    { query: "select 1", database: "no`such'db" },
    { query: "select 1", "a;b": "1" },
    { query: "select {a:String}", "param_a b": "1" },
    { query: "select {a:String}", param_a: "\u0000'\\" },
    { query: "\u0000", compress: "1" },
    { query: "insert into item format" },
  ]) {
    const answer = await curl(parameters, { method: "POST" });
    assert.ok(answer.status < 600, JSON.stringify(parameters));
    await answer.text();
  }
  assert.deepEqual(await rows("select 1 as one"), [{ one: 1 }]);
});

function rawGet(path: string, headers: Record<string, string>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port: server.port, path, headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk);
      resolve(Buffer.concat(chunks));
    })
      .on("error", reject)
      .end();
  });
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) assert.ok(Date.now() < deadline, "it did not happen within 20 s");
}

/** Digits of all numbers below a count. */
function digits(count: number): number {
  let sum = count;
  for (let power = 10; power < count; power *= 10) sum += count - power;
  return sum;
}
