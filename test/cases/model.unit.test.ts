import { describe, test } from "node:test";
import { ALL_CASES } from "./all-cases.ts";
import { createModelSystem } from "./model-system.ts";
import { play } from "./stage.ts";

/** The tables are tried on the reference model first: a case that the model fails is a wrong case or a wrong model. */
describe("the reference cases on the reference model", () => {
  for (const one of ALL_CASES) {
    describe(`case ${one.number}: ${one.title}`, () => {
      if (one.pending) test("what is still to come", { todo: `waits for ${one.pending}` });
      for (const scenario of one.scenarios) test(scenario.title, () => play(createModelSystem(), scenario.steps));
    });
  }
});
