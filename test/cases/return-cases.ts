import { at, award, closeMonth, programme, receipt, returns } from "./actions.ts";
import { expectArrears, expectLastOperation, expectLots, expectMatrix, expectWallet, refused } from "./expectations.ts";
import { caseProgramme } from "./programme.ts";
import { referenceCase } from "./reference-case.ts";

const tenOf = (funder: string, partners: readonly string[]) => ({
  id: `ten-of-${funder}`,
  earn: { percentBp: 1000 },
  categories: ["bread", "fish"],
  partners,
  funders: { [funder]: 1 },
});
const earnAtAlfa = caseProgramme({
  rules: [tenOf("alfa", ["alfa"]), tenOf("telecom", ["telecom"]), tenOf("gamma", ["gamma"])],
});
const earnNothing = caseProgramme({ rules: [tenOf("gamma", ["gamma"])] });

export const case4 = referenceCase(4, "a returned item takes back what it earned, from the same lot and funder", {
  "items of 300 and 700 earned 30 and 70": [
    programme(earnAtAlfa),
    at("2025-03-03 12:00"),
    receipt("R1", { member: "Anna", partner: "alfa", lines: { bread: "300.00", fish: "700.00" }, earns: "100.00" }),
    returns("R1", { bread: "300.00" }, { takesBack: "30.00", givesBack: "0", arrears: "0", roubles: "300.00" }),
    expectLots("Anna", [["alfa", "70.00"]]),
    returns("R1", { fish: "350.00" }, { takesBack: "35.00", roubles: "350.00" }),
    expectLots("Anna", [["alfa", "35.00"]]),
  ],
});

export const case5 = referenceCase(
  5,
  "points that were spent before their purchase came back are owed, and are recovered from the next",
  {
    "100 earned, 80 spent, all returned; the telecom's next 50 offset the debt": [
      programme(earnAtAlfa),
      at("2025-03-03 12:00"),
      receipt("R1", { member: "Anna", partner: "alfa", lines: { bread: "1000.00" }, earns: "100.00" }),
      receipt("R2", { member: "Anna", partner: "beta", lines: { tea: "80.00" }, spend: "80.00", earns: "0" }),
      returns("R1", "all", { takesBack: "20.00", arrears: "80.00", roubles: "1000.00" }),
      expectWallet("Anna", { active: "0", arrears: "80.00" }),
      expectArrears("Anna", { alfa: "80.00" }),
      expectMatrix("2025-03", [["alfa", "beta", "80.00"]]),
      receipt("R3", { member: "Anna", partner: "telecom", lines: { bread: "500.00" }, earns: "50.00" }),
      expectWallet("Anna", { active: "0", arrears: "30.00" }),
      expectMatrix("2025-03", [
        ["alfa", "beta", "80.00"],
        ["telecom", "alfa", "50.00"],
      ]),
      returns("R3", "all", { takesBack: "0", arrears: "50.00" }),
      expectArrears("Anna", { alfa: "30.00", telecom: "50.00" }),
      expectMatrix("2025-03", [
        ["alfa", "beta", "80.00"],
        ["telecom", "alfa", "50.00"],
      ]),
      award("Anna", "gamma", "40.00"),
      expectArrears("Anna", { telecom: "40.00" }),
      expectMatrix("2025-03", [
        ["alfa", "beta", "80.00"],
        ["gamma", "alfa", "30.00"],
        ["gamma", "telecom", "10.00"],
        ["telecom", "alfa", "50.00"],
      ]),
      award("Anna", "gamma", "60.00"),
      expectWallet("Anna", { active: "20.00", arrears: "0" }),
    ],
    "other active lots pay at once": [
      programme(earnAtAlfa),
      at("2025-03-03 12:00"),
      receipt("R1", { member: "Anna", partner: "alfa", lines: { bread: "1000.00" }, earns: "100.00" }),
      receipt("R2", { member: "Anna", partner: "beta", lines: { tea: "80.00" }, spend: "80.00" }),
      award("Anna", "gamma", "60.00"),
      returns("R1", "all", { takesBack: "20.00", arrears: "80.00" }),
      expectWallet("Anna", { active: "0", arrears: "20.00" }),
      expectMatrix("2025-03", [
        ["alfa", "beta", "80.00"],
        ["gamma", "alfa", "60.00"],
      ]),
    ],
    "what has expired is not owed, and counts once": [
      programme({ ...earnAtAlfa, lot: { delayDays: 0, lifeDays: 2 } }),
      at("2025-03-03 12:00"),
      receipt("R1", { member: "Anna", partner: "alfa", lines: { bread: "1000.00" }, earns: "100.00" }),
      receipt("R2", { member: "Anna", partner: "beta", lines: { tea: "50.00" }, spend: "50.00" }),
      at("2025-03-06 00:00"),
      expectWallet("Anna", { active: "0" }),
      returns("R1", { bread: "500.00" }, { takesBack: "0", arrears: "0", roubles: "500.00" }),
      returns("R1", { bread: "500.00" }, { takesBack: "0", arrears: "50.00", roubles: "500.00" }),
      expectArrears("Anna", { alfa: "50.00" }),
    ],
  },
);

