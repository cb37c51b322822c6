import assert from "node:assert/strict";
import { test } from "node:test";
import { splitStatements } from "./clickhouse/migrate.ts";
import { manualClock } from "./clock.ts";
import { withoutPassword } from "./log.ts";
import { isConnectionLost, parseInt8 } from "./postgres/pool.ts";
import { createProgress, createSteps } from "./progress.ts";

function recorder(isTTY: boolean) {
  const written: string[] = [];
  return { written, stream: { isTTY, columns: 100, write: (text: string) => written.push(text) } };
}

test("in a pipe progress is a line at each tenth, on a terminal a bar that is redrawn", () => {
  const clock = manualClock(0);
  const pipe = recorder(false);
  const lines = createProgress({ label: "receipts", total: 2000, stream: pipe.stream, now: clock.now });
  for (let i = 0; i < 2000; i++) lines.advance();
  clock.advance(1_500);
  lines.finish();
  assert.equal(pipe.written.length, 11);
  assert.equal(pipe.written[4], "receipts 50 % 1,000/2,000\n");
  assert.equal(pipe.written[10], "receipts: 2,000 (1.5 s)\n");

  const terminal = recorder(true);
  const bar = createProgress({ label: "rows", total: 10, stream: terminal.stream, now: clock.now });
  bar.set(5, "half");
  bar.set(6); // too soon to redraw
  clock.advance(2_000);
  bar.set(8);
  assert.equal(terminal.written.length, 2);
  assert.match(terminal.written[0] ?? "", /^\r.*rows \[█{14}░{14}\] 50 % 5\/10 · half$/);
  assert.match(terminal.written[1] ?? "", /80 % 8\/10 · 0\.5 s left · half$/);
});

test("in a pipe a slow job still gives a sign of life", () => {
  const clock = manualClock(0);
  const pipe = recorder(false);
  const lines = createProgress({ label: "rows", total: 1_000_000, stream: pipe.stream, now: clock.now });
  for (let second = 0; second < 30; second++) {
    clock.advance(1_000);
    lines.advance();
  }
  assert.equal(pipe.written.length, 3);
});

test("steps show their times, and a failure goes through", async () => {
  const clock = manualClock(0);
  const pipe = recorder(false);
  const steps = createSteps(2, pipe.stream, clock.now);
  await steps.run("schemas", async () => clock.advance(61_000));
  await assert.rejects(
    steps.run("API", () => Promise.reject(new Error("port"))),
    /port/,
  );
  assert.equal(pipe.written.length, 1);
  assert.match(pipe.written[0] ?? "", /✓ schemas +1 min 1 s\n$/);
});

test("statements of a warehouse migration end with a semicolon at a line's end", () => {
  assert.deepEqual(splitStatements("-- one; two;\ncreate table a\n(x Int8); \nselect ';' as a;\n-- the end;\n"), [
    "-- one; two;\ncreate table a\n(x Int8)",
    "select ';' as a",
  ]);
});

test("passwords in addresses are not shown; lost connections are told from other errors", () => {
  assert.equal(
    withoutPassword("postgresql://dolka:secret@127.0.0.1:5432/dolka"),
    "postgresql://dolka:***@127.0.0.1:5432/dolka",
  );
  for (const code of ["08006", "57P01", "ECONNREFUSED"]) assert.equal(isConnectionLost({ code }), true);
  assert.equal(isConnectionLost(new Error("Connection terminated unexpectedly")), true);
  assert.equal(isConnectionLost({ code: "23505", message: "duplicate key" }), false);
  assert.equal(parseInt8("-9007199254740991"), Number.MIN_SAFE_INTEGER);
  assert.throws(() => parseInt8("9007199254740992"), RangeError);
});
