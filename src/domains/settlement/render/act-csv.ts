import type { PartnerId } from "#kernel/ids.ts";
import type { Act, ActLine } from "../core/act.ts";
import { type Language, unknownParty } from "../core/party.ts";
import { legalName } from "./act-tables.ts";
import { plainHundredths } from "./numbers.ts";

export type CsvOptions = {
  readonly language: Language;
  /** With ";" amounts have a decimal comma, as spreadsheets in Russian want it; with "," a point. */
  readonly separator: ";" | ",";
  /** The mark by which spreadsheets know UTF-8. */
  readonly bom: boolean;
};

const HEADERS: { readonly [language in Language]: readonly string[] } = {
  ru: [
    ...["акт", "месяц", "раздел", "строка", "вид", "плательщик", "плательщик_наименование", "получатель"],
    ...["получатель_наименование", "корректирует_месяц", "корректирует_строку", "основание", "баллы", "сумма_руб"],
  ],
  en: [
    ...["act", "month", "section", "line", "kind", "payer", "payer_name", "payee"],
    ...["payee_name", "corrects_month", "corrects_line", "basis", "points", "amount_rub"],
  ],
};

const SECTIONS: { readonly [language in Language]: Readonly<Record<string, string>> } = {
  ru: { payable: "к уплате", receivable: "к получению", own: "собственные", fees: "вознаграждения", net: "сальдо" },
  en: { payable: "payable", receivable: "receivable", own: "own", fees: "fees", net: "net" },
};

/** An act as CSV (RFC 4180): one row per line, fee and the balance; the same columns for every act, for loading anywhere. */
export function actCsv(act: Act, options: CsvOptions): Buffer {
  const { language, separator, bom } = options;
  const decimal = separator === ";" ? "," : ".";
  const parties = new Map([act.operator, act.party, ...act.counterparties].map((party) => [party.id, party]));
  const nameOf = (id: PartnerId) => legalName(parties.get(id) ?? unknownParty(id), language);
  const amount = (value: number) => plainHundredths(value, decimal);
  const sections = SECTIONS[language];
  const row = (section: string, payer: PartnerId, payee: PartnerId, rest: Partial<Record<CsvField, string>>) => [
    ...[act.number, act.month, sections[section] ?? section, rest.line ?? "", rest.kind ?? ""],
    ...[payer, payer && nameOf(payer), payee, payee && nameOf(payee)],
    ...[rest.citesMonth ?? "", rest.citesLine ?? "", rest.basis ?? "", rest.points ?? "", rest.amount ?? ""],
  ];
  const lineRow = (section: string, line: ActLine, payer: PartnerId, payee: PartnerId) =>
    row(section, payer, payee, {
      line: line.line,
      kind: line.kind,
      citesMonth: line.cites?.month ?? "",
      citesLine: line.cites?.line ?? "",
      points: amount(line.cents),
      amount: amount(line.kopecks),
    });
  const own = act.party.id;
  const rows = [
    HEADERS[language],
    ...act.payable.map((line) => lineRow("payable", line, own, line.counterparty)),
    ...act.receivable.map((line) => lineRow("receivable", line, line.counterparty, own)),
    ...act.own.map((line) => lineRow("own", line, own, own)),
    ...act.fees.map((fee) =>
      row("fees", fee.partner, act.operator.id, { kind: fee.kind, basis: fee.reason, amount: amount(fee.kopecks) }),
    ),
    row("net", act.totals.netKopecks < 0 ? own : "", act.totals.netKopecks > 0 ? own : "", {
      amount: amount(act.totals.netKopecks),
    }),
  ];
  const text = rows.map((cells) => cells.map((cell) => quoted(cell, separator)).join(separator)).join("\r\n");
  return Buffer.from(`${bom ? "\ufeff" : ""}${text}\r\n`, "utf8");
}

type CsvField = "line" | "kind" | "citesMonth" | "citesLine" | "basis" | "points" | "amount";

/** Quoted where RFC 4180 asks; a text that a spreadsheet would take for a formula gets an apostrophe before it. */
function quoted(cell: string, separator: string): string {
  const isFormula = /^[=+@\t\r]/.test(cell) || (cell.startsWith("-") && !/^-\d+([.,]\d+)?$/.test(cell));
  const safe = isFormula ? `'${cell}` : cell;
  return safe.includes(separator) || /["\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