const spent300 = (policy: { policy: "original" } | { policy: "grace"; graceDays: number }) => [
  programme({ ...earnNothing, returns: policy }),
  at("2025-03-01 12:00"),
  award("Anna", "alfa", "125.00", "2025-03-10"),
  award("Anna", "beta", "175.00", "2025-12-31"),
  at("2025-03-03 12:00"),
  receipt("R1", { member: "Anna", partner: "telecom", lines: { tea: "600.00", bread: "400.00" }, spend: "300.00" }),
  expectMatrix("2025-03", [
    ["alfa", "telecom", "125.00"],
    ["beta", "telecom", "175.00"],
  ]),
];

export const case6 = referenceCase(
  6,
  "a returned item gives back the points that were paid on it, to the lots that they came from",
  {
    "the 400 item was paid with 120 points": [
      ...spent300({ policy: "original" }),
      returns("R1", { bread: "400.00" }, { givesBack: "120.00", takesBack: "0", roubles: "280.00", expired: "0" }),
      expectLots("Anna", [
        ["alfa", "50.00", "2025-03-10"],
        ["beta", "70.00", "2025-12-31"],
      ]),
      expectMatrix("2025-03", [
        ["alfa", "telecom", "75.00"],
        ["beta", "telecom", "105.00"],
      ]),
    ],
    "the 400 item can't be paid with points": [
      programme({ ...earnNothing, notPayable: ["bread"] }),
      at("2025-03-01 12:00"),
      award("Anna", "alfa", "300.00"),
      receipt("R1", { member: "Anna", partner: "telecom", lines: { tea: "600.00", bread: "400.00" }, spend: "300.00" }),
      returns("R1", { bread: "400.00" }, { givesBack: "0", roubles: "400.00" }),
      expectWallet("Anna", { active: "0" }),
      returns("R1", { tea: "600.00" }, { givesBack: "300.00", roubles: "300.00" }),
      expectWallet("Anna", { active: "300.00" }),
    ],
  },
);

