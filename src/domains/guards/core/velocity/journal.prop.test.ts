import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SUBJECTS } from "./facts.ts";
import { readJournal, writeJournal } from "./journal.ts";

const whole = fc.integer({ min: 0, max: 2 ** 40 });
const facts = fc.record(
  {
    kind: fc.constantFrom("purchase" as const, "hold" as const, "return" as const),
    at: fc.integer({ min: 1_500_000_000_000, max: 2_500_000_000_000 }),
    keys: fc.array(fc.maxSafeNat(), { minLength: SUBJECTS.length, maxLength: SUBJECTS.length }),
    store: fc.string(),
    partner: fc.string(),
    channel: fc.string(),
    kopecks: whole,
    earnedCents: whole,
    spentCents: whole,
  },
  { noNullPrototype: true },
);

test("what is written to the journal is read from it", () => {
  fc.assert(
    fc.property(fc.array(facts, { maxLength: 20 }), (all) => {
      assert.deepEqual(readJournal(writeJournal(all)), all);
    }),
  );
});

test("a format of a newer version counts nothing instead of something wrong", () => {
  assert.deepEqual(readJournal('[2,"whatever"]'), []);
});
