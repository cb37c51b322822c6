import { at, award, capture, closeMonth, hold, programme, receipt, returns, work } from "./actions.ts";
import { comesApart, did, erased, expectEnded, expectFees, expectGone, merges, mission } from "./beyond-steps.ts";
import { expectMatrix, expectVerified, expectWallet, refused } from "./expectations.ts";
import { caseProgramme } from "./programme.ts";
import { referenceCase } from "./reference-case.ts";

const capped = caseProgramme({
  rules: [
    { id: "bread", earn: { percentBp: 1000 }, categories: ["bread"], funders: { alfa: 1 } },
    { id: "phone", earn: { percentBp: 1000 }, categories: ["phone"], funders: { telecom: 1 } },
  ],
  dayCap: { cents: 100_000, policy: "pro-rata" },
});
const buys = (name: string, member: string, partner: string, lines: Record<string, string>, earns: string) =>
  receipt(name, { member, partner, lines, earns });
const spends = (name: string, member: string, points: string) =>
  receipt(name, { member, partner: "beta", lines: { tea: points }, spend: points });

export const case13 = referenceCase(
  13,
  "two members turn out to be one: points, arrears and caps join, and come apart again",
  {},
  {
    "points, arrears and caps": [
      programme(capped),
      at("2025-03-03 12:00"),
      buys("A1", "Anna", "telecom", { phone: "9000.00" }, "900.00"),
      spends("A2", "Anna", "800.00"),
      buys("B1", "Boris", "alfa", { bread: "1000.00" }, "100.00"),
      buys("B2", "Boris", "alfa", { bread: "1000.00" }, "100.00"),
      spends("B3", "Boris", "130.00"),
      returns("B1", "all"),
      expectWallet("Anna", { active: "100.00", arrears: "0" }),
      expectWallet("Boris", { active: "0", arrears: "30.00" }),
      merges("Anna", "Boris"),
      expectWallet("Anna", { active: "70.00", arrears: "0" }),
      expectWallet("Boris", { active: "70.00" }),
      expectMatrix("2025-03", [
        ["telecom", "beta", "800.00"],
        ["alfa", "beta", "130.00"],
        ["alfa", "alfa", "70.00"],
        ["telecom", "alfa", "30.00"],
      ]),
      buys("B4", "Boris", "alfa", { bread: "100.00" }, "0"),
      returns("B2", "all", { takesBack: "0", arrears: "100.00" }),
      expectWallet("Anna", { active: "0", arrears: "30.00" }),
      expectVerified(),
      comesApart("Boris"),
      expectWallet("Anna", { active: "100.00", arrears: "0" }),
      expectWallet("Boris", { active: "0", arrears: "130.00" }),
      buys("A3", "Anna", "telecom", { phone: "2000.00" }, "100.00"),
      buys("B5", "Boris", "alfa", { bread: "100.00" }, "10.00"),
      expectWallet("Boris", { active: "0", arrears: "120.00" }),
      expectVerified(),
    ],
    "one of two acquisition fees is credited back, and charged again in the open month": [
      programme(capped),
      at("2025-03-03 12:00"),
      mission("number", {
        partner: "telecom",
        goal: { event: "number-moved" },
        reward: { points: "7 points" },
        fee: "500 RUB",
      }),
      at("2025-03-03 12:10"),
      did("Anna", "telecom", "number-moved"),
      did("Boris", "telecom", "number-moved"),
      expectFees("2025-03", { telecom: "1000.00" }),
      merges("Anna", "Boris"),
      work(),
      expectFees("2025-03", { telecom: "500.00" }),
      at("2025-04-02 12:00"),
      closeMonth("2025-03"),
      comesApart("Boris"),
      work(),
      expectFees("2025-03", { telecom: "500.00" }),
      expectFees("2025-04", { telecom: "500.00" }),
      expectVerified(),
    ],
  },
);

const erasing = (policy: "expire" | "return-to-funder", ends: { expired: string; takenBack: string }) => [
  programme(caseProgramme({ rules: [], erased: policy })),
  at("2025-02-03 12:00"),
  award("Anna", "alfa", "260.00"),
  spends("R1", "Anna", "10.00"),
  at("2025-03-03 12:00"),
  closeMonth("2025-02"),
  hold("H1", "Anna", "beta", "40.00"),
  expectWallet("Anna", { active: "210.00", held: "40.00" }),
  erased("Anna"),
  expectGone("Anna"),
  refused("unknown-member", capture("H1", "40.00")),
  expectEnded("alfa", "2025-03", ends),
  expectMatrix("2025-02", [["alfa", "beta", "10.00"]]),
  expectMatrix("2025-03", []),
  expectVerified(),
];

export const case19 = referenceCase(
  19,
  "a member is erased with 250 points, of which 40 are held",
  {},
  {
    "policy expire": erasing("expire", { expired: "250.00", takenBack: "0.00" }),
    "policy return-to-funder": erasing("return-to-funder", { expired: "0.00", takenBack: "250.00" }),
  },
);
