import assert from "node:assert/strict";
import { test } from "node:test";
import { type Strategy, type Told, winnerOf } from "./golden-record.ts";

const told: readonly Told[] = [
  { value: "Анна", partner: "bank", at: 1 },
  { value: "Анна Иванова", partner: "grocer", at: 2 },
  { value: "Анна", partner: "telecom", at: 3 },
];

const cases: readonly [string, Strategy, string, string][] = [
  ["the newest", { by: "newest" }, "Анна", "telecom"],
  ["the longest", { by: "longest" }, "Анна Иванова", "grocer"],
  ["the most frequent, as told last", { by: "most-frequent" }, "Анна", "telecom"],
  ["the most trusted partner's", { by: "trust", partners: ["bank", "grocer"] }, "Анна", "bank"],
];
for (const [what, strategy, value, partner] of cases) {
  test(`a field's winner: ${what}`, () => {
    const golden = winnerOf(told, strategy);
    assert.deepEqual([golden?.value, golden?.partner], [value, partner]);
  });
}

test("a verified value wins over any other, and the losing ones are named with their source", () => {
  const golden = winnerOf([...told, { value: "Мария", partner: "shop", at: 0, verified: true }], { by: "newest" });
  assert.equal(golden?.value, "Мария");
  assert.deepEqual(
    golden?.losing.map(({ partner }) => partner),
    ["telecom", "grocer", "bank"],
  );
});

test("nobody says anything: no winner", () => assert.equal(winnerOf([], { by: "newest" }), undefined));
