import assert from "node:assert/strict";
import { at, award, programme, receipt, returns } from "./actions.ts";
import { subscribes } from "./beyond-steps.ts";
import { expectLastMinute, expectLots, expectVerified, expectWallet, refused, together } from "./expectations.ts";
import { caseProgramme } from "./programme.ts";
import { PLAN } from "./programme-yaml.ts";
import { referenceCase } from "./reference-case.ts";
import { shown } from "./stage.ts";
import type { ReceiptSeen } from "./system.ts";

const percent = (id: string, percentBp: number, funder: string) => ({
  id,
  earn: { percentBp },
  funders: { [funder]: 1 },
});
const boosts = [percent("base", 500, "alfa"), percent("card", 6000, "beta"), percent("mission", 5500, "gamma")];

export const case3 = referenceCase(3, "rules of more than 100 % together meet the receipt's cap", {
  "policy pro-rata": [
    programme(caseProgramme({ rules: boosts, receiptCap: { cents: 20_000, policy: "pro-rata" } })),
    at("2025-03-03 12:00"),
    receipt("R1", {
      member: "Anna",
      partner: "alfa",
      lines: { bread: "200.00" },
      earns: "200.00",
      byRule: { base: "8.33", card: "100.00", mission: "91.67" },
    }),
    expectLots("Anna", [
      ["alfa", "8.33"],
      ["beta", "100.00"],
      ["gamma", "91.67"],
    ]),
  ],
  "policy last-first": [
    programme(caseProgramme({ rules: boosts, receiptCap: { cents: 20_000, policy: "last-first" } })),
    at("2025-03-03 12:00"),
    receipt("R1", {
      member: "Anna",
      partner: "alfa",
      lines: { bread: "200.00" },
      earns: "200.00",
      byRule: { base: "10.00", card: "120.00", mission: "70.00" },
    }),
  ],
});

const campaign = (policy: "trim" | "refuse") =>
  caseProgramme({ rules: [{ ...percent("campaign", 1000, "beta"), budget: { cents: 2500, policy } }] });
const twoAtOnce = [
  receipt("R1", { member: "Anna", partner: "alfa", lines: { bread: "200.00" } }),
  receipt("R2", { member: "Boris", partner: "alfa", lines: { bread: "200.00" } }),
];
const earned = (expected: readonly string[]) =>
  together(twoAtOnce, (answers) => {
    const points = answers.map((seen) => (seen.ok ? shown((seen.value as ReceiptSeen).earnedCents) : seen.code));
    assert.deepEqual(points.sort(), [...expected].sort());
  });

export const case14 = referenceCase(14, "a budget is never overspent, and its end never refuses a receipt", {
  "policy trim: 20 and 5": [programme(campaign("trim")), at("2025-03-03 12:00"), earned(["20.00", "5.00"])],
  "policy refuse: 20 and nothing": [programme(campaign("refuse")), at("2025-03-03 12:00"), earned(["20.00", "0.00"])],
});

const beforeBoost = caseProgramme({ rules: [percent("base", 100, "alfa")] });
const withBoost = caseProgramme({ rules: [percent("base", 100, "alfa"), percent("boost", 500, "beta")] });

export const case15 = referenceCase(
  15,
  "a late receipt is priced by its own time",
  {
    "what applied at 15:00 does not boost a receipt of 14:59, and neither does its return": [
      programme(beforeBoost),
      at("2025-03-03 15:00"),
      programme(withBoost),
      at("2025-03-03 15:05"),
      receipt("R1", {
        member: "Anna",
        partner: "alfa",
        lines: { bread: "1000.00" },
        at: "2025-03-03 14:59",
        earns: "10.00",
      }),
      receipt("R2", { member: "Anna", partner: "alfa", lines: { bread: "1000.00" }, earns: "60.00" }),
      returns("R1", "all", { takesBack: "10.00", arrears: "0" }),
      expectWallet("Anna", { active: "60.00" }),
    ],
    "an offline receipt can't spend without a hold, and may be sent again without the spend": [
      programme(beforeBoost),
      at("2025-03-01 12:00"),
      award("Anna", "alfa", "50.00"),
      at("2025-03-03 15:05"),
      refused(
        "spend-needs-hold",
        receipt("R1", {
          member: "Anna",
          partner: "alfa",
          lines: { bread: "100.00" },
          spend: "50.00",
          at: "2025-03-02 14:59",
        }),
        422,
      ),
      expectWallet("Anna", { active: "50.00" }),
      receipt("R1", {
        member: "Anna",
        partner: "alfa",
        lines: { bread: "100.00" },
        at: "2025-03-02 14:59",
        earns: "1.00",
      }),
      expectWallet("Anna", { active: "51.00" }),
    ],
  },
  {
    "bought at 15:00, a receipt of 14:59 that comes at 15:05 has nothing of the subscription, nor has its return": [
      programme(
        caseProgramme({
          rules: [percent("base", 100, "alfa"), { ...percent("plus", 500, "alfa"), subscription: PLAN }],
        }),
      ),
      at("2025-03-03 14:00"),
      award("Anna", "alfa", "1.00"),
      at("2025-03-03 15:00"),
      subscribes("Anna"),
      at("2025-03-03 15:05"),
      receipt("R1", {
        member: "Anna",
        partner: "alfa",
        lines: { bread: "1000.00" },
        at: "2025-03-03 14:59",
        earns: "10.00",
      }),
      receipt("R2", { member: "Anna", partner: "alfa", lines: { bread: "1000.00" }, earns: "60.00" }),
      returns("R1", "all", { takesBack: "10.00", arrears: "0" }),
      at("2025-04-03 16:00"),
      returns("R2", "all", { takesBack: "60.00", arrears: "0" }),
      expectWallet("Anna", { active: "1.00" }),
      expectVerified(),
    ],
  },
);

export const case20 = referenceCase(20, "the end of a day in Moscow is 06:59 next morning in Vladivostok", {
  "shown rightly in both": [
    programme(beforeBoost),
    at("2025-07-01 12:00"),
    award("Anna", "alfa", "10.00", "2025-07-31"),
    expectLots("Anna", [["alfa", "10.00", "2025-07-31"]]),
    expectLastMinute("Anna", "Europe/Moscow", "2025-07-31 23:59"),
    expectLastMinute("Anna", "Asia/Vladivostok", "2025-08-01 06:59"),
    at("2025-07-31 23:59:59"),
    expectWallet("Anna", { active: "10.00" }),
    at("2025-08-01 00:00"),
    expectWallet("Anna", { active: "0" }),
  ],
});

const fixed = caseProgramme({
  rules: [percent("base", 1000, "alfa"), { id: "welcome", earn: { fixedCents: 500 }, funders: { beta: 1 } }],
});

export const case23 = referenceCase(23, "points are earned on money only", {
  "a receipt paid wholly with points earns nothing": [
    programme(fixed),
    at("2025-03-03 12:00"),
    award("Anna", "gamma", "100.00"),
    receipt("R1", {
      member: "Anna",
      partner: "alfa",
      lines: { bread: "60.00" },
      spend: "60.00",
      earns: "0",
      byRule: { base: "0", welcome: "0" },
    }),
    receipt("R2", {
      member: "Anna",
      partner: "alfa",
      lines: { bread: "60.00" },
      spend: "40.00",
      earns: "7.00",
      byRule: { base: "2.00", welcome: "5.00" },
    }),
    expectLots("Anna", [
      ["alfa", "2.00"],
      ["beta", "5.00"],
    ]),
  ],
});
