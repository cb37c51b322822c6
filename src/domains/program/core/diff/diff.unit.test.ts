import assert from "node:assert/strict";
import { test } from "node:test";
import { documentOf, fileOf, type ProgrammeParts } from "../test-builders.ts";
import { diffProgrammes, formatChanges } from "./diff.ts";

const base = { name: "base", earn: "5%", funders: "alfa" } as const;
const lines = (a: ProgrammeParts, b: ProgrammeParts) => formatChanges(diffProgrammes(documentOf(a), documentOf(b)));

test("a changed value is shown from and to", () => {
  assert.deepEqual(lines({ rules: { base } }, { rules: { base: { ...base, earn: "7%" } } }), [
    "~ rules/base/earn: 5% → 7%",
  ]);
});

test("another order or spelling is no change", () => {
  const one = { rules: { base, other: { ...base, when: { partner: "alfa", category: "food" } } } } as const;
  const two = {
    rules: { other: { ...base, when: { category: "food", partner: "alfa" } }, base: { ...base, earn: "5.0%" } },
  } as const;
  assert.deepEqual(lines(one, two), []);
});

test("added and removed things are one line each, by their names", () => {
  const more = { ...base, name: { ru: "ещё", en: "more" } };
  assert.deepEqual(lines({ rules: { base } }, { rules: { base, more } }), ["+ rules/more: more"]);
  assert.deepEqual(lines({ rules: { base, more } }, { rules: { base } }), [
    "- rules/more: more  (! members no longer earn by it; boosts won for it give nothing)",
  ]);
});

test("removing a store warns of its receipts", () => {
  const { "beta-1": _, ...stores } = fileOf({}).stores;
  assert.deepEqual(lines({ rules: { base } }, { rules: { base }, stores }), [
    "- stores/beta-1: Beta 1  (! receipts of this store are refused from then on; late receipts and returns keep the version of their own time)",
  ]);
});

test("other funders, a moved store, a cap taken away are warned of", () => {
  const caps = { most: { name: "Most", per: "day", limit: "5 points" } } as const;
  const before = { rules: { base: { ...base, caps: "most" } }, caps } as const;
  const after: ProgrammeParts = {
    rules: { base: { ...base, funders: { alfa: 1, op: 1 } } },
    stores: { ...fileOf({}).stores, "beta-1": { brand: "gamma", name: "Beta 1", city: "moscow" } },
  };
  const risky = diffProgrammes(documentOf(before), documentOf(after)).filter((change) => change.risk !== undefined);
  assert.deepEqual(
    risky.map(({ path, risk }) => [path, risk]),
    [
      ["stores/beta-1/brand", "the store moves from partner beta to gamma: receipts must name gamma"],
      ["caps/most", "nothing limits base this way any more; use of the cap so far is forgotten"],
      ["rules/base/funders", "others pay from then on; points already earned keep their funders"],
    ],
  );
});

test("a first version lists what it says, not what holds anyway; crowds are counted", () => {
  const stores = Object.fromEntries(
    Array.from({ length: 30 }, (_, i) => [`alfa-${i}`, { brand: "alfa", name: `Alfa ${i}` }]),
  );
  const first = formatChanges(
    diffProgrammes(undefined, documentOf({ rules: { base }, stores: { ...fileOf({}).stores, ...stores } })),
  );
  assert.ok(first.includes("+ stores: 34 (alfa-0, alfa-1, alfa-10, …)"));
  assert.ok(first.includes("+ rules/base: base"));
  assert.ok(!first.some((line) => line.includes("policies")));
});
