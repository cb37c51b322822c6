import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "#kernel/random.ts";
import type { Rule } from "../store/rules.ts";
import { chooseRules } from "./choose-rules.ts";
import { atomGroups, learnedMatches } from "./coverage.ts";
import { missedMatches } from "./loss.ts";

const atoms = ["0/surname", "0/given", "1/birth", "2/city"].map((field) => ({ label: field, field }));
const count = (costs: Readonly<Record<string, number>>) => async (rules: readonly Rule[]) =>
  rules.map((rule) => costs[rule.join()] ?? 1e9);

test("rules are chosen so that each kind of match is found by one that does not need what it lacks", async () => {
  const noSurname = 0b0110n;
  const noBirth = 0b0011n;
  const sample = [...Array<bigint>(500).fill(noSurname), ...Array<bigint>(500).fill(noBirth)];
  const chosen = await chooseRules({
    atoms,
    sample,
    atomPairs: [400, 50_000, 300, 900_000],
    totalPairs: 10_000_000,
    budget: 2_000,
    count: count({ "0,1": 100, "1,2": 100 }),
  });
  assert.equal(chosen.coverage, 1);
  assert.ok(chosen.pairs.reduce((a, b) => a + b, 0) <= 2_000);
});

test("a rule whose pairs turn out to be many is not taken beyond the budget", async () => {
  const chosen = await chooseRules({
    atoms,
    sample: Array<bigint>(100).fill(0b1100n),
    atomPairs: [0, 0, 5_000_000, 900_000],
    totalPairs: 10_000_000_000,
    budget: 1_000,
    count: count({ "2,3": 500_000 }),
  });
  assert.deepEqual([chosen.rules, chosen.coverage], [[], 0]);
});

test("matches are drawn field by field from pairs that a rule not looking at the field has found", () => {
  const groups = atomGroups(atoms);
  assert.deepEqual(groups, [[0, 1], [2], [3]]);
  const foundByName = { atoms: 0b0111n, p: 1, eligible: [false, true, true] };
  const foundByBirth = { atoms: 0b0110n, p: 1, eligible: [true, false, true] };
  const matches = [...Array(50).fill(foundByName), ...Array(50).fill(foundByBirth)];
  const drawn = learnedMatches(groups, matches, createRandom(1), 500);
  assert.ok(
    drawn.every((mask) => (mask & 0b0011n) === 0b0010n),
    "names only as those found by birth have them",
  );
});

test("what no rule found is estimated from what only one and what two found", () => {
  const found = (rules: number, times: number) => Array.from({ length: times }, () => ({ rules, p: 1 }));
  assert.equal(missedMatches([...found(3, 1000)], 5), 0);
  const missed = missedMatches([...found(1, 100), ...found(2, 200), ...found(3, 700)], 5);
  assert.ok(missed > 15 && missed < 25, String(missed));
  assert.equal(missedMatches(found(1, 100), 1), 0);
});
