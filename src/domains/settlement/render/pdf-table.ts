import type { Cell, Table } from "./act-tables.ts";

/** What a table needs of the page it is drawn on. */
export type Sheet = {
  readonly doc: PDFKit.PDFDocument;
  readonly left: number;
  readonly width: number;
  readonly bottom: number;
  /** Goes on at the top of a new page. */
  nextPage(): void;
  text(cell: Cell): string;
};

export const FONT = { regular: "regular", medium: "medium", bold: "bold" } as const;
export const INK = { text: "#1d1a17", muted: "#6b6560", rule: "#cfc7bb", head: "#f6f2ec" } as const;

const PADDING_X = 5;
const PADDING_Y = 3.5;
const SIZE = 8.5;
const TITLE_SIZE = 9.5;

/** Draws a table from the document's current height on; its head is repeated on every page that it reaches. */
export function drawTable(sheet: Sheet, table: Table): void {
  const { doc } = sheet;
  doc.font(FONT.medium).fontSize(TITLE_SIZE);
  const titleHeight = doc.heightOfString(table.title, { width: sheet.width });
  const head = table.columns.map(({ label }) => label);
  // A title never stands alone at the foot of a page.
  keepTogether(
    sheet,
    titleHeight +
      4 +
      rowHeight(sheet, table, head, FONT.medium) +
      rowHeight(sheet, table, table.rows[0] ?? head, FONT.regular),
  );
  doc
    .font(FONT.medium)
    .fontSize(TITLE_SIZE)
    .fillColor(INK.text)
    .text(table.title, sheet.left, doc.y, { width: sheet.width });
  doc.y += 4;
  drawRow(sheet, table, head, { font: FONT.medium, fill: INK.head });
  for (const row of table.rows) drawBody(sheet, table, row, FONT.regular);
  if (table.sum) drawBody(sheet, table, table.sum, FONT.bold);
  doc.y += 12;
}

export function keepTogether(sheet: Sheet, height: number): boolean {
  if (sheet.doc.y + height <= sheet.bottom) return false;
  sheet.nextPage();
  return true;
}

function drawBody(sheet: Sheet, table: Table, row: readonly Cell[], font: string): void {
  if (keepTogether(sheet, rowHeight(sheet, table, row, font))) {
    const head = table.columns.map(({ label }) => label);
    drawRow(sheet, table, head, { font: FONT.medium, fill: INK.head });
  }
  drawRow(sheet, table, row, { font });
}

function columnWidths(sheet: Sheet, table: Table): number[] {
  return table.columns.map(({ weight }) => weight * sheet.width);
}

function rowHeight(sheet: Sheet, table: Table, row: readonly Cell[], font: string): number {
  const { doc } = sheet;
  doc.font(font).fontSize(SIZE);
  const heights = columnWidths(sheet, table).map((width, i) =>
    doc.heightOfString(sheet.text(row[i] ?? ""), { width: width - 2 * PADDING_X }),
  );
  return Math.max(...heights) + 2 * PADDING_Y;
}

function drawRow(sheet: Sheet, table: Table, row: readonly Cell[], style: { font: string; fill?: string }): void {
  const { doc } = sheet;
  const height = rowHeight(sheet, table, row, style.font);
  const top = doc.y;
  if (style.fill) doc.rect(sheet.left, top, sheet.width, height).fill(style.fill);
  doc.lineWidth(0.5).strokeColor(INK.rule).rect(sheet.left, top, sheet.width, height).stroke();
  let x = sheet.left;
  columnWidths(sheet, table).forEach((width, i) => {
    if (i > 0)
      doc
        .moveTo(x, top)
        .lineTo(x, top + height)
        .stroke();
    doc
      .font(style.font)
      .fontSize(SIZE)
      .fillColor(INK.text)
      .text(sheet.text(row[i] ?? ""), x + PADDING_X, top + PADDING_Y, {
        width: width - 2 * PADDING_X,
        align: table.columns[i]?.align ?? "left",
        features: ["kern", "tnum"],
      });
    x += width;
  });
  doc.x = sheet.left;
  doc.y = top + height;
}
