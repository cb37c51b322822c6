import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { formatFileFault } from "#platform/yaml/faults.ts";
import { diffProgrammes } from "../diff/diff.ts";
import { documentOf, fileOf, type ProgrammeParts } from "../test-builders.ts";
import { parseProgramme } from "./parse.ts";

const base = { name: "base", earn: "5%", funders: "alfa" } as const;
const withFunding = (funding: object, rest: ProgrammeParts = {}): ProgrammeParts => {
  const { partners } = fileOf({});
  return { rules: { base }, ...rest, partners: { ...partners, alfa: { ...partners.alfa, funding } } } as ProgrammeParts;
};

function faultsOf(parts: ProgrammeParts): string[] {
  const parsed = parseProgramme(stringify(fileOf(parts)), "p.yaml");
  return parsed.ok ? [] : parsed.failure.map((fault) => formatFileFault(fault).replace(/^p.yaml:\d+:\d+ /, ""));
}

const cap = (rest: object): ProgrammeParts =>
  ({
    rules: { base },
    caps: { most: { name: "m", per: "day", limit: "5 points", appliesTo: "all", ...rest } },
  }) as ProgrammeParts;

const MISTAKES: readonly (readonly [string, ProgrammeParts, string])[] = [
  [
    "a guarantee of a prepaid partner",
    withFunding({ mode: "prepaid", guarantee: "5 RUB" }),
    "/partners/alfa/funding/guarantee: a prepaid partner is covered by its deposit; a guarantee goes with postpaid",
  ],
  [
    "a share of no guarantee",
    withFunding({ mode: "postpaid", stopAt: "90%" }),
    "/partners/alfa/funding/stopAt: is a share of the guarantee; expected a guarantee beside it",
  ],
  [
    "more than all of a guarantee",
    withFunding({ mode: "postpaid", guarantee: "5 RUB", alertAt: "101%" }),
    "/partners/alfa/funding/alertAt: expected at most 100%",
  ],
  ["a funder of a member's cap", cap({ funder: "alfa" }), "/caps/most/funder: belongs to a budget (of: everyone)"],
  [
    "a budget of an unknown funder",
    cap({ funder: "alpha", of: "everyone" }),
    '/caps/most/funder: expected a partner of this programme, got "alpha". Did you mean "alfa"?',
  ],
  [
    "a cap of an unknown partner",
    cap({ partner: "betta" }),
    '/caps/most/partner: expected a partner of this programme, got "betta". Did you mean "beta"?',
  ],
  [
    "more claims than points",
    { rules: { base }, policies: { expectedRedemption: "120%" } },
    "/policies/expectedRedemption: expected at most 100%",
  ],
];

for (const [says, parts, fault] of MISTAKES) {
  test(`an error of funding: ${says}`, () => assert.deepEqual(faultsOf(parts), [fault]));
}

test("a plan says what another way of paying means", () => {
  const risks = (a: ProgrammeParts, b: ProgrammeParts) =>
    diffProgrammes(documentOf(a), documentOf(b)).map(({ path, risk }) => [path, risk?.slice(0, 40)]);
  const guaranteed = withFunding({ mode: "postpaid", guarantee: "500 RUB" });
  assert.deepEqual(risks({ rules: { base } }, withFunding({ mode: "prepaid" })), [
    ["partners/alfa/funding", "points are given in its name only out of"],
  ]);
  assert.deepEqual(risks(guaranteed, withFunding({ mode: "postpaid", guarantee: "50 RUB" })), [
    ["partners/alfa/funding/guarantee", "points beyond it are given no more; what"],
  ]);
  assert.deepEqual(risks(guaranteed, { rules: { base } }), [
    ["partners/alfa/funding", "nothing limits what it may owe any more"],
  ]);
});