export const case7 = referenceCase(7, "points given back to a lot that has expired since follow the policy", {
  "policy original: they expire at once": [
    ...spent300({ policy: "original" }),
    at("2025-03-11 12:00"),
    returns("R1", { bread: "400.00" }, { givesBack: "120.00", expired: "50.00", roubles: "280.00" }),
    expectLots("Anna", [["beta", "70.00", "2025-12-31"]]),
    expectWallet("Anna", { active: "70.00" }),
  ],
  "policy grace: they get a new lot of the same funder": [
    ...spent300({ policy: "grace", graceDays: 30 }),
    at("2025-03-11 12:00"),
    returns("R1", { bread: "400.00" }, { givesBack: "120.00", expired: "0", roubles: "280.00" }),
    expectLots("Anna", [
      ["alfa", "50.00", "2025-04-10"],
      ["beta", "70.00", "2025-12-31"],
    ]),
    expectMatrix("2025-03", [
      ["alfa", "telecom", "75.00"],
      ["beta", "telecom", "105.00"],
    ]),
  ],
  "policy grace: what comes back in a new lot is not free of the purchase that earned it": [
    programme({ ...earnAtAlfa, lot: { delayDays: 0, lifeDays: 2 }, returns: { policy: "grace", graceDays: 30 } }),
    at("2025-03-03 12:00"),
    receipt("R1", { member: "Anna", partner: "alfa", lines: { bread: "1000.00" }, earns: "100.00" }),
    receipt("R2", { member: "Anna", partner: "beta", lines: { tea: "100.00" }, spend: "100.00" }),
    at("2025-03-06 12:00"),
    returns("R2", "all", { givesBack: "100.00", expired: "0" }),
    expectLots("Anna", [["alfa", "100.00", "2025-04-05"]]),
    returns("R1", "all", { takesBack: "0", arrears: "100.00" }),
    expectWallet("Anna", { active: "0", arrears: "0" }),
    expectMatrix("2025-03", [["alfa", "alfa", "100.00"]]),
  ],
});

export const case8 = referenceCase(8, "a closed month stays as it is; a later return is a credit in the open one", {
  "spent in January, returned on 5 February": [
    programme(earnNothing),
    at("2025-01-20 12:00"),
    award("Anna", "alfa", "100.00"),
    receipt("R1", { member: "Anna", partner: "telecom", lines: { phone: "100.00" }, spend: "100.00" }),
    at("2025-02-03 12:00"),
    closeMonth("2025-01"),
    expectMatrix("2025-01", [["alfa", "telecom", "100.00"]]),
    at("2025-02-05 12:00"),
    returns("R1", "all", { givesBack: "100.00", roubles: "0" }),
    expectLastOperation("Anna", { kind: "return", accountingDay: "2025-02-05" }),
    expectMatrix("2025-01", [["alfa", "telecom", "100.00"]]),
    expectMatrix("2025-02", [["alfa", "telecom", "-100.00"]]),
  ],
  "a receipt of January that arrives after the close is booked on the first open day": [
    programme(earnAtAlfa),
    at("2025-02-01 09:00"),
    award("Anna", "alfa", "5.00"),
    closeMonth("2025-01"),
    receipt("R1", {
      member: "Anna",
      partner: "alfa",
      lines: { bread: "100.00" },
      at: "2025-01-31 21:00",
      earns: "10.00",
    }),
    expectLastOperation("Anna", { kind: "purchase", accountingDay: "2025-02-01" }),
  ],
});

export const case22 = referenceCase(22, "nothing comes back twice, and never more than was bought", {
  "too much, twice, and the same request again": [
    programme(earnAtAlfa),
    at("2025-03-03 12:00"),
    receipt("R1", { member: "Anna", partner: "alfa", lines: { bread: "300.00", fish: "700.00" }, earns: "100.00" }),
    refused("return-exceeds-purchase", returns("R1", { bread: "300.01" }), 422),
    returns("R1", { bread: "200.00" }, { takesBack: "20.00" }),
    refused("return-exceeds-purchase", returns("R1", { bread: "100.01" }), 422),
    expectWallet("Anna", { active: "80.00" }),
    returns("R1", "all", { takesBack: "80.00", roubles: "800.00" }, { number: "last" }),
    refused("return-exceeds-purchase", returns("R1", "all"), 422),
    refused("return-exceeds-purchase", returns("R1", { fish: "0.01" }), 422),
    returns("R1", "all", { takesBack: "80.00", roubles: "800.00" }, { number: "last" }),
    expectWallet("Anna", { active: "0", arrears: "0" }),
  ],
  "kopeck by kopeck ends where one return ends": [
    programme(earnAtAlfa),
    at("2025-03-03 12:00"),
    receipt("R1", { member: "Anna", partner: "alfa", lines: { bread: "0.97" }, earns: "0.09" }),
    returns("R1", { bread: "0.33" }),
    returns("R1", { bread: "0.33" }),
    returns("R1", { bread: "0.31" }),
    expectWallet("Anna", { active: "0", arrears: "0" }),
  ],
});
