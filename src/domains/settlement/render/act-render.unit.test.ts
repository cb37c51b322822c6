import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateRawSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import { parseMonth } from "#kernel/time.ts";
import { type Act, actOf } from "../core/act.ts";
import type { Party } from "../core/party.ts";
import { settle } from "../core/settlement.ts";
import type { AccountTotal } from "../core/totals.ts";
import { actCsv } from "./act-csv.ts";
import { actPdf } from "./act-pdf.ts";
import { actXlsx } from "./act-xlsx.ts";

const FEBRUARY = parseMonth("2026-02") as number;

const PARTIES: Party[] = [
  { id: "operator", title: { ru: "Долька", en: "Dolka" }, legalName: "ООО «Долька»", inn: "9900000010" },
  {
    ...{ id: "alfa", title: { ru: "Альфа", en: "Alfa" }, legalName: "ООО «Альфа; и Ко»", inn: "9900000028" },
    ...{ kpp: "990001002", contract: "№ К-1 от 01.09.2025", signatory: "Генеральный директор А. П. Альфина" },
  },
  { id: "beta", title: { ru: '=Бета "плюс"', en: "Beta" } },
];

function total(fromAccount: string, toAccount: string, funder: string, cents: number, redeemer = ""): AccountTotal {
  return { fromAccount, toAccount, funder, redeemer, originMonth: null, cents };
}

function exampleAct(partner: string, counterparties: readonly string[] = ["beta"]): Act {
  const settlement = settle({
    month: FEBRUARY,
    operator: "operator",
    totals: [
      total("ob", "ac", "alfa", 10_000_000),
      total("ac", "re", "alfa", 700, "alfa"),
      ...counterparties.map((redeemer) => total("ac", "re", "alfa", 123_456, redeemer)),
      { ...total("re", "ac", "alfa", 23_456, "beta"), originMonth: FEBRUARY - 1 },
      total("ob", "ac", "beta", 5_000),
      total("ac", "re", "beta", 5_000, "alfa"),
    ],
    opening: [],
    fees: [{ partner: "alfa", kind: "programme", reason: "0,1 % от оборота", kopecks: 15_000 }],
    parties: PARTIES,
    pointKopecks: 100,
    redemptionBp: 8_000,
  });
  return actOf(settlement, partner);
}

test("the CSV has a row per line, fee and balance, the same columns always, and sums to the balance", () => {
  const act = exampleAct("alfa");
  const bytes = actCsv(act, { language: "en", separator: ",", bom: false });
  const rows = parse(bytes, { columns: true }) as Record<string, string>[];
  assert.deepEqual(
    rows.map((row) => [row.section, row.kind, row.payer, row.payee, row.points, row.amount_rub]),
    [
      ["payable", "claim", "alfa", "beta", "1234.56", "1234.56"],
      ["payable", "credit", "alfa", "beta", "-234.56", "-234.56"],
      ["receivable", "claim", "beta", "alfa", "50.00", "50.00"],
      ["own", "claim", "alfa", "alfa", "7.00", "7.00"],
      ["fees", "programme", "alfa", "operator", "", "150.00"],
      ["net", "", "alfa", "", "", "-1100.00"],
    ],
  );
  assert.equal(rows[1]?.corrects_month, "2026-01");
  assert.match(rows[1]?.corrects_line ?? "", /^line_/);
});

test("the CSV for Russian spreadsheets has a mark, semicolons and decimal commas; quotes and formulas are harmless", () => {
  const bytes = actCsv(exampleAct("alfa"), { language: "ru", separator: ";", bom: true });
  assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf]);
  const rows = parse(bytes, { columns: true, bom: true, delimiter: ";" }) as Record<string, string>[];
  assert.equal(rows[0]?.сумма_руб, "1234,56");
  assert.equal(rows[0]?.плательщик_наименование, "ООО «Альфа; и Ко»");
  assert.equal(rows[0]?.получатель_наименование, `'=Бета "плюс"`);
});

test("the spreadsheet holds amounts as numbers and texts in Cyrillic, and equal acts are equal bytes", async () => {
  const act = exampleAct("alfa");
  const bytes = await actXlsx(act, "ru");
  assert.deepEqual(await actXlsx(act, "ru"), bytes);
  const files = unzip(bytes);
  const sheet = files.get("xl/worksheets/sheet1.xml") ?? "";
  const numbers = [...sheet.matchAll(/<c [^>]*t="n"[^>]*><v>([^<]*)<\/v>|<c (?![^>]*t=)[^>]*><v>([^<]*)<\/v>/g)];
  const values = numbers.map((match) => Number(match[1] ?? match[2]));
  for (const value of [1234.56, -234.56, 1000, 50, 7, 150, 1100]) assert.ok(values.includes(value), `${value}`);
  const strings = files.get("xl/sharedStrings.xml") ?? "";
  assert.match(strings, /Акт взаиморасчётов № 2026-02\/alfa/);
  assert.match(strings, /Сальдо к уплате: ООО «Альфа; и Ко»: Одна тысяча сто рублей 00 копеек/);
});

test("the PDF is made of the act alone: equal acts are equal bytes, a long act has many pages", async () => {
  const act = exampleAct("alfa");
  const bytes = await actPdf(act, "ru");
  assert.equal(bytes.subarray(0, 5).toString(), "%PDF-");
  assert.deepEqual(await actPdf(act, "ru"), bytes);
  assert.notDeepEqual(await actPdf(act, "en"), bytes);
  const many = exampleAct(
    "alfa",
    Array.from({ length: 90 }, (_, i) => `partner-${String(i).padStart(2, "0")}`),
  );
  assert.ok(pagesOf(await actPdf(many, "en")) > pagesOf(bytes));
});

test("the operator's own act, and one with nothing on it, are documents too", async () => {
  assert.ok(pagesOf(await actPdf(exampleAct("operator"), "ru")) >= 1);
  assert.ok(pagesOf(await actPdf(exampleAct("nobody"), "ru")) >= 1);
  assert.ok((await actXlsx(exampleAct("nobody"), "en")).length > 0);
});

function pagesOf(pdf: Buffer): number {
  return [...pdf.toString("latin1").matchAll(/\/Type \/Page\b(?!s)/g)].length;
}

/** Texts of a ZIP file by name, read through its central directory. */
function unzip(zip: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  let at = zip.readUInt32LE(zip.length - 22 + 16);
  for (let i = zip.readUInt16LE(zip.length - 22 + 10); i > 0; i--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    const name = zip.subarray(at + 46, at + 46 + (nameLength as number)).toString();
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const data = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    files.set(name, (zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(data) : data).toString());
    at += 46 + (nameLength as number) + (extraLength as number) + (commentLength as number);
  }
  return files;
}
