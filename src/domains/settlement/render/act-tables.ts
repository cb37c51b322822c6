import type { PartnerId } from "#kernel/ids.ts";
import type { Act, ActLine } from "../core/act.ts";
import type { Language, Party } from "../core/party.ts";
import { LABELS, type Labels } from "./labels.ts";
import { formatMonthName } from "./numbers.ts";

/** A text, or hundredths (kopecks, cents of points) that each format writes its own way. */
export type Cell = string | { readonly hundredths: number };

export type Column = {
  readonly label: string;
  readonly align: "left" | "right" /** Share of the width. */;
  readonly weight: number;
};

export type Table = {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Shown in bold below the rows. */
  readonly sum?: readonly Cell[];
};

/** The tables of an act, in the order they are printed; empty ones are left out. */
export function actTables(act: Act, language: Language): Table[] {
  const labels = LABELS[language];
  const nameOf = names(act, language);
  const lines = (title: string, where: string, items: readonly ActLine[], sumKopecks: number): Table => ({
    title,
    columns: lineColumns(labels, where),
    rows: items.map((line, i) => [
      String(i + 1),
      nameOf(line.counterparty),
      basisOf(line, act, labels, language),
      { hundredths: line.cents },
      { hundredths: line.kopecks },
    ]),
    sum: ["", labels.sum, "", { hundredths: sumOf(items, "cents") }, { hundredths: sumKopecks }],
  });
  const { totals } = act;
  return [
    lines(labels.payable, labels.columns.spentAt, act.payable, totals.payableKopecks),
    lines(labels.receivable, labels.columns.fundedBy, act.receivable, totals.receivableKopecks),
    lines(labels.own, labels.columns.spentAt, act.own, totals.ownKopecks),
    feesTable(act, labels, language, nameOf),
    totalsTable(act, labels),
    transfersTable(act, labels, nameOf),
    balanceTable(act, labels),
  ].filter((table) => table.rows.length > 0);
}

/** Legal names where known, for documents; titles otherwise. */
export function legalName(party: Party, language: Language): string {
  return party.legalName ?? party.title[language];
}

function names(act: Act, language: Language): (id: PartnerId) => string {
  const parties = new Map([act.operator, act.party, ...act.counterparties].map((party) => [party.id, party]));
  return (id) => {
    const party = parties.get(id);
    return party ? legalName(party, language) : id;
  };
}

function basisOf(line: ActLine, act: Act, labels: Labels, language: Language): string {
  if (line.cites) return labels.credit(formatMonthName(line.cites.month, language), line.cites.line);
  return labels.claim(formatMonthName(act.month, language));
}

function sumOf(lines: readonly ActLine[], unit: "cents" | "kopecks"): number {
  return lines.reduce((sum, line) => sum + line[unit], 0);
}

function lineColumns(labels: Labels, where: string): Column[] {
  return [
    { label: labels.columns.number, align: "left", weight: 0.06 },
    { label: where, align: "left", weight: 0.28 },
    { label: labels.columns.basis, align: "left", weight: 0.36 },
    { label: labels.columns.points, align: "right", weight: 0.14 },
    { label: labels.columns.amount, align: "right", weight: 0.16 },
  ];
}

function feesTable(act: Act, labels: Labels, language: Language, nameOf: (id: PartnerId) => string): Table {
  return {
    title: labels.fees,
    columns: [
      { label: labels.columns.number, align: "left", weight: 0.06 },
      { label: labels.columns.payer, align: "left", weight: 0.28 },
      { label: labels.columns.basis, align: "left", weight: 0.5 },
      { label: labels.columns.amount, align: "right", weight: 0.16 },
    ],
    rows: act.fees.map((fee, i) => [
      String(i + 1),
      nameOf(fee.partner),
      `${labels.feeKinds[fee.kind]}: ${fee.title?.[language] ?? fee.reason}`,
      { hundredths: fee.kopecks },
    ]),
    sum: ["", labels.sum, "", { hundredths: act.fees.reduce((sum, fee) => sum + fee.kopecks, 0) }],
  };
}

function twoColumns(labels: Labels, unit: string): Column[] {
  return [
    { label: labels.columns.indicator, align: "left", weight: 0.84 },
    { label: unit, align: "right", weight: 0.16 },
  ];
}

function totalsTable(act: Act, labels: Labels): Table {
  const { totals } = act;
  const rows: (readonly [string, { hundredths: number }])[] = [
    [labels.totalRows.payable, { hundredths: totals.payableKopecks }],
    [labels.totalRows.receivable, { hundredths: totals.receivableKopecks }],
  ];
  if (act.fees.length > 0) {
    rows.push([labels.totalRows.feesPayable, { hundredths: totals.feesPayableKopecks }]);
    rows.push([labels.totalRows.feesReceivable, { hundredths: totals.feesReceivableKopecks }]);
  }
  if (act.own.length > 0) rows.push([labels.totalRows.own, { hundredths: totals.ownKopecks }]);
  return {
    title: labels.totals,
    columns: twoColumns(labels, labels.columns.amount),
    rows,
    sum: [netLabel(act, labels), { hundredths: Math.abs(totals.netKopecks) }],
  };
}

/** Says who the balance belongs to, so that the amount needs no sign. */
export function netLabel(act: Act, labels: Labels): string {
  const name = act.party.legalName ?? act.party.title[labels === LABELS.ru ? "ru" : "en"];
  if (act.totals.netKopecks === 0) return labels.netNothing;
  return act.totals.netKopecks > 0 ? labels.netToPartner(name) : labels.netByPartner(name);
}

function transfersTable(act: Act, labels: Labels, nameOf: (id: PartnerId) => string): Table {
  return {
    title: labels.transfers,
    columns: [
      { label: labels.columns.payer, align: "left", weight: 0.42 },
      { label: labels.columns.payee, align: "left", weight: 0.42 },
      { label: labels.columns.amount, align: "right", weight: 0.16 },
    ],
    rows: act.transfers.map(({ from, to, kopecks }) => [nameOf(from), nameOf(to), { hundredths: kopecks }]),
  };
}

function balanceTable(act: Act, labels: Labels): Table {
  const balance = act.balance;
  const rows = labels.balanceRows;
  return {
    title: labels.balance,
    columns: twoColumns(labels, labels.columns.points),
    rows: balance
      ? [
          [rows.issued, { hundredths: balance.issuedCents }],
          [rows.takenBack, { hundredths: balance.takenBackCents }],
          [rows.redeemed, { hundredths: balance.redeemedCents }],
          [rows.expired, { hundredths: balance.expiredCents }],
          [rows.outstanding, { hundredths: balance.outstandingCents }],
          [rows.expected, { hundredths: balance.expectedClaimCents }],
          [rows.arrears, { hundredths: balance.arrearsCents }],
        ]
      : [],
  };
}
