import assert from "node:assert/strict";
import { test } from "node:test";
import { stringify } from "yaml";
import { formatFileFault } from "#platform/yaml/faults.ts";
import { diffProgrammes, formatChange } from "../diff/diff.ts";
import { documentOf, fileOf, type ProgrammeParts, programmeOf } from "../test-builders.ts";
import { parseProgramme } from "./parse.ts";

type Fees = NonNullable<ProgrammeParts["fees"]>;

function faultsOf(fees: Record<string, unknown>): string[] {
  const parsed = parseProgramme(stringify(fileOf({ fees: fees as Fees })), "p.yaml");
  return parsed.ok ? [] : parsed.failure.map((fault) => formatFileFault(fault).replace(/^p.yaml:\d+:\d+ /, ""));
}

test("a fee is a share of points given or taken, or a fixed sum; everybody but the operator pays it", () => {
  const programme = programmeOf({
    fees: {
      given: { name: "Service", charge: "1.5%", of: "issued", atLeast: "1000 RUB" },
      seat: { name: "Seat", charge: "50000 RUB" },
    },
  });
  const partners = [...programme.partners.keys()].filter((id) => id !== programme.operator).sort();
  assert.deepEqual(
    programme.fees.map(({ id, partners, charge }) => ({ id, partners, charge })),
    [
      { id: "given", partners, charge: { of: "issued", rateBp: 150, atLeastKopecks: 100_000 } },
      { id: "seat", partners, charge: { kopecks: 5_000_000 } },
    ],
  );
});

test("what makes no sense as a fee is said where it stands", () => {
  const { operator } = documentOf({}).programme;
  assert.deepEqual(
    faultsOf({
      a: { name: "a", charge: "1%" },
      b: { name: "b", charge: "100 RUB", of: "issued", atLeast: "5 RUB" },
      c: { name: "c", charge: "100 RUB", partners: [operator, "nobody"] },
      d: { name: "d", charge: "five" },
    }).map((fault) => fault.replace(/(?<=expected a percentage).*/, "…")),
    ["/fees/d/charge: expected a percentage…"],
  );
  assert.deepEqual(
    faultsOf({
      a: { name: "a", charge: "1%" },
      b: { name: "b", charge: "100 RUB", of: "issued", atLeast: "5 RUB" },
      c: { name: "c", charge: "100 RUB", partners: [operator, "nobody"] },
    }),
    [
      "/fees/a: a share needs of: issued or redeemed",
      "/fees/b/of: a fixed sum is a share of nothing",
      "/fees/b/atLeast: a fixed sum needs no least one",
      "/fees/c/partners/0: the operator does not pay itself",
      '/fees/c/partners/1: expected a partner of this programme, got "nobody"',
    ],
  );
});

test("a plan shows a fee that changes or ends", () => {
  const fee = { name: "Service", charge: "1%", of: "issued" } as const;
  const before = documentOf({ fees: { service: fee } });
  assert.deepEqual(
    diffProgrammes(before, documentOf({ fees: { service: { ...fee, charge: "2%" } } })).map(formatChange),
    ["~ fees/service/charge: 1% → 2%"],
  );
  assert.deepEqual(diffProgrammes(before, documentOf({})).map(formatChange), [
    "- fees/service: Service  (! nobody pays it from the month that is open then)",
  ]);
});
