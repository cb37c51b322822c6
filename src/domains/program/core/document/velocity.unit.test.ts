import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { MINUTE_MS } from "#kernel/time.ts";
import { formatFileFault } from "#platform/yaml/faults.ts";
import { diffProgrammes, formatChange } from "../diff/diff.ts";
import { documentOf, fileOf, type ProgrammeParts, programmeOf } from "../test-builders.ts";
import { parseProgramme } from "./parse.ts";

type Velocity = NonNullable<ProgrammeParts["velocity"]>;

function faultsOf(velocity: Record<string, unknown>): string[] {
  const parsed = parseProgramme(stringify(fileOf({ velocity: velocity as Velocity })), "p.yaml");
  return parsed.ok ? [] : parsed.failure.map((fault) => formatFileFault(fault).replace(/^p.yaml:\d+:\d+ /, ""));
}

const QUICK = { name: "too quick", of: "card", limit: "5 times", within: "1 hour", action: "refuse" } as const;

test("a velocity rule counts times, money, points, different ones, or the time between", () => {
  const programme = programmeOf({
    velocity: {
      a: { ...QUICK, limit: "5 times" },
      b: { ...QUICK, limit: "3000.50 RUB", of: ["store", "cashier"] },
      c: { ...QUICK, limit: "200 points", on: "spend" },
      d: { ...QUICK, limit: "10 members", of: "payment-card" },
      e: { name: "apart", of: "card", apart: "2 minutes", action: "review" },
    },
  });
  assert.deepEqual(
    programme.velocity.map(({ id, measure, limit, windowMs, distinct }) => [id, measure, limit, windowMs, distinct]),
    [
      ["a", "times", 5, 60 * MINUTE_MS, undefined],
      ["b", "money", 300_050, 60 * MINUTE_MS, undefined],
      ["c", "points", 20_000, 60 * MINUTE_MS, undefined],
      ["d", "distinct", 10, 60 * MINUTE_MS, "member"],
      ["e", "apart", 2 * MINUTE_MS, 2 * MINUTE_MS, undefined],
    ],
  );
});

test("what a velocity rule lacks, or says twice, is told with its place", () => {
  const { within: _, ...endless } = QUICK;
  const { limit: __, ...limitless } = QUICK;
  assert.deepEqual(
    faultsOf({
      endless,
      limitless,
      both: { ...QUICK, per: "day" },
      long: { ...QUICK, within: "2 months" },
      again: { ...QUICK, of: ["card", "card"] },
      self: { ...QUICK, of: "member", limit: "3 members" },
      nowhere: { ...QUICK, when: { partner: "alpha" } },
      earned: { ...QUICK, on: "return", limit: "100 points" },
    }),
    [
      "/velocity/endless: needs either within or per",
      "/velocity/limitless: needs either a limit or apart",
      "/velocity/both: needs either within or per",
      "/velocity/long/within: expected minutes, hours or days, at most 31 days, got 2 months",
      "/velocity/again/of: expected each once",
      "/velocity/self/limit: each member is counted apart already; expected another kind",
      '/velocity/nowhere/when/partner: expected a partner of this programme, got "alpha". Did you mean "alfa"?',
      "/velocity/earned/limit: a return earns nothing; expected times, money or a number of different ones",
    ],
  );
});

test("an unknown action or subject is told with what may stand there", () => {
  assert.match(faultsOf({ a: { ...QUICK, action: "block" } })[0] ?? "", /one of allow, review, refuse/);
  assert.match(faultsOf({ a: { ...QUICK, of: "shelf" } })[0] ?? "", /one of member, card, payment-card/);
  assert.match(faultsOf({ a: { ...QUICK, limit: "five" } })[0] ?? "", /a number of times such as 3 times/);
});

test("a plan shows what changes of velocity rules, and what their removal means", () => {
  const before = documentOf({ velocity: { quick: QUICK } });
  const after = documentOf({ velocity: { quick: { ...QUICK, limit: "6 times" } } });
  assert.deepEqual(diffProgrammes(before, after).map(formatChange), ["~ velocity/quick/limit: 5 times → 6 times"]);
  assert.match(
    diffProgrammes(after, documentOf({})).map(formatChange)[0] ?? "",
    /^- velocity\/quick: .*nothing watches/,
  );
});
