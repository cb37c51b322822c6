import writeXlsxFile, { type Row, type SheetData, type Cell as XlsxCell } from "write-excel-file/node";
import type { Act } from "../core/act.ts";
import type { Language, Party } from "../core/party.ts";
import { actTables, type Cell, legalName, netLabel, type Table } from "./act-tables.ts";
import { roublesInWords } from "./in-words.ts";
import { LABELS, type Labels } from "./labels.ts";
import { formatDate } from "./numbers.ts";
import { withoutTimes } from "./zip-times.ts";

const COLUMNS = [{ width: 6 }, { width: 40 }, { width: 52 }, { width: 16 }, { width: 18 }];
const WIDTH = COLUMNS.length;
const HEAD_COLOR = "#f3efe9";
const RULE_COLOR = "#b8b0a4";
const AMOUNT_FORMAT = "#,##0.00";

/** An act as a spreadsheet: one sheet, the tables of the printed act, amounts as numbers. Equal acts are equal bytes. */
export async function actXlsx(act: Act, language: Language): Promise<Buffer> {
  const labels = LABELS[language];
  const rows: Row[] = [
    [wide(`${labels.title} ${labels.actNumber(act.number)}`, { fontWeight: "bold", fontSize: 15 })],
    [wide(labels.period(formatDate(act.firstDay, language), formatDate(act.lastDay, language)))],
    [],
    ...partyRows(labels.operator, act.operator, labels, language),
    ...(act.party.id === act.operator.id ? [] : partyRows(labels.partner, act.party, labels, language)),
    [],
  ];
  const tables = actTables(act, language);
  if (tables.length === 0) rows.push([wide(labels.none)]);
  for (const table of tables) rows.push(...tableRows(table), []);
  rows.push([
    wide(`${netLabel(act, labels)}: ${roublesInWords(act.totals.netKopecks, language)}`, {
      fontWeight: "bold",
      height: 28,
    }),
  ]);
  rows.push([wide(labels.nettingNote, { textColor: "#6b6560", height: 28 })]);
  const sheet = {
    columns: COLUMNS,
    sheet: act.month,
    orientation: "landscape" as const,
    showGridLines: false,
  };
  const bytes = await writeXlsxFile(rows as SheetData, sheet, { fontFamily: "Arial", fontSize: 10 }).toBuffer();
  return withoutTimes(bytes);
}

type Style = Omit<Extract<XlsxCell, object>, "value" | "type"> & Record<string, unknown>;

function wide(value: string, style: Style = {}): XlsxCell {
  return { value, columnSpan: WIDTH, wrap: true, alignVertical: "top", ...style } as XlsxCell;
}

function partyRows(role: string, party: Party, labels: Labels, language: Language): Row[] {
  return [[wide(`${role}: ${[legalName(party, language), ...legalDetails(party, labels)].join(", ")}`)]];
}

/** What identifies a legal entity, as far as it is known. */
export function legalDetails(party: Party, labels: Labels): string[] {
  return [
    ...(party.inn ? [`${labels.inn} ${party.inn}`] : []),
    ...(party.kpp ? [`${labels.kpp} ${party.kpp}`] : []),
    ...(party.ogrn ? [`${labels.ogrn} ${party.ogrn}`] : []),
    ...(party.address ? [party.address] : []),
    ...(party.contract ? [`${labels.contract} ${party.contract}`] : []),
  ];
}

function tableRows(table: Table): Row[] {
  const head = { fontWeight: "bold", backgroundColor: HEAD_COLOR, ...border() };
  return [
    [wide(table.title, { fontWeight: "bold", fontSize: 11 })],
    spread(table.columns.map(({ label }) => label)).map((cell) => styled(cell, head)),
    ...table.rows.map((row) => spread(row).map((cell) => styled(cell, border()))),
    ...(table.sum ? [spread(table.sum).map((cell) => styled(cell, { fontWeight: "bold", ...border() }))] : []),
  ];
}

function border() {
  return { borderStyle: "thin", borderColor: RULE_COLOR, alignVertical: "top" };
}

/** Narrower tables keep their amounts in the last column: the texts before them take the rest. */
function spread(cells: readonly Cell[]): (Cell | undefined)[] {
  if (cells.length === WIDTH) return [...cells];
  const texts = cells.slice(0, -1);
  const gap = Array.from({ length: WIDTH - cells.length }, () => undefined);
  return [...texts, ...gap, cells.at(-1)];
}

function styled(cell: Cell | undefined, style: Record<string, unknown>): XlsxCell {
  if (cell === undefined) return { value: "", ...style } as XlsxCell;
  if (typeof cell === "string") return { value: cell, wrap: true, ...style } as XlsxCell;
  return { value: cell.hundredths / 100, type: Number, format: AMOUNT_FORMAT, align: "right", ...style } as XlsxCell;
}
