import { at, award, closeMonth, deposit, programme, receipt, returns, work } from "./actions.ts";
import { expectExposure, expectVerified, expectWallet } from "./expectations.ts";
import { caseProgramme } from "./programme.ts";
import { referenceCase } from "./reference-case.ts";

const rules = [{ id: "base", earn: { percentBp: 1000 }, categories: ["bread"], funders: { beta: 1 } }];
const prepaid = (short: "refuse" | "part" | "reserve", lifeDays: number | null = null) =>
  caseProgramme({ rules, prepaid: { partners: ["beta"], short, reserveDays: 3 }, lot: { delayDays: 0, lifeDays } });
const bread = (name: string, member: string, roubles: string, earns: string, reserves = "0") =>
  receipt(name, { member, partner: "alfa", lines: { bread: roubles }, earns, reserves });
const start = (short: "refuse" | "part" | "reserve", lifeDays?: number) => [
  programme(prepaid(short, lifeDays)),
  at("2025-03-03 12:00"),
  deposit("beta", "10.00"),
];

export const case21 = referenceCase(21, "a prepaid funder runs out, and no receipt is refused for it", {
  "policy refuse: nothing, and what fits is given": [
    ...start("refuse"),
    bread("R1", "Anna", "150.00", "0"),
    expectExposure("beta", { left: "10.00", state: "ok" }),
    bread("R2", "Boris", "100.00", "10.00"),
    expectExposure("beta", { outstanding: "10.00", left: "0.00", state: "stopped" }),
  ],
  "policy part: 10, then nothing until it is topped up": [
    ...start("part"),
    bread("R1", "Anna", "150.00", "10.00"),
    bread("R2", "Boris", "150.00", "0"),
    deposit("beta", "20.00"),
    work(),
    bread("R3", "Boris", "150.00", "15.00"),
    expectExposure("beta", { outstanding: "25.00", left: "5.00", state: "short" }),
    expectVerified(),
  ],
  "policy reserve: 10 now, 5 as it is topped up, once": [
    ...start("reserve"),
    bread("R1", "Anna", "150.00", "10.00", "5.00"),
    work(),
    expectWallet("Anna", { active: "10.00" }),
    deposit("beta", "3.00"),
    work(),
    expectWallet("Anna", { active: "13.00" }),
    deposit("beta", "7.00"),
    work(),
    work(),
    expectWallet("Anna", { active: "15.00" }),
    expectExposure("beta", { outstanding: "15.00", claim: "12.00", left: "5.00" }),
    expectVerified(),
  ],
  "policy reserve: who waits comes before who buys": [
    ...start("reserve"),
    bread("R1", "Anna", "150.00", "10.00", "5.00"),
    work(),
    deposit("beta", "7.00"),
    bread("R2", "Boris", "100.00", "2.00", "8.00"),
    work(),
    expectWallet("Anna", { active: "15.00" }),
    expectWallet("Boris", { active: "2.00" }),
  ],
  "policy reserve: not topped up in time, it lapses": [
    ...start("reserve"),
    bread("R1", "Anna", "150.00", "10.00", "5.00"),
    work(),
    at("2025-03-06 12:30"),
    work(),
    deposit("beta", "100.00"),
    work(),
    expectWallet("Anna", { active: "10.00" }),
    expectExposure("beta", { left: "100.00" }),
  ],
  "policy reserve: a receipt that came back waits for nothing": [
    ...start("reserve"),
    bread("R1", "Anna", "150.00", "10.00", "5.00"),
    work(),
    returns("R1", "all", { takesBack: "10.00", arrears: "0" }),
    work(),
    expectExposure("beta", { outstanding: "0.00", left: "10.00" }),
    deposit("beta", "5.00"),
    work(),
    expectWallet("Anna", { active: "0" }),
  ],
  "a return, an expiry and points spent at the funder itself free the deposit; a claim of another does not, settled or not":
    [
      ...start("part", 20),
      deposit("beta", "30.00"),
      bread("R1", "Anna", "400.00", "40.00"),
      returns("R1", { bread: "100.00" }, { takesBack: "10.00" }),
      work(),
      expectExposure("beta", { outstanding: "30.00", left: "10.00" }),
      receipt("R2", { member: "Anna", partner: "telecom", lines: { phone: "8.00" }, spend: "8.00" }),
      receipt("R3", { member: "Anna", partner: "beta", lines: { phone: "12.00" }, spend: "12.00" }),
      work(),
      expectExposure("beta", { outstanding: "10.00", unsettled: "8.00", left: "22.00" }),
      bread("R4", "Boris", "300.00", "22.00"),
      at("2025-04-02 12:00"),
      closeMonth("2025-03"),
      work(),
      expectExposure("beta", { outstanding: "0.00", unsettled: "0.00", left: "32.00" }),
      expectVerified(),
    ],
});

const guaranteed = caseProgramme({ rules, guarantees: { beta: 10_000 } });

/** Of case 18, what a guarantee adds. */
export const GUARANTEE_STEPS = [
  programme(guaranteed),
  at("2025-03-03 12:00"),
  award("Anna", "beta", "70.00"),
  work(),
  expectExposure("beta", { outstanding: "70.00", claim: "56.00", left: "30.00", state: "ok" }),
  bread("R1", "Boris", "100.00", "10.00"),
  expectExposure("beta", { left: "20.00", state: "short" }),
  bread("R2", "Boris", "500.00", "20.00"),
  bread("R3", "Vera", "100.00", "0"),
  expectExposure("beta", { outstanding: "100.00", left: "0.00", state: "stopped" }),
  receipt("R4", { member: "Anna", partner: "telecom", lines: { phone: "60.00" }, spend: "60.00" }),
  work(),
  expectExposure("beta", { outstanding: "40.00", unsettled: "60.00", left: "0.00", state: "stopped" }),
  bread("R5", "Vera", "100.00", "0"),
  at("2025-04-02 12:00"),
  closeMonth("2025-03"),
  work(),
  expectExposure("beta", { outstanding: "40.00", unsettled: "0.00", left: "60.00", state: "ok" }),
  bread("R6", "Vera", "100.00", "10.00"),
];
