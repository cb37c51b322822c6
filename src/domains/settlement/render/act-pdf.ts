import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import PDFDocument from "pdfkit";
import type { Act } from "../core/act.ts";
import { canonicalJson, digestOf } from "../core/canonical.ts";
import type { Language, Party } from "../core/party.ts";
import { actTables, legalName, netLabel } from "./act-tables.ts";
import { legalDetails } from "./act-xlsx.ts";
import { roublesInWords } from "./in-words.ts";
import { LABELS, type Labels } from "./labels.ts";
import { formatDate, formatHundredths } from "./numbers.ts";
import { drawTable, FONT, INK, keepTogether, type Sheet } from "./pdf-table.ts";

const MARGIN = 48;
const FOOTER = 30;
const SIGNATURES_HEIGHT = 130;

/** Golos Text (SIL Open Font License): Latin and Cyrillic, made for official documents. */
const FONTS = dirname(createRequire(import.meta.url).resolve("@expo-google-fonts/golos-text/package.json"));

/** An act as a document to sign. Equal acts are equal bytes: nothing in it says when it was printed. */
export async function actPdf(act: Act, language: Language): Promise<Buffer> {
  const labels = LABELS[language];
  const doc = new PDFDocument({
    size: "A4",
    margins: { top: MARGIN, left: MARGIN, right: MARGIN, bottom: MARGIN },
    bufferPages: true,
    lang: language,
    displayTitle: true,
    info: {
      Title: `${labels.title} ${labels.actNumber(act.number)}`,
      Author: legalName(act.operator, language),
      Producer: "Dolka",
      Creator: "Dolka",
      // The day after the period: the document says nothing of its printing.
      CreationDate: new Date(`${act.lastDay}T00:00:00Z`),
    },
  });
  doc.registerFont(FONT.regular, join(FONTS, "400Regular/GolosText_400Regular.ttf"));
  doc.registerFont(FONT.medium, join(FONTS, "500Medium/GolosText_500Medium.ttf"));
  doc.registerFont(FONT.bold, join(FONTS, "700Bold/GolosText_700Bold.ttf"));
  const bytes = collect(doc);
  const sheet = sheetOf(doc, language);
  drawHeading(sheet, act, labels, language);
  const tables = actTables(act, language);
  if (tables.length === 0) paragraph(sheet, labels.none, 9.5);
  for (const table of tables) drawTable(sheet, table);
  drawNet(sheet, act, labels, language);
  drawSignatures(sheet, act, labels, language);
  drawFooters(sheet, act, labels);
  doc.end();
  return bytes;
}

function collect(doc: PDFKit.PDFDocument): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    doc.on("data", (chunk: Buffer) => chunks.push(chunk));
    doc.on("end", () => resolve(Buffer.concat(chunks)));
    doc.on("error", reject);
  });
}

function sheetOf(doc: PDFKit.PDFDocument, language: Language): Sheet {
  return {
    doc,
    left: MARGIN,
    width: doc.page.width - 2 * MARGIN,
    bottom: doc.page.height - MARGIN - FOOTER,
    nextPage: () => doc.addPage(),
    text: (cell) => (typeof cell === "string" ? cell : formatHundredths(cell.hundredths, language)),
  };
}

function paragraph(
  sheet: Sheet,
  text: string,
  size: number,
  font: string = FONT.regular,
  color: string = INK.text,
): void {
  const { doc } = sheet;
  doc.font(font).fontSize(size);
  keepTogether(sheet, doc.heightOfString(text, { width: sheet.width, lineGap: 1.5 }));
  doc.fillColor(color).text(text, sheet.left, doc.y, { width: sheet.width, lineGap: 1.5 });
}

function drawHeading(sheet: Sheet, act: Act, labels: Labels, language: Language): void {
  const { doc } = sheet;
  paragraph(sheet, `${labels.title} ${labels.actNumber(act.number)}`, 17, FONT.bold);
  const period = labels.period(formatDate(act.firstDay, language), formatDate(act.lastDay, language));
  paragraph(sheet, period, 10.5, FONT.regular, INK.muted);
  doc.y += 10;
  const top = doc.y;
  let end = top;
  sidesOf(act, labels).forEach(({ role, party }, i) => {
    drawParty(sheet, role, party, labels, language, sideX(sheet, i), top);
    end = Math.max(end, doc.y);
  });
  doc.y = end + 10;
  const pointValue = formatHundredths(act.pointKopecks, language);
  const [operator, partner] = [legalName(act.operator, language), legalName(act.party, language)];
  const isOperators = act.party.id === act.operator.id;
  const preamble = isOperators
    ? labels.operatorPreamble(operator, pointValue)
    : labels.preamble(operator, partner, pointValue);
  paragraph(sheet, preamble, 9);
  doc.y += 12;
}

