import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addSubject, createSubjects, findSubject, nextSubject, removeSubject } from "./subjects.ts";

test("subjects are found by their keys, whatever came and was forgotten before, each by a number of its own", () => {
  // Few different keys, so that they meet; some share their lower half, some their upper.
  const key = fc.oneof(
    fc.integer({ min: 1, max: 40 }),
    fc.integer({ min: 1, max: 40 }).map((n) => n * 2 ** 32),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), key), { maxLength: 400 }), (steps) => {
      const subjects = createSubjects(1);
      const model = new Map<number, number>();
      for (const [isAdded, each] of steps) {
        const known = model.get(each);
        assert.equal(findSubject(subjects, each), known ?? -1);
        if (isAdded && known === undefined) model.set(each, addSubject(subjects, each));
        if (!isAdded && known !== undefined) {
          removeSubject(subjects, known);
          model.delete(each);
        }
        assert.equal(subjects.size, model.size);
      }
      for (const [each, number] of model) assert.equal(findSubject(subjects, each), number);
      assert.equal(new Set(model.values()).size, model.size);
      const seen: number[] = [];
      subjects.cursor = 0;
      for (let next = nextSubject(subjects); next >= 0; next = nextSubject(subjects)) seen.push(next);
      assert.deepEqual(
        seen,
        [...model.values()].sort((a, b) => a - b),
      );
    }),
  );
});

test("a hundred thousand subjects are all found, and half of them after the others are forgotten", () => {
  const subjects = createSubjects(1);
  const keyOf = (n: number) => n * 90_071_992_547 + 1;
  const numbers = Array.from({ length: 100_000 }, (_, n) => addSubject(subjects, keyOf(n)));
  for (let n = 0; n < numbers.length; n += 2) removeSubject(subjects, numbers[n] as number);
  const found = numbers.filter((number, n) => findSubject(subjects, keyOf(n)) === number).length;
  assert.equal(found, 50_000);
  assert.equal(subjects.size, 50_000);
});
