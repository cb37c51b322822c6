import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ALL_CASES } from "./all-cases.ts";
import { createModelSystem } from "./model-system.ts";
import { play } from "./stage.ts";

/** The tables are tried on the reference model first: a case that the model fails is a wrong case or a wrong model. */
describe("the reference cases on the reference model", () => {
  for (const { number, title, scenarios } of ALL_CASES) {
    const known = scenarios.filter(({ isBeyondModel }) => !isBeyondModel);
    if (known.length === 0) continue;
    describe(`case ${number}: ${title}`, () => {
      for (const scenario of known) test(scenario.title, () => play(createModelSystem(), scenario.steps));
    });
  }
});

test("all 25 reference cases are told, in order", () => {
  const numbers = ALL_CASES.map((one) => one.number);
  assert.deepEqual(
    numbers,
    Array.from({ length: 25 }, (_, i) => i + 1),
  );
  for (const one of ALL_CASES) assert.ok(one.scenarios.length > 0, `case ${one.number}`);
});
