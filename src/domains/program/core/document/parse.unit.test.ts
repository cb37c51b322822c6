import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { formatFileFault } from "#platform/yaml/faults.ts";
import { fileOf, type ProgrammeParts } from "../test-builders.ts";
import { canonicalJson, documentHash } from "./canonical.ts";
import { parseProgramme } from "./parse.ts";

/** Lines of errors, without the file's name. */
function errorsOf(text: string): string[] {
  const parsed = parseProgramme(text, "p.yaml");
  return parsed.ok ? [] : parsed.failure.map((fault) => formatFileFault(fault).replace("p.yaml:", ""));
}

/** Errors without their lines: what is wrong where. */
function faultsOf(parts: ProgrammeParts | Record<string, unknown>): string[] {
  return errorsOf(stringify(fileOf(parts as ProgrammeParts))).map((line) => line.replace(/^\d+:\d+ /, ""));
}

const SMALL = `
format: 1
programme: { id: small, name: Small, timeZone: Europe/Moscow, operator: op, pointValue: 1 RUB }
partners:
  op: { name: Op, kind: operator, canFund: true, canRedeem: false }
  alfa: { name: Alfa, kind: grocer, canFund: true, canRedeem: true }
brands:
  alfa: { partner: alfa, name: Alfa }
stores:
  alfa-1: { brand: alfa, name: Alfa 1 }
categories:
  food: { name: { ru: Еда, en: Food } }
rules:
  base:
    name: base
    earn: 5.00 %
    funders: { alfa: 2, op: 1 }
`;

test("a right file has no errors, and defaults are filled in", () => {
  const parsed = parseProgramme(SMALL, "p.yaml");
  assert.ok(parsed.ok);
  assert.equal(parsed.value.policies.lateWindow, "30 days");
  assert.deepEqual(parsed.value.lots, { activation: "none", expiry: "never" });
});

test("an error names line, column and path, and what was expected; all errors come at once, in order", () => {
  const text = SMALL.replace("5.00 %", "five")
    .replace("kind: grocer, ", "")
    .replace("alfa-1: { brand: alfa", "alfa-1: { brnad: alfa")
    .replace("alfa: 2", "alfa: two");
  assert.deepEqual(errorsOf(text), [
    '6:9 /partners/alfa: needs "kind": an id of small Latin letters, digits and hyphens',
    '10:11 /stores/alfa-1: needs "brand": an id of small Latin letters, digits and hyphens',
    '10:13 /stores/alfa-1/brnad: unknown key "brnad"; expected brand, name, city, timeZone, channel. Did you mean "brand"?',
    '16:11 /rules/base/earn: expected 5%, 100 points, 10x, or details such as {percent: …}, got "five"',
    '17:22 /rules/base/funders/alfa: expected parts such as 5, or a percentage such as 50%, got "two"',
  ]);
});

test("broken YAML is said with its place", () => {
  const [error] = errorsOf("format: 1\nprogramme: { id: small\nrules: {}\n");
  assert.match(error ?? "", /^\d+:\d+ /);
});

test("the same id twice is an error, not the last one winning", () => {
  assert.match(errorsOf(`${SMALL}  base: { name: b, earn: 1%, funders: op }\n`)[0] ?? "", /^18:3 .*unique/);
});

test("something that is no programme at all is said so", () => {
  assert.deepEqual(errorsOf("- 1\n"), ["1:1 expected a set of keys and values, got a list"]);
  assert.equal(errorsOf("").length, 1);
});

test("equal quantities and another order of the file are the same document", () => {
  const parse = (text: string) => {
    const parsed = parseProgramme(text, "p.yaml");
    assert.ok(parsed.ok);
    return parsed.value;
  };
  const other = SMALL.replace("5.00 %", "5%")
    .replace("{ alfa: 2, op: 1 }", "{ op: 1, alfa: 2 }")
    .replace("1 RUB", "1.00RUB");
  assert.equal(canonicalJson(parse(SMALL)), canonicalJson(parse(other)));
  assert.equal(documentHash(parse(SMALL)), documentHash(parse(other)));
  assert.notEqual(documentHash(parse(SMALL)), documentHash(parse(SMALL.replace("5.00 %", "5.01%"))));
});

const base = { name: "base", earn: "1%", funders: "alfa" } as const;
const rule = (rest: object) => ({ rules: { base: { ...base, ...rest } } });

