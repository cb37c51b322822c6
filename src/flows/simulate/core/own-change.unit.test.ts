import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { compileProgramme, parseProgramme } from "#domains/program/index.ts";
import { readChange } from "./change.ts";
import { foreignIn, ownCapsOf } from "./own-change.ts";

const text = readFileSync(new URL("../../../../examples/demo/programme.yaml", import.meta.url), "utf8");
const parsed = parseProgramme(text, "programme.yaml");
assert.ok(parsed.ok);
const latest = compileProgramme(parsed.value, 1, 0);

function foreign(partner: string, patch: string): string[] {
  const change = readChange({ name: "p.yaml", text: patch }, latest);
  assert.ok(change.ok, JSON.stringify(change));
  return foreignIn(change.value, latest, partner);
}

test("a partner's own are rules at its partner, brand or stores; a rule at two partners is both's", () => {
  const bread = "patch: 1\nrules:\n  morning-bread: { earn: 15% }\n";
  assert.deepEqual(foreign("kalitka", bread), []);
  assert.deepEqual(foreign("samobranka", bread), ["/rules/morning-bread"]);
  const baby = "patch: 1\nrules:\n  baby-families: { earn: 15% }\n";
  assert.deepEqual(foreign("kalitka", baby), ["/rules/baby-families"]);
  const at = (where: string) =>
    foreign("kalitka", `patch: 1\nrules:\n  more: { name: More, when: { ${where} }, earn: 1%, funders: kalitka }\n`);
  assert.deepEqual(at("store: [kalitka-tsentr-1, kalitka-online]"), []);
  assert.deepEqual(at("store: [kalitka-tsentr-1, samobranka-tsentr-1]"), ["/rules/more"]);
  assert.deepEqual(at("category: bread"), ["/rules/more"]);
});

test("caps that others' rules use, or that hold for all, are everybody's, and so are other sections and whole programmes", () => {
  const shared = "patch: 1\ncaps:\n  boosts-day: { limit: 300 points }\n";
  assert.deepEqual(foreign("kalitka", shared), ["/caps/boosts-day"]);
  const own =
    "patch: 1\ncaps:\n  dawn: { name: Dawn, per: month, limit: 90 points }\nrules:\n  morning-bread: { caps: [dawn] }\n";
  assert.deepEqual(foreign("kalitka", own), []);
  assert.deepEqual(foreign("kalitka", "patch: 1\nlots: { activation: 3 days }\n"), ["/lots"]);
  assert.deepEqual(foreign("kalitka", text), ["/"]);
  assert.equal(ownCapsOf(latest.document, "kalitka").has("boosts-day"), false);
});
