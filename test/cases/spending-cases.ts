import { at, award, capture, hold, programme, receipt, returns, voids } from "./actions.ts";
import {
  expectLots,
  expectMatrix,
  expectOperation,
  expectOperations,
  expectWallet,
  refused,
  times,
} from "./expectations.ts";
import { caseProgramme } from "./programme.ts";
import { referenceCase } from "./reference-case.ts";

const THREE = { alfa: 1, beta: 1, gamma: 1 };
/** Earns only on bread, so that other receipts can spend without earning. */
const tenPercent = (funders: Readonly<Record<string, number>>) => ({
  id: "ten-percent",
  earn: { percentBp: 1000 },
  categories: ["bread"],
  funders,
});
const nothingEarned = caseProgramme({ rules: [tenPercent({ alfa: 1 })] });

export const case1 = referenceCase(1, "a lot of three funders is spent pro rata to what remains", {
  "1,000.00 at 10 % funded 5/3/2, spent in two": [
    programme(caseProgramme({ rules: [tenPercent({ alfa: 5, beta: 3, gamma: 2 })] })),
    at("2025-03-03 12:00"),
    receipt("R1", { member: "Anna", partner: "alfa", lines: { bread: "1000.00" }, earns: "100.00" }),
    expectLots("Anna", [
      ["alfa", "50.00"],
      ["beta", "30.00"],
      ["gamma", "20.00"],
    ]),
    receipt("R2", { member: "Anna", partner: "telecom", lines: { phone: "33.33" }, spend: "33.33", earns: "0" }),
    expectMatrix("2025-03", [
      ["alfa", "telecom", "16.66"],
      ["beta", "telecom", "10.00"],
      ["gamma", "telecom", "6.67"],
    ]),
    expectLots("Anna", [
      ["alfa", "33.34"],
      ["beta", "20.00"],
      ["gamma", "13.33"],
    ]),
    receipt("R3", { member: "Anna", partner: "telecom", lines: { phone: "66.67" }, spend: "66.67", earns: "0" }),
    expectLots("Anna", []),
    expectWallet("Anna", { active: "0", pending: "0", held: "0", arrears: "0" }),
    expectMatrix("2025-03", [
      ["alfa", "telecom", "50.00"],
      ["beta", "telecom", "30.00"],
      ["gamma", "telecom", "20.00"],
    ]),
  ],
});

export const case2 = referenceCase(2, "a thousand spends of 0.01 end at exactly the funders' totals", {
  "10.00 funded by three equally": [
    programme(caseProgramme({ rules: [tenPercent(THREE)] })),
    at("2025-03-03 12:00"),
    receipt("R1", { member: "Anna", partner: "alfa", lines: { bread: "100.00" }, earns: "10.00" }),
    expectLots("Anna", [
      ["alfa", "3.34"],
      ["beta", "3.33"],
      ["gamma", "3.33"],
    ]),
    times(1000, (i) =>
      receipt(`S${i}`, { member: "Anna", partner: "telecom", lines: { phone: "0.01" }, spend: "0.01" }),
    ),
    expectWallet("Anna", { active: "0" }),
    expectMatrix("2025-03", [
      ["alfa", "telecom", "3.34"],
      ["beta", "telecom", "3.33"],
      ["gamma", "telecom", "3.33"],
    ]),
  ],
});

export const case9 = referenceCase(
  9,
  "earliest expiry is spent first, and an expiry is booked on the day that it ends",
  {
    "lots of June, July and for good": [
      programme(nothingEarned),
      at("2025-06-01 12:00"),
      award("Anna", "alfa", "40.00", "2025-06-30"),
      award("Anna", "beta", "60.00", "2025-07-31"),
      award("Anna", "gamma", "50.00"),
      at("2025-06-15 12:00"),
      receipt("R1", { member: "Anna", partner: "telecom", lines: { phone: "70.00" }, spend: "70.00" }),
      expectMatrix("2025-06", [
        ["alfa", "telecom", "40.00"],
        ["beta", "telecom", "30.00"],
      ]),
      at("2025-07-31 23:59:59"),
      expectWallet("Anna", { active: "80.00" }),
      at("2025-08-01 00:00"),
      expectWallet("Anna", { active: "50.00" }),
      expectLots("Anna", [["gamma", "50.00", "never"]]),
      at("2025-08-02 12:00"),
      refused("insufficient-points", hold("H1", "Anna", "telecom", "50.01"), 422),
      hold("H2", "Anna", "telecom", "1.00"),
      voids("H2"),
      expectOperations("Anna", ["award", "award", "award", "purchase", "expiry", "hold", "void"]),
      expectWallet("Anna", { active: "50.00", held: "0" }),
    ],
    "the expiry's own day": [
      programme(nothingEarned),
      at("2025-06-01 12:00"),
      award("Anna", "beta", "30.00", "2025-07-31"),
      award("Anna", "gamma", "50.00"),
      at("2025-08-02 12:00"),
      hold("H1", "Anna", "telecom", "1.00"),
      expectOperations("Anna", ["award", "award", "expiry", "hold"]),
      expectOperation("Anna", "expiry", { accountingDay: "2025-07-31" }),
      expectOperation("Anna", "hold", { accountingDay: "2025-08-02" }),
    ],
  },
);

