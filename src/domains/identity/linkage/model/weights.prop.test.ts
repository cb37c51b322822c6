import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type EmField, type Model, pairScorer, type Rows } from "./classes.ts";
import { explainPair, totalWeight } from "./weights.ts";

const share = fc.double({ min: 0.001, max: 1, noNaN: true });
const rows = (levels: number) =>
  fc.tuple(
    ...[0, 1, 2].map(() => fc.array(share, { minLength: levels, maxLength: levels })),
  ) as unknown as fc.Arbitrary<Rows>;

const LEVELS = [3, 2, 4];
const situation = fc
  .record({
    m: fc.tuple(...LEVELS.map(rows)),
    h: fc.tuple(...LEVELS.map(rows)),
    u: fc.tuple(...LEVELS.map(rows)),
    matchShare: fc.double({ min: 1e-6, max: 0.4, noNaN: true }),
    relativeShare: fc.double({ min: 0, max: 0.4, noNaN: true }),
    outcomes: fc.tuple(...LEVELS.map((levels) => fc.integer({ min: 0, max: levels }))),
    personal: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
    hasParent: fc.boolean(),
    bits: fc.tuple(fc.double({ min: 0, max: 25, noNaN: true }), fc.double({ min: 0, max: 25, noNaN: true })),
  })
  .map(({ outcomes, personal, hasParent, bits, ...model }) => {
    const fields: EmField[] = LEVELS.map((levels, index) => ({
      levels,
      personal: personal[index] as boolean,
      frequency: index !== 1,
      ...(index === 2 && hasParent ? { parent: { field: 0, cut: 1 } } : {}),
    }));
    const agrees = (of: boolean) =>
      outcomes.some((outcome, index) => outcome === 1 && index !== 1 && fields[index]?.personal === of);
    const pair = { outcomes, personBits: agrees(true) ? bits[0] : 0, householdBits: agrees(false) ? bits[1] : 0 };
    return { model: { ...model, iterations: 1 } as Model, fields, pair };
  });

test("the steps of a waterfall add up to the pair's weight, and the weight is the log odds of its probability", () => {
  fc.assert(
    fc.property(situation, ({ model, fields, pair }) => {
      const total = totalWeight(model, fields, pair);
      const sum = explainPair(model, fields, pair).reduce((bits, step) => bits + step.bits, 0);
      assert.ok(Math.abs(sum - total) < 1e-6 || (!Number.isFinite(total) && !Number.isFinite(sum)), `${sum} ${total}`);
      const { match } = pairScorer(model, fields)(pair);
      if (match > 1e-9 && match < 1 - 1e-9) assert.ok(Math.abs(Math.log2(match / (1 - match)) - total) < 1e-4);
    }),
  );
});
