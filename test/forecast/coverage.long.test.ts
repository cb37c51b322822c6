import assert from "node:assert/strict";
import { test } from "node:test";
import { COVERAGE_BP } from "#domains/missions/index.ts";
import { expectedCoverage, runTrials } from "./run-trials.ts";

test("over 240 unseen missions of 60 cities the stated coverage holds within chance; without doubt about people it does not", async (t) => {
  const { learnt, prior, certain } = await runTrials(24, 60);
  t.diagnostic(JSON.stringify({ learnt, prior, certain }));
  assert.equal(learnt.forecasts, 240);
  const [low, high] = expectedCoverage(COVERAGE_BP / 10_000, learnt.forecasts);
  for (const share of [learnt.completions, learnt.points]) assert.ok(share >= low && share <= high, `${share}`);
  assert.ok(prior.completions >= low && prior.points >= low, "the prior promises no more than it keeps");
  assert.ok(learnt.completionsWidth < 0.9 * prior.completionsWidth);
  assert.ok(certain.completions < 0.5 && certain.points < 0.5);
});
