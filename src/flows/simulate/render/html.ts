import type { Row, Simulation } from "../core/report.ts";
import { count, points, share, signed } from "./text.ts";

const WIDTH = 860;
const BAR_ROOM = 300;
const STYLE = `
body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:900px;padding:0 1rem;color:#1c1c1c;background:#fff}
h1{font-size:1.5rem;margin-bottom:.2rem}h2{font-size:1.1rem;margin-top:2rem}
.big{display:flex;flex-wrap:wrap;gap:1.2rem}.big div{background:#f5f3ee;border-radius:8px;padding:.7rem 1rem}
.big b{display:block;font-size:1.35rem}.muted{color:#666}svg{max-width:100%;height:auto}svg text{font:13px system-ui,sans-serif;fill:#1c1c1c}
svg .n{text-anchor:end;font-variant-numeric:tabular-nums}.up{fill:#d9782d}.down{fill:#3f7f93}.same{fill:#a9a49a}li{margin:.2rem 0}`;

/** One page by itself: no scripts, nothing loaded from anywhere. */
export function simulationHtml(simulation: Simulation, title: string): string {
  const { total, who } = simulation;
  const charts = [
    chart("By funder: who pays", simulation.funders),
    chart("By partner: where it is earned", simulation.partners),
    chart("By level", simulation.levels),
    chart("By segment", simulation.segments),
    chart("By rule", simulation.rules),
  ];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}</h1>
<p class="muted">${count(simulation.receipts)} receipts of ${count(simulation.members)} members, ${simulation.from.slice(0, 10)} to ${simulation.until.slice(0, 10)} (exclusive), priced under the programme as it was and as it would have been.</p>
<div class="big">
<div>points before<b>${points(total.beforeCents)}</b></div><div>points after<b>${points(total.afterCents)}</b></div>
<div>difference<b>${signed(total.differenceCents)}</b>${share(total.differenceCents, total.beforeCents)}</div>
<div>expected to be spent of it<b>${points(simulation.expectedCostKopecks)} ₽</b></div>
<div>members who gain<b>${count(who.gaining)}</b>+${points(who.gainedCents)}</div>
<div>members who lose<b>${count(who.losing)}</b>-${points(who.lostCents)}</div>
<div>the same<b>${count(who.same)}</b></div></div>
${charts.join("\n")}
${whoChart(simulation)}
<h2>Check</h2><p>${count(simulation.check.reproduced)} of ${count(simulation.receipts)} receipts priced again as they were give what was booked.</p>
<h2>Held as it was</h2><ul>${simulation.heldFixed.map((line) => `<li>${escaped(line)}</li>`).join("")}</ul>
</body></html>
`;
}

const MOST_ROWS = 15;

/** Differences as bars, one side of a line for more and the other for less, with both sums beside them. */
function chart(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const shown = rows.slice(0, MOST_ROWS);
  const most = Math.max(1, ...shown.map(({ differenceCents }) => Math.abs(differenceCents)));
  const hasLess = shown.some(({ differenceCents }) => differenceCents < 0);
  const zero = 550 + (hasLess ? BAR_ROOM / 2 : 0);
  const room = (hasLess ? BAR_ROOM / 2 : BAR_ROOM) - 10;
  const bars = shown.map(({ id, beforeCents, afterCents, differenceCents }, i) => {
    const y = i * 26;
    const length = (Math.abs(differenceCents) / most) * room;
    const x = differenceCents < 0 ? zero - length : zero;
    const kind = differenceCents < 0 ? "down" : "up";
    return `<text x="0" y="${y + 17}">${escaped(id)}</text><text class="n" x="300" y="${y + 17}">${points(beforeCents)}</text><text class="n" x="420" y="${y + 17}">→ ${points(afterCents)}</text><text class="n" x="540" y="${y + 17}">${signed(differenceCents)}</text><rect class="${kind}" x="${x.toFixed(1)}" y="${y + 4}" width="${length.toFixed(1)}" height="17" rx="2"/>`;
  });
  const height = shown.length * 26 + 4;
  const label = shown.map(({ id, differenceCents }) => `${id} ${signed(differenceCents)}`).join(", ");
  return `<h2>${title}</h2><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(label)}">${bars.join("")}<line x1="${zero}" x2="${zero}" y1="0" y2="${height}" stroke="#888"/></svg>`;
}

function whoChart({ who }: Simulation): string {
  const cells = who.histogram;
  if (cells.length === 0) return "";
  const most = Math.max(1, ...cells.map(({ members }) => members));
  const width = WIDTH / cells.length;
  const bars = cells.map(({ fromCents, toCents, members }, i) => {
    const height = (members / most) * 150;
    const kind = fromCents === 0 && toCents === 1 ? "same" : fromCents < 0 ? "down" : "up";
    const from = fromCents > 0 ? fromCents - 1 : fromCents;
    const label = kind === "same" ? "0" : kind === "down" ? `from ${round(from)}` : `over ${round(from)}`;
    return `<rect class="${kind}" x="${(i * width + 3).toFixed(1)}" y="${(170 - height).toFixed(1)}" width="${(width - 6).toFixed(1)}" height="${height.toFixed(1)}" rx="2"/><text style="text-anchor:middle" x="${(i * width + width / 2).toFixed(1)}" y="${(165 - height).toFixed(1)}">${members > 0 ? count(members) : ""}</text><text style="text-anchor:middle;font-size:11px" x="${(i * width + width / 2).toFixed(1)}" y="186">${label}</text>`;
  });
  return `<h2>Members by what the change brings them, points</h2><svg viewBox="0 0 ${WIDTH} 192" role="img" aria-label="Members by difference">${bars.join("")}</svg>
<p>A member's difference at each tenth of members: ${who.deciles.map((cents) => signed(cents)).join(" · ")}</p>`;
}

function round(cents: number): string {
  return Math.round(cents / 100).toLocaleString("en-US");
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
