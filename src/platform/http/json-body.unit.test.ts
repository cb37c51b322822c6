import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { MAX_DEPTH, readJson } from "./json-body.ts";
import { findSyntaxFault } from "./json-faults.ts";

function failureOf(text: string | Buffer) {
  const parsed = readJson(Buffer.from(text as string));
  assert.equal(parsed.ok, false, `${text} should be refused`);
  return (
    parsed as { failure: Record<string, unknown> & { code: string; faults?: { pointer: string; code: string }[] } }
  ).failure;
}

function faultOf(text: string) {
  const failure = failureOf(text);
  assert.equal(failure.code, "invalid-request");
  return failure.faults?.map(({ pointer, code }) => `${pointer} ${code}`);
}

test("any JSON value is read as JSON.parse reads it", () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 8 }), (text) => {
      const parsed = readJson(Buffer.from(text));
      // fast-check makes keys twice, numbers with fractions and lone surrogates too; those are refused on purpose.
      if (parsed.ok) assert.deepEqual(parsed.value, JSON.parse(text));
      else assert.equal(parsed.failure.code, "invalid-request");
    }),
  );
});

test("malformed JSON tells the line, the column and why", () => {
  const cases: [string, number, number, number, RegExp][] = [
    ['{"a": }', 6, 1, 7, /a value was expected/],
    ['{\n  "a": 1,\n}', 12, 3, 1, /a key in quotes/],
    ['{"a": 1', 7, 1, 8, /ends too early.*comma/],
    ['{"a" 1}', 5, 1, 6, /colon/],
    ["[1 2]", 3, 1, 4, /comma or \]/],
    ["{'a': 1}", 1, 1, 2, /key in quotes/],
    ['"abc', 4, 1, 5, /ends too early.*string/],
    ['"a\tb"', 2, 1, 3, /must be escaped/],
    ["{} {}", 3, 1, 4, /more text/],
    ["NaN", 0, 1, 1, /a value was expected/],
    ["[01]", 2, 1, 3, /comma/],
    ["tru", 0, 1, 1, /a value was expected/],
    ['["\\x"]', 2, 1, 3, /escaped/],
  ];
  for (const [text, position, line, column, reason] of cases) {
    const failure = failureOf(text);
    assert.equal(failure.code, "malformed-json", text);
    assert.deepEqual([failure.position, failure.line, failure.column], [position, line, column], text);
    assert.match(String(failure.reason), reason, text);
  }
});

test("whatever JSON.parse refuses, a place is found for it", () => {
  fc.assert(
    fc.property(
      fc.json({ maxDepth: 3 }),
      fc.nat(),
      fc.constantFrom("", "}", "x", ",", '"', "\\", "\u0007"),
      (text, at, put) => {
        const broken = text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + 1);
        try {
          JSON.parse(broken);
        } catch {
          const fault = findSyntaxFault(broken);
          assert.notEqual(fault.reason, "unreadable", JSON.stringify(broken));
          assert.ok(fault.position >= 0 && fault.position <= broken.length);
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test("a key that stands twice is refused, with its place", () => {
  assert.deepEqual(faultOf('{"partner":"a","partner":"b"}'), ["/partner duplicate-field"]);
  assert.deepEqual(faultOf('{"lines":[{"amount":1},{"amount":2,"a/b":1,"a/b":1}]}'), ["/lines/1/a~1b duplicate-field"]);
  assert.deepEqual(faultOf('{"a":1,"\\u0061":2}'), ["/a duplicate-field"]);
  assert.deepEqual(faultOf('{"__proto__":1,"__proto__":2}'), ["/__proto__ duplicate-field"]);
});

test("text that a database can't store is refused, with its place", () => {
  assert.deepEqual(faultOf('{"a":"x\\u0000y","b":["\\ud800"]}'), ["/a character", "/b/0 character"]);
  assert.deepEqual(faultOf('{"x\\u0000":1}'), ["/x character"]);
  assert.ok(
    readJson(Buffer.from('{"a":"\\ud83d\\ude00 \\\\u0000"}')).ok,
    "a pair, and a backslash before u0000, are fine",
  );
});

test("a fraction that a float would swallow is refused, whole numbers however written are not", () => {
  assert.deepEqual(faultOf('{"lines":[{"amount":100.00000000000000001}]}'), ["/lines/0/amount integer"]);
  assert.ok(readJson(Buffer.from('{"amount":100.0,"rate":0.5,"note":"1.5"}')).ok);
});

test("nesting is bounded before anything is built", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.ok(readJson(Buffer.from(nested(MAX_DEPTH))).ok);
  assert.deepEqual(faultOf(nested(MAX_DEPTH + 1)), [" too-deep"]);
  assert.deepEqual(faultOf("[".repeat(1_000_000)), [" too-deep"]);
  assert.ok(readJson(Buffer.from(JSON.stringify({ text: "[{".repeat(100) }))).ok, "brackets in a text are text");
});

test("a body that is not UTF-8 is refused, an empty one is absent", () => {
  assert.equal(failureOf(Buffer.from([0x22, 0xff, 0x22])).reason, "not UTF-8");
  assert.deepEqual(readJson(Buffer.alloc(0)), { ok: true, value: undefined });
});
