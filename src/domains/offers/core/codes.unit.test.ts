import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createCodes, formatCode, normaliseCode } from "./codes.ts";

const codes = createCodes(Buffer.from("secret"));

test("the n-th code of a promotion is always the same, and nobody's without secret and salt", () => {
  const salt = Buffer.alloc(16, 1);
  assert.equal(codes.make("spring", salt, 7), codes.make("spring", salt, 7));
  const others = [
    codes.make("spring", salt, 8),
    codes.make("summer", salt, 7),
    codes.make("spring", Buffer.alloc(16, 2), 7),
    createCodes(Buffer.from("another")).make("spring", salt, 7),
  ];
  assert.ok(!others.includes(codes.make("spring", salt, 7)));
  assert.match(codes.make("spring", salt, 7), /^[0-9A-HJKMNP-TV-Z]{12}$/);
});

test("a hundred thousand codes are all different, and use every letter at every place alike", () => {
  const salt = Buffer.alloc(16, 3);
  const made = new Set<string>();
  const counts = new Map<string, number>();
  for (let n = 0; n < 100_000; n++) {
    const code = codes.make("many", salt, n);
    made.add(code);
    for (const place of [0, 11]) counts.set(`${place}${code[place]}`, (counts.get(`${place}${code[place]}`) ?? 0) + 1);
  }
  assert.equal(made.size, 100_000);
  assert.equal(counts.size, 64);
  // 3,125 expected; six standard deviations are 330.
  for (const count of counts.values()) assert.ok(Math.abs(count - 3_125) < 330, String(count));
});

test("as people type them: case, hyphens, spaces, O for 0, I and L for 1", () => {
  assert.equal(normaliseCode("7kq2-m4xv-odgl"), normaliseCode("7KQ2 M4XV 0DG1"));
  assert.equal(formatCode("7KQ2M4XV0DGH"), "7KQ2-M4XV-0DGH");
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), (n) => {
      const code = codes.make("p", "salt", n);
      assert.deepEqual(codes.keyOf(formatCode(code).toLowerCase()), codes.keyOf(code));
    }),
    { numRuns: 200 },
  );
});

test("what is stored of a code is a keyed hash: another secret gives another", () => {
  const [own, other] = [codes.keyOf("SUMMER"), createCodes(Buffer.from("another")).keyOf("SUMMER")];
  assert.notEqual(own.text, other.text);
  assert.equal(own.hash.length, 16);
  assert.ok(own.bucket >= 0 && own.bucket < 1_024);
});
