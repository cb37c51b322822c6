import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, beforeEach, test } from "node:test";
import { stringify } from "yaml";
import { manualClock } from "#platform/clock.ts";
import { testEngines } from "../../../test/engines.ts";
import { fileOf, NOON, type ProgrammeParts } from "./core/test-builders.ts";
import { applyProgramme, loadProgrammes } from "./index.ts";

const { pool } = await testEngines();
const clock = manualClock(NOON);
const deps = { pool, clock };

const file = (earn: string, parts: ProgrammeParts = {}) => ({
  name: "programme.yaml",
  text: stringify(fileOf({ rules: { base: { name: "base", earn, funders: "alfa" } }, ...parts })),
});
const request = (earn: string, rest = {}) => ({ file: file(earn), appliedBy: "olga", comment: "why", ...rest });

async function applied(earn: string, rest = {}) {
  const outcome = await applyProgramme(deps, request(earn, rest));
  assert.ok(outcome.ok, JSON.stringify(outcome));
  return outcome.value;
}

before(() => clock.set(NOON));
beforeEach(async () => {
  await pool.query("delete from programme_version");
  clock.set(NOON);
});

test("a file becomes version 1, with who applied it and why", async () => {
  const { version, isNew, effectiveFromAt } = await applied("1%");
  assert.deepEqual({ version, isNew, effectiveFromAt }, { version: 1, isNew: true, effectiveFromAt: NOON });
  const { rows } = await pool.query("select applied_by, comment, applied_at from programme_version");
  assert.deepEqual(rows, [{ applied_by: "olga", comment: "why", applied_at: new Date(NOON) }]);
});

test("the same programme again, written otherwise, changes nothing", async () => {
  await applied("1%");
  const again = await applied("1.00 %");
  assert.deepEqual([again.version, again.isNew], [1, false]);
  assert.deepEqual(again.plan.changes, []);
});

test("another programme becomes the next version, and its plan says what changes", async () => {
  await applied("1%");
  const next = await applied("2%");
  assert.equal(next.version, 2);
  assert.deepEqual(next.plan.changes, [{ kind: "changed", path: "rules/base/earn", from: "1%", to: "2%" }]);
});

test("of many that apply different files at once one succeeds, the others conflict", async () => {
  await applied("1%");
  const outcomes = await Promise.all(
    ["2%", "3%", "4%", "5%"].map((earn) => applyProgramme(deps, request(earn, { expectedVersion: 1 }))),
  );
  assert.equal(outcomes.filter((each) => each.ok).length, 1);
  for (const each of outcomes) {
    if (!each.ok) assert.deepEqual(each.failure, { code: "programme-conflict", latestVersion: 2 });
  }
});

test("of many that apply the same file at once all succeed, with one new version", async () => {
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => applyProgramme(deps, request("1%"))));
  assert.deepEqual(
    outcomes.map((each) => each.ok && each.value.version),
    [1, 1, 1, 1],
  );
  assert.equal(outcomes.filter((each) => each.ok && each.value.isNew).length, 1);
});

test("a plan that is out of date is not applied", async () => {
  await applied("1%");
  const outcome = await applyProgramme(deps, request("2%", { expectedVersion: 0 }));
  assert.deepEqual(outcome, { ok: false, failure: { code: "programme-conflict", latestVersion: 1 } });
});

test("a version may begin later, but not in the past unless that is asked for", async () => {
  await applied("1%");
  const outcome = await applyProgramme(deps, request("2%", { effectiveFromAt: NOON - 1 }));
  assert.deepEqual(outcome, { ok: false, failure: { code: "programme-backdated", earliestAt: NOON } });
  assert.equal((await applied("2%", { effectiveFromAt: NOON - 1, mayBackdate: true })).effectiveFromAt, NOON - 1);
  assert.equal((await applied("3%", { effectiveFromAt: NOON + 1_000 })).effectiveFromAt, NOON + 1_000);
});

test("a file with errors writes nothing and says them all", async () => {
  const broken = {
    ...request("1%"),
    file: file("1%", { brands: { alfa: { partner: "alpha", name: "A" } }, stores: {} }),
  };
  const outcome = await applyProgramme(deps, broken);
  assert.ok(!outcome.ok && outcome.failure.code === "programme-invalid");
  assert.deepEqual(
    outcome.failure.errors.map(({ path, didYouMean }) => [path, didYouMean]),
    [["/brands/alfa/partner", "alfa"]],
  );
  const { rowCount } = await pool.query("select 1 from programme_version");
  assert.equal(rowCount, 0);
});

test("a process sees what another applied once it refreshes, each version at its time", async () => {
  await applied("1%");
  const programmes = await loadProgrammes(deps);
  assert.equal(await programmes.refresh(), false);
  await applied("2%", { effectiveFromAt: NOON + 1_000 });
  assert.equal(programmes.latest?.version, 1);
  assert.equal(await programmes.refresh(), true);
  assert.equal(programmes.latest?.version, 2);
  assert.equal(programmes.current().version, 1);
  clock.advance(1_000);
  assert.equal(programmes.current().version, 2);
  assert.equal(programmes.at(NOON - 5_000_000).version, 1);
  assert.equal(programmes.version(2).effectiveFromAt, NOON + 1_000);
});

test("a version applied later replaces one that was still to come, from its own time on", async () => {
  await applied("1%");
  await applied("2%", { effectiveFromAt: NOON + 10_000 });
  await applied("3%", { effectiveFromAt: NOON + 5_000 });
  const programmes = await loadProgrammes(deps);
  const versionAt = (ms: number) => programmes.at(NOON + ms).version;
  assert.deepEqual([0, 5_000, 10_000].map(versionAt), [1, 3, 3]);
});

test("a row that was edited is noticed when it is read", async () => {
  await applied("1%");
  await pool.query(`update programme_version set document = replace(document::text, '"1%"', '"9%"')::json`);
  await assert.rejects(loadProgrammes(deps), /programme version 1 is as it was applied/);
});

test("the demo programme can be applied", async () => {
  const text = readFileSync(new URL("../../../examples/demo/programme.yaml", import.meta.url), "utf8");
  const outcome = await applyProgramme(deps, { ...request("1%"), file: { name: "programme.yaml", text } });
  assert.ok(outcome.ok);
  const programmes = await loadProgrammes(deps);
  assert.equal(programmes.current().rules.size, 28);
});