export const case10 = referenceCase(
  10,
  "points held before they expire are honoured, and expire when they are let go",
  {
    "captured five minutes after": [
      programme(nothingEarned),
      at("2025-06-30 12:00"),
      award("Anna", "alfa", "100.00", "2025-06-30"),
      at("2025-06-30 23:59:50"),
      hold("H1", "Anna", "telecom", "100.00"),
      at("2025-07-01 00:05"),
      expectWallet("Anna", { active: "0", held: "100.00" }),
      capture("H1", "100.00"),
      expectWallet("Anna", { active: "0", held: "0" }),
      expectMatrix("2025-07", [["alfa", "telecom", "100.00"]]),
    ],
    "voided five minutes after": [
      programme(nothingEarned),
      at("2025-06-30 12:00"),
      award("Anna", "alfa", "100.00", "2025-06-30"),
      at("2025-06-30 23:59:50"),
      hold("H1", "Anna", "telecom", "100.00"),
      at("2025-07-01 00:05"),
      voids("H1"),
      expectWallet("Anna", { active: "0", held: "0" }),
      expectLots("Anna", []),
      expectMatrix("2025-07", []),
    ],
    "timed out after the lot's end": [
      programme(nothingEarned),
      at("2025-06-30 12:00"),
      award("Anna", "alfa", "100.00", "2025-06-30"),
      at("2025-06-30 23:59:50"),
      hold("H1", "Anna", "telecom", "100.00", 600),
      at("2025-07-01 00:10"),
      expectWallet("Anna", { active: "0", held: "0" }),
      refused("hold-expired", capture("H1", "100.00"), 422),
      refused("hold-not-open", voids("H1")),
    ],
  },
);

export const case11 = referenceCase(
  11,
  "a capture takes pro rata of what is held, and the rest goes back where it came from",
  {
    "hold 500 of several lots, capture 420": [
      programme(nothingEarned),
      at("2025-06-01 12:00"),
      award("Anna", "alfa", "200.00", "2025-06-30"),
      award("Anna", "beta", "200.00", "2025-07-31"),
      award("Anna", "gamma", "300.00"),
      hold("H1", "Anna", "telecom", "500.00"),
      expectWallet("Anna", { active: "200.00", held: "500.00" }),
      refused("capture-exceeds-hold", capture("H1", "501.00"), 422),
      capture("H1", "420.00"),
      expectMatrix("2025-06", [
        ["alfa", "telecom", "200.00"],
        ["beta", "telecom", "200.00"],
        ["gamma", "telecom", "20.00"],
      ]),
      expectLots("Anna", [["gamma", "280.00"]]),
      refused("hold-not-open", capture("H1", "1.00")),
      refused("hold-not-open", voids("H1")),
      expectWallet("Anna", { active: "280.00", held: "0" }),
    ],
    "three lots of one operation: hold 4, capture 3": [
      programme(caseProgramme({ rules: [tenPercent({ alfa: 3, beta: 3, gamma: 1 })] })),
      at("2025-06-01 12:00"),
      receipt("R1", { member: "Anna", partner: "alfa", lines: { bread: "0.70" }, earns: "0.07" }),
      expectLots("Anna", [
        ["alfa", "0.03"],
        ["beta", "0.03"],
        ["gamma", "0.01"],
      ]),
      hold("H1", "Anna", "telecom", "0.04"),
      expectLots("Anna", [
        ["alfa", "0.01"],
        ["beta", "0.01"],
        ["gamma", "0.01"],
      ]),
      capture("H1", "0.03"),
      expectMatrix("2025-06", [
        ["alfa", "telecom", "0.02"],
        ["beta", "telecom", "0.01"],
      ]),
      expectLots("Anna", [
        ["alfa", "0.01"],
        ["beta", "0.02"],
        ["gamma", "0.01"],
      ]),
    ],
    "a receipt captures the hold that was placed for it": [
      programme(nothingEarned),
      at("2025-06-01 12:00"),
      award("Anna", "alfa", "500.00"),
      hold("H1", "Anna", "telecom", "500.00"),
      receipt("R1", { member: "Anna", partner: "telecom", lines: { phone: "420.00" }, spend: "420.00", hold: "H1" }),
      expectWallet("Anna", { active: "80.00", held: "0" }),
      expectMatrix("2025-06", [["alfa", "telecom", "420.00"]]),
      returns("R1", "all", { givesBack: "420.00", roubles: "0" }),
      expectWallet("Anna", { active: "500.00", held: "0" }),
      expectMatrix("2025-06", []),
    ],
  },
);
