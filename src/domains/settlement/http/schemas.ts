import { Type } from "typebox";

const cents = (description: string) => Type.Integer({ description: `${description}, hundredths of a point.` });
const kopecks = (description: string) => Type.Integer({ description: `${description}, kopecks.` });
const PARTNER = Type.String({ description: "A partner's id." });
export const MONTH_PATTERN = "^\\d{4}-(0[1-9]|1[0-2])$";
const MONTH = Type.String({ pattern: MONTH_PATTERN, description: "YYYY-MM." });
const STATE = Type.Enum(["open", "closing", "closed"], {
  description: "`open`: still to change; `closing`: fenced off, being computed; `closed`: frozen.",
});

export const SettlementSummarySchema = Type.Object(
  {
    month: MONTH,
    state: STATE,
    closedAt: Type.Optional(Type.String({ format: "date-time" })),
    digest: Type.Optional(Type.String({ description: "SHA-256 of the frozen document." })),
  },
  { title: "SettlementSummary" },
);

const PairSchema = Type.Object({
  funder: PARTNER,
  redeemer: PARTNER,
  amountKopecks: kopecks("What the funder owes the redeemer; below 0 the other way round"),
  document: Type.Enum(["claim", "credit-note", "own"], { description: "`own` is shown, not paid." }),
});

const DifferenceSchema = Type.Object({
  day: Type.String({ format: "date" }),
  fromAccount: Type.String(),
  toAccount: Type.String(),
  funder: PARTNER,
  redeemer: Type.Optional(PARTNER),
  originMonth: Type.Optional(MONTH),
  warehouseCents: cents("The warehouse's sum"),
  ledgerCents: cents("The ledger's sum"),
});

export const SettlementSchema = Type.Object(
  {
    month: MONTH,
    state: STATE,
    step: Type.Optional(Type.String({ description: "What a close is at." })),
    closedAt: Type.Optional(Type.String({ format: "date-time" })),
    digest: Type.Optional(Type.String({ description: "SHA-256 of the frozen document." })),
    firstDay: Type.String({ format: "date" }),
    lastDay: Type.String({ format: "date" }),
    operator: PARTNER,
    pointValueKopecks: kopecks("What one point is worth"),
    pairs: Type.Array(PairSchema, { description: "The matrix funder × redeemer." }),
    fees: Type.Array(
      Type.Object({
        partner: PARTNER,
        kind: Type.Enum(["programme", "acquisition"]),
        reason: Type.String({ description: "Id of the mission or of the programme's fee." }),
        title: Type.Optional(Type.Object({ ru: Type.String(), en: Type.String() })),
        amountKopecks: kopecks("What the partner owes the operator"),
      }),
    ),
    net: Type.Array(
      Type.Object({
        partner: PARTNER,
        owesKopecks: kopecks("What it owes all others"),
        owedKopecks: kopecks("What all others owe it"),
        netKopecks: kopecks("The difference; over all partners it sums to 0"),
      }),
    ),
    transfers: Type.Array(Type.Object({ from: PARTNER, to: PARTNER, amountKopecks: kopecks("To be paid") }), {
      description: "Payments that settle the net positions.",
    }),
    balances: Type.Array(
      Type.Object({
        funder: PARTNER,
        issuedCents: cents("Given to members"),
        takenBackCents: cents("Taken back by returns"),
        redeemedCents: cents("Spent, less what was given back"),
        expiredCents: cents("Expired"),
        outstandingCents: cents("Held by members at the end of the month"),
        expectedClaimCents: cents("The part of it that is expected to be spent"),
        arrearsCents: cents("Owed back by members"),
      }),
    ),
    differences: Type.Optional(
      Type.Array(DifferenceSchema, { description: "Why the last attempt to close was refused." }),
    ),
  },
  { title: "Settlement" },
);

export const SETTLEMENT_EXAMPLE = {
  month: "2026-02",
  state: "closed" as const,
  closedAt: "2026-03-02T06:00:12.000Z",
  digest: "ad46c1ea410b34bd831dafb4f410dcbe2e5722b5217f57a7a5087c5ab79dacab",
  firstDay: "2026-02-01",
  lastDay: "2026-02-28",
  operator: "dolka-operator",
  pointValueKopecks: 100,
  pairs: [{ funder: "kubyshka", redeemer: "kalitka", amountKopecks: 12_000_00, document: "claim" as const }],
  fees: [],
  net: [
    { partner: "kalitka", owesKopecks: 0, owedKopecks: 12_000_00, netKopecks: 12_000_00 },
    { partner: "kubyshka", owesKopecks: 12_000_00, owedKopecks: 0, netKopecks: -12_000_00 },
  ],
  transfers: [{ from: "kubyshka", to: "kalitka", amountKopecks: 12_000_00 }],
  balances: [
    {
      ...{ funder: "kubyshka", issuedCents: 50_000_00, takenBackCents: 0, redeemedCents: 12_000_00, expiredCents: 0 },
      ...{ outstandingCents: 38_000_00, expectedClaimCents: 30_400_00, arrearsCents: 0 },
    },
  ],
};

export const LineSchema = Type.Object(
  {
    id: Type.String({ description: "`line_…`" }),
    kind: Type.Enum(["claim", "credit"], { description: "`credit`: points given back that an earlier month settled." }),
    funder: PARTNER,
    redeemer: PARTNER,
    pointsCents: cents("Points"),
    amountKopecks: kopecks("Money"),
    cites: Type.Optional(
      Type.Object({ month: MONTH, line: Type.String() }, { description: "The closed line that a credit corrects." }),
    ),
  },
  { title: "SettlementLine" },
);

export const LINE_EXAMPLE = {
  id: "line_zag04fh02hacqqxsmhtt",
  kind: "credit" as const,
  funder: "kubyshka",
  redeemer: "kalitka",
  pointsCents: -133_00,
  amountKopecks: -133_00,
  cites: { month: "2026-01", line: "line_9rmv8yzerp5dc6y18k8q" },
};

export const LineReceiptSchema = Type.Object(
  {
    operation: Type.String({ description: "`op_…`" }),
    receipt: Type.Optional(Type.String({ description: "`rcp_…`" })),
    kind: Type.String({ description: "Kind of the operation." }),
    partner: PARTNER,
    occurredAt: Type.String({ format: "date-time" }),
    businessDay: Type.String({ format: "date" }),
    accountingDay: Type.String({ format: "date" }),
    pointsCents: cents("Its part of the line; below 0 for points given back"),
    cites: Type.Optional(Type.String({ description: "The operation whose points were given back." })),
  },
  { title: "LineReceipt" },
);

export const LINE_RECEIPT_EXAMPLE = {
  operation: "op_000000000qe000008",
  receipt: "rcp_47yt60wb2z58xkymr3w4bfbvx4",
  kind: "return",
  partner: "kalitka",
  occurredAt: "2026-02-05T10:00:00.000Z",
  businessDay: "2026-02-05",
  accountingDay: "2026-02-05",
  pointsCents: -133_00,
  cites: "op_000000000qe000003",
};

export const ActSummarySchema = Type.Object(
  {
    partner: PARTNER,
    number: Type.String(),
    netKopecks: kopecks("Owed to the partner, or by it when below 0"),
    files: Type.Object({ pdf: Type.String(), xlsx: Type.String(), csv: Type.String() }),
  },
  { title: "ActSummary" },
);