/** What the schema can't say. */
const MEANING: readonly { says: string; parts: object; errors: readonly string[] }[] = [
  {
    says: "an unknown partner in a split, with the nearest known",
    parts: rule({ funders: { alfa: 1, bta: 2 } }),
    errors: ['/rules/base/funders/bta: expected a partner of this programme, got "bta". Did you mean "beta"?'],
  },
  {
    says: "percentages that don't sum",
    parts: rule({ funders: { alfa: "50%", beta: "40%" } }),
    errors: ["/rules/base/funders: percentages must sum to 100%, these sum to 90%"],
  },
  {
    says: "parts mixed with percentages",
    parts: rule({ funders: { alfa: "50%", beta: 1 } }),
    errors: ["/rules/base/funders: shares are either all parts (5, 3, 2) or all percentages"],
  },
  {
    says: "a funder twice in a list",
    parts: rule({ funders: ["alfa", "alfa"] }),
    errors: ['/rules/base/funders/1: "alfa" stands here twice'],
  },
  {
    says: "no funder",
    parts: { rules: { base: { name: "b", earn: "1%" } } },
    errors: ['/rules/base: needs "funders": who pays for the points'],
  },
  {
    says: "a funder that can't fund, by name and as seller",
    parts: {
      ...rule({ funders: ["seller", "gamma"], when: { partner: "gamma" } }),
      partners: {
        ...fileOf({}).partners,
        gamma: { name: "Gamma", kind: "shop", canFund: false, canRedeem: true },
      },
    },
    errors: [
      "/rules/base/funders: the seller pays, but gamma has canFund: false",
      '/rules/base/funders/1: "gamma" has canFund: false, so it can\'t pay for points',
    ],
  },
  {
    says: "unknown names in conditions, nested ones too",
    parts: rule({
      when: { category: ["food", "chese"], level: "gold", not: { store: "alfa-2" }, anyOf: [{ boost: "x" }] },
    }),
    errors: [
      '/rules/base/when/category/1: expected a category of this programme, got "chese". Did you mean "cheese"?',
      '/rules/base/when/level: expected a level of this programme, got "gold"',
      '/rules/base/when/not/store: expected a store of this programme, got "alfa-2". Did you mean "alfa-1"?',
      '/rules/base/when/anyOf/0/boost: expected a boost of this programme, got "x"',
    ],
  },
  {
    says: "places that no store has together",
    parts: rule({ when: { partner: "beta", city: "vladivostok" } }),
    errors: ["/rules/base/when: no store fits these conditions"],
  },
  {
    says: "days that are none, or in no order",
    parts: {
      rules: {
        base: { ...base, when: { from: "2026-02-30" } },
        other: { ...base, when: { from: "2026-03-02", until: "2026-03-01" } },
      },
    },
    errors: [
      "/rules/base/when/from: 2026-02-30 is no day of the calendar",
      "/rules/other/when/until: expected 2026-03-02 or a later day, got 2026-03-01",
    ],
  },
  {
    says: "a cap that nothing uses",
    parts: { ...rule({}), caps: { most: { name: "m", per: "day", limit: "1 point" } } },
    errors: [`/caps/most: no rule uses the cap "most"; name it in a rule's caps, or give it appliesTo: all`],
  },
  {
    says: "a cap of the wrong side",
    parts: {
      ...rule({ caps: "spend" }),
      caps: {
        spend: { name: "s", on: "spend", per: "day", limit: "1 point", appliesTo: "all" },
        earn: { name: "e", per: "day", limit: "1 point", appliesTo: "all" },
      },
      spending: { anywhere: { largestShare: "100%", caps: ["earn"] } },
    },
    errors: [
      '/rules/base/caps: "spend" limits spending, not earning',
      '/spending/anywhere/caps/0: "earn" limits earning; expected a cap with on: spend',
    ],
  },
  {
    says: "a percentage as a limit of a month, times of a receipt",
    parts: {
      ...rule({}),
      caps: {
        a: { name: "a", per: "month", limit: "5%", appliesTo: "all" },
        b: { name: "b", per: "receipt", limit: "2 times", appliesTo: "all" },
      },
    },
    errors: [
      "/caps/a/limit: a percentage is a limit per receipt; expected points or times",
      "/caps/b/limit: a receipt is one time; expected points or a percentage",
    ],
  },
  {
    says: "a cap per campaign over rules without one",
    parts: { ...rule({ caps: "a" }), caps: { a: { name: "a", per: "campaign", limit: "5 points" } } },
    errors: ["/caps/a/per: every rule under a cap per campaign needs a campaign"],
  },
  {
    says: "two effects, or none",
    parts: { rules: { base: { ...base, earn: { percent: "1%", points: "5 points" } }, other: { ...base, earn: {} } } },
    errors: [
      "/rules/base/earn: expected one of percent, points, multiply, got percent and points",
      "/rules/other/earn: expected one of percent, points, multiply, got none",
    ],
  },
  {
    says: "a multiplier of a multiplier, of 1x, in a group",
    parts: {
      stacking: { g: { choose: "most-points", per: "receipt" } },
      rules: {
        base: { ...base, group: "g" },
        two: { name: "two", earn: { multiply: "2x", of: ["base", "three"] } },
        three: { name: "three", earn: "1x", group: "g" },
      },
    },
    errors: [
      `/rules/two/earn/of/1: "three" is a multiplier; multipliers add up, they don't multiply each other`,
      "/rules/three/earn: expected a multiplier above 1x and up to 100x",
      "/rules/three/group: a multiplier stands in no group",
    ],
  },
  {
    says: "fixed points in a group that chooses per line, a group that nobody is in",
    parts: {
      stacking: { line: { choose: "most-points", per: "line" }, none: { choose: "most-points", per: "line" } },
      ...rule({ group: "line", earn: "5 points" }),
    },
    errors: [
      '/stacking/none: no rule stands in the group "none"',
      '/rules/base/group: "line" chooses per line, so it takes percent rules only',
    ],
  },
  {
    says: "ids that could be taken for each other",
    parts: {
      funderSplits: { beta: { alfa: 1, op: 1 } },
      stacking: { base: { choose: "most-points", per: "receipt" } },
      ...rule({ funders: "beta", group: "base" }),
    },
    errors: [
      '/funderSplits/beta: "beta" is a partner too; give the split an id of its own',
      '/rules/base: "base" is a group of stacking too; give the rule an id of its own',
    ],
  },
  {
    says: "a split that no rule uses",
    parts: { funderSplits: { idle: { alfa: 1 } }, ...rule({}) },
    errors: ['/funderSplits/idle: no rule uses the funder split "idle"'],
  },
  {
    says: "favourites without a list, a share of tender without a tender",
    parts: {
      rules: {
        base: { ...base, earn: { percent: "favourite" } },
        card: { ...base, earn: { percent: "1%", paidBy: "tender" } },
      },
    },
    errors: [
      "/rules/base/earn: the programme offers no favourite categories (section favourites)",
      "/rules/card/earn/paidBy: paidBy: tender goes with percent, and with a tender or bank in when",
    ],
  },
  {
    says: "lots that end by no rule",
    parts: { lots: { activation: "none", expiry: { after: "2 hours" } }, ...rule({ expiry: { plus: "1 day" } }) },
    errors: [
      "/rules/base/expiry: expected either after or endOf",
      "/rules/base/expiry/plus: plus goes with endOf only",
      '/rules/base/expiry/plus: expected months or years, got "1 day"',
      '/lots/expiry/after: expected days, months or years, got "2 hours"',
    ],
  },
  {
    says: "categories in a circle",
    parts: {
      ...rule({}),
      categories: { a: { name: "A", parent: "b" }, b: { name: "B", parent: "a" }, food: { name: "F", parent: "fod" } },
    },
    errors: [
      '/categories/a/parent: "a" lies under itself',
      '/categories/b/parent: "b" lies under itself',
      '/categories/food/parent: expected a category of this programme, got "fod". Did you mean "food"?',
    ],
  },
  {
    says: "a time zone that is none, levels of one rank, policies in other units",
    parts: {
      ...rule({}),
      programme: { ...fileOf({}).programme, timeZone: "Europe/Moskva" },
      levels: { a: { name: "A", rank: 1, favourites: 1 }, b: { name: "B", rank: 1, favourites: 1 } },
      policies: { grace: "2 months", longestHold: "1 year" },
    },
    errors: [
      '/programme/timeZone: expected an IANA time zone such as Europe/Moscow, got "Europe/Moskva"',
      '/levels/b/rank: "a" has the rank 1 already',
      '/policies/grace: expected days such as 30 days, got "2 months"',
      '/policies/longestHold: expected minutes, hours or days, got "1 year"',
    ],
  },
  {
    says: "spending of more than all, or where no points are taken",
    parts: {
      ...rule({}),
      partners: { ...fileOf({}).partners, gamma: { name: "Gamma", kind: "shop", canFund: true, canRedeem: false } },
      spending: { all: { largestShare: "101%" }, gamma: { largestShare: "50%", when: { partner: "gamma" } } },
    },
    errors: [
      "/spending/all/largestShare: expected at most 100%",
      "/spending/gamma/when: no points are taken here: gamma has canRedeem: false",
    ],
  },
];

for (const { says, parts, errors } of MEANING) {
  test(`an error of meaning: ${says}`, () => {
    assert.deepEqual(faultsOf(parts).sort(), [...errors].sort());
  });
}
