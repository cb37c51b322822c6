import assert from "node:assert/strict";
import { at, award, closeMonth, hold, programme, receipt, returns } from "./actions.ts";
import {
  again,
  atOnce,
  expectExposure,
  expectMatrix,
  expectNet,
  expectOperations,
  expectOutstanding,
  expectVerified,
  expectWallet,
  refused,
  together,
} from "./expectations.ts";
import { GUARANTEE_STEPS } from "./funder-cases.ts";
import { caseProgramme } from "./programme.ts";
import { referenceCase } from "./reference-case.ts";
import { moscow, step } from "./stage.ts";

const earns = caseProgramme({
  rules: [{ id: "base", earn: { percentBp: 1000 }, categories: ["bread"], funders: { alfa: 1 } }],
});
const spends = (name: string, member: string, partner: string, points: string) =>
  receipt(name, { member, partner, lines: { phone: points }, spend: points });

const bread = { member: "Anna", partner: "alfa", lines: { bread: "100.00" }, at: "2025-03-03 12:00", earns: "10.00" };

export const case12 = referenceCase(12, "a receipt counts once, however often and however late it is sent", {
  "three times at once, changed, 72 hours later, and with another card": [
    programme(earns),
    at("2025-03-03 12:00"),
    atOnce(3, receipt("R1", bread)),
    expectOperations("Anna", ["purchase"]),
    refused("idempotency-conflict", receipt("R1", { ...bread, lines: { bread: "100.01" } }), 409),
    refused("idempotency-conflict", receipt("R1", { ...bread, member: "Boris" }), 409),
    at("2025-03-06 12:00"),
    again(receipt("R1", bread)),
    expectWallet("Anna", { active: "10.00" }),
    expectWallet("Boris", { active: "0" }),
    expectOperations("Anna", ["purchase"]),
  ],
});

export const case17 = referenceCase(17, "claims net out, and what a partner owes itself is shown but not paid", {
  "A owes B 120, B owes C 90, C owes A 50": [
    programme(earns),
    at("2025-03-03 12:00"),
    award("Anna", "alfa", "120.00"),
    spends("R1", "Anna", "beta", "120.00"),
    award("Anna", "beta", "90.00"),
    spends("R2", "Anna", "gamma", "90.00"),
    award("Anna", "gamma", "50.00"),
    spends("R3", "Anna", "alfa", "50.00"),
    award("Anna", "telecom", "7.00"),
    spends("R4", "Anna", "telecom", "7.00"),
    expectMatrix("2025-03", [
      ["alfa", "beta", "120.00"],
      ["beta", "gamma", "90.00"],
      ["gamma", "alfa", "50.00"],
      ["telecom", "telecom", "7.00"],
    ]),
    at("2025-04-02 12:00"),
    closeMonth("2025-03"),
    expectNet("2025-03", { alfa: "-70.00", beta: "30.00", gamma: "40.00" }),
  ],
});

export const case18 = referenceCase(18, "a funder that leaves still owes what is outstanding", {
  "a million points outstanding, 80 % expected": [
    programme(earns),
    at("2025-03-03 12:00"),
    award("Anna", "beta", "1000000.00"),
    programme({ ...earns, left: ["beta"] }),
    expectOutstanding("beta", 8000, "1000000.00", "800000.00"),
    expectExposure("beta", { outstanding: "1000000.00", claim: "800000.00", unsettled: "0.00" }),
    spends("R1", "Anna", "telecom", "100.00"),
    expectMatrix("2025-03", [["beta", "telecom", "100.00"]]),
    expectOutstanding("beta", 8000, "999900.00", "799920.00"),
    expectExposure("beta", { outstanding: "999900.00", claim: "799920.00", unsettled: "100.00" }),
  ],
  "a guarantee is called short, then nothing more is given; a claim weighs until its month is closed": GUARANTEE_STEPS,
});

export const case24 = referenceCase(24, "what is stored is what its operations rebuild", {
  "after earning, spending, holding and returning over a month's end": [
    programme(earns),
    at("2025-01-30 12:00"),
    award("Anna", "beta", "40.00", "2025-01-31"),
    receipt("R1", { member: "Anna", partner: "alfa", lines: { bread: "1000.00" }, earns: "100.00" }),
    spends("R2", "Anna", "telecom", "70.00"),
    hold("H1", "Anna", "telecom", "30.00"),
    expectVerified(),
    at("2025-02-01 12:00"),
    closeMonth("2025-01"),
    returns("R1", "all"),
    expectVerified(),
  ],
});

export const case25 = referenceCase(
  25,
  "a month that closes while work is in flight agrees with the ledger to the kopeck",
  {
    "spends and the close at once": [
      programme(earns),
      at("2025-01-31 12:00"),
      ...["Anna", "Boris", "Vera", "Gleb"].map((member) => award(member, "alfa", "100.00")),
      at("2025-02-01 00:00:30"),
      together(
        [
          ...["Anna", "Boris", "Vera", "Gleb"].map((member) =>
            receipt(`late-${member}`, { member, partner: "alfa", lines: { bread: "100.00" }, at: "2025-01-31 23:59" }),
          ),
          closeMonth("2025-01"),
          ...["Anna", "Boris", "Vera", "Gleb"].map((member) => spends(`now-${member}`, member, "telecom", "10.00")),
        ],
        (answers) => assert.ok(answers.every((seen) => seen.ok)),
      ),
      step("every late receipt is booked in January, or on February's first day", async ({ system }) => {
        for (const member of ["Anna", "Boris", "Vera", "Gleb"]) {
          const late = (await system.operations(member)).find((one) => one.at === moscow("2025-01-31 23:59"));
          assert.ok(late);
          assert.ok(["2025-01-31", "2025-02-01"].includes(late.accountingDay));
        }
      }),
      expectMatrix("2025-01", []),
      expectMatrix("2025-02", [["alfa", "telecom", "40.00"]]),
      expectVerified(),
    ],
  },
);
