import assert from "node:assert/strict";
import { test } from "node:test";
import { COVERAGE_BP } from "#domains/missions/index.ts";
import { expectedCoverage, runTrials } from "./run-trials.ts";

test("of missions that were never seen, as many turn out within the forecast as it says; certainty would not hold", async (t) => {
  const { learnt, prior, certain } = await runTrials(8, 8);
  t.diagnostic(JSON.stringify({ learnt, prior, certain }));
  const [low, high] = expectedCoverage(COVERAGE_BP / 10_000, learnt.forecasts);
  for (const share of [learnt.completions, learnt.points]) assert.ok(share >= low && share <= high, `${share}`);
  assert.ok(learnt.completionsWidth < prior.completionsWidth, "what is learnt narrows the interval");
  assert.ok(learnt.completionsWidth < 2 && learnt.pointsWidth < 2.2, "nor is it wide for safety");
  assert.ok(certain.completions < low && certain.points < low, `${certain.completions} ${certain.points}`);
});
