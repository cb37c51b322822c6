import { at, programme, receipt, returns, work } from "./actions.ts";
import { expectProgress, mission } from "./beyond-steps.ts";
import { expectVerified, expectWallet } from "./expectations.ts";
import { caseProgramme } from "./programme.ts";
import { referenceCase } from "./reference-case.ts";

const atBeta = (name: string, earns: string) =>
  receipt(name, { member: "Anna", partner: "beta", lines: { tea: "2000.00" }, earns });

const afterReturn = (onReturn: "keep" | "take-back", has: string, earnsNext: string) => [
  programme(caseProgramme({ rules: [] })),
  at("2025-03-03 12:00"),
  mission("spend", {
    partner: "alfa",
    goal: { purchase: { at: "alfa", category: "tea" }, spend: "3000 RUB" },
    reward: { percent: "5%", at: "beta", lasts: "30 days" },
    onReturn,
  }),
  at("2025-03-03 12:10"),
  receipt("R1", { member: "Anna", partner: "alfa", lines: { tea: "2800.00" }, earns: "0" }),
  receipt("R2", { member: "Anna", partner: "alfa", lines: { tea: "300.00" }, earns: "0" }),
  work(),
  expectProgress("Anna", "spend", "3100.00"),
  at("2025-03-03 12:20"),
  atBeta("R3", "100.00"),
  at("2025-03-03 12:30"),
  returns("R1", { tea: "200.00" }, { takesBack: "0" }),
  work(),
  expectProgress("Anna", "spend", "2900.00"),
  expectWallet("Anna", { active: has, arrears: "0" }),
  at("2025-03-03 12:40"),
  atBeta("R4", earnsNext),
  expectVerified(),
];

export const case16 = referenceCase(
  16,
  "a mission's boost after part of its spending came back",
  {},
  {
    "policy keep: what is won stays won": afterReturn("keep", "100.00", "100.00"),
    "policy take-back: the boost ends, and the 100 that it paid are taken back": afterReturn("take-back", "0", "0"),
  },
);