const SIDES_GAP = 20;

/** Who the act is between; the operator's own act has one side. */
function sidesOf(act: Act, labels: Labels): { readonly role: string; readonly party: Party }[] {
  const operator = { role: labels.operator, party: act.operator };
  return act.party.id === act.operator.id ? [operator] : [operator, { role: labels.partner, party: act.party }];
}

function sideWidth(sheet: Sheet): number {
  return (sheet.width - SIDES_GAP) / 2;
}

function sideX(sheet: Sheet, index: number): number {
  return sheet.left + index * (sideWidth(sheet) + SIDES_GAP);
}

function drawParty(
  sheet: Sheet,
  role: string,
  party: Party,
  labels: Labels,
  language: Language,
  x: number,
  y: number,
): void {
  const { doc } = sheet;
  const width = sideWidth(sheet);
  doc.font(FONT.medium).fontSize(8).fillColor(INK.muted).text(role, x, y, { width });
  doc
    .font(FONT.bold)
    .fontSize(10)
    .fillColor(INK.text)
    .text(legalName(party, language), x, doc.y + 1, { width });
  for (const detail of legalDetails(party, labels)) {
    doc
      .font(FONT.regular)
      .fontSize(8.5)
      .text(detail, x, doc.y + 1, { width });
  }
}

function drawNet(sheet: Sheet, act: Act, labels: Labels, language: Language): void {
  const amount = formatHundredths(Math.abs(act.totals.netKopecks), language);
  const words = roublesInWords(act.totals.netKopecks, language);
  const unit = language === "ru" ? "руб." : "RUB";
  paragraph(sheet, `${netLabel(act, labels)}: ${amount} ${unit} (${words}).`, 10, FONT.medium);
  sheet.doc.y += 4;
  paragraph(sheet, labels.nettingNote, 8, FONT.regular, INK.muted);
  sheet.doc.y += 14;
}

function drawSignatures(sheet: Sheet, act: Act, labels: Labels, language: Language): void {
  const { doc } = sheet;
  keepTogether(sheet, SIGNATURES_HEIGHT);
  const sides = sidesOf(act, labels);
  if (sides.length > 1) {
    paragraph(sheet, labels.agreement, 9);
    doc.y += 10;
  }
  paragraph(sheet, labels.signature, 9.5, FONT.medium);
  doc.y += 6;
  const width = sideWidth(sheet);
  const top = doc.y;
  sides.forEach(({ party }, i) => {
    const x = sideX(sheet, i);
    doc.font(FONT.medium).fontSize(8.5).fillColor(INK.text).text(legalName(party, language), x, top, { width });
    doc.font(FONT.regular).text(party.signatory ?? " ", x, doc.y + 2, { width });
    const line = doc.y + 30;
    doc
      .lineWidth(0.6)
      .strokeColor(INK.text)
      .moveTo(x, line)
      .lineTo(x + width * 0.7, line)
      .stroke();
    doc.fontSize(7).fillColor(INK.muted);
    doc.text(labels.signatureHint, x, line + 3, { width: width * 0.7, align: "center" });
    doc.text(labels.stamp, x + width * 0.75, line - 8, { width: width * 0.25 });
  });
}

function drawFooters(sheet: Sheet, act: Act, labels: Labels): void {
  const { doc } = sheet;
  const { start, count } = doc.bufferedPageRange();
  const digest = `${labels.digest}: ${digestOf(canonicalJson(act))}`;
  for (let i = 0; i < count; i++) {
    doc.switchToPage(start + i);
    // Below the bottom margin a text would begin a new page.
    doc.page.margins.bottom = 0;
    const y = doc.page.height - MARGIN - 4;
    doc.font(FONT.regular).fontSize(6.5).fillColor(INK.muted);
    doc.text(digest, sheet.left, y, { width: sheet.width * 0.8, lineBreak: false });
    doc.text(labels.page(i + 1, count), sheet.left, y, { width: sheet.width, align: "right", lineBreak: false });
  }
}
