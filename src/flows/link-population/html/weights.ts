import type { LinkReport, ReportedField } from "../report.ts";
import { bits, escapeHtml, share } from "./format.ts";

const WIDTH = 360;
const BAR = 14;

/** What each outcome of each field weighs, as bars around zero beside the probabilities they come from. */
export function weightsSection({ comparisons }: LinkReport): string {
  const most = Math.max(1, ...comparisons.flatMap(({ levels }) => levels.map(({ weight }) => Math.abs(weight))));
  return `<section><h2>What agreement and disagreement weigh</h2>
<p>Each outcome's weight in bits is log₂ m/u: how much more often it comes among matches (m) than among random pairs (u). One bit doubles the odds.</p>
<div class="scroll"><table class="weights"><thead><tr><th>Outcome</th><th>weight</th><th class="number">bits</th><th class="number">m</th><th class="number">u</th></tr></thead>
${comparisons.map((field) => fieldRows(field, most)).join("")}</table></div></section>`;
}

function fieldRows({ field, dependsOn, levels }: ReportedField, most: number): string {
  const note = dependsOn === undefined ? "" : ` <small>weighs less where ${escapeHtml(dependsOn)} agrees</small>`;
  const rows = levels.map(
    ({ label, weight, m, u }) =>
      `<tr><td>${escapeHtml(label)}</td><td>${bar(weight, most)}</td><td class="number">${bits(weight)}</td><td class="number">${share(m)}</td><td class="number">${share(u)}</td></tr>`,
  );
  return `<tbody><tr class="group"><th colspan="5" scope="rowgroup">${escapeHtml(field)}${note}</th></tr>${rows.join("")}</tbody>`;
}

function bar(weight: number, most: number): string {
  const middle = WIDTH / 2;
  const length = Math.max(1, (Math.abs(weight) / most) * (middle - 4));
  const from = weight < 0 ? middle - length : middle;
  const kind = weight < 0 ? "against" : "for";
  return `<svg viewBox="0 0 ${WIDTH} ${BAR}" width="${WIDTH}" height="${BAR}" aria-hidden="true"><line class="axis" x1="${middle}" x2="${middle}" y1="0" y2="${BAR}"/><rect class="${kind}" x="${from.toFixed(1)}" y="2" width="${length.toFixed(1)}" height="${BAR - 4}" rx="2"/></svg>`;
}
