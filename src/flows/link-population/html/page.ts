import type { LinkReport, ReportedCluster, ReportedPair } from "../report.ts";
import { clustersSection } from "./clusters.ts";
import { count, escapeHtml, percent } from "./format.ts";
import { pairsSection } from "./pairs.ts";
import { STYLE } from "./style.ts";
import { weightsSection } from "./weights.ts";

export type PageInput = {
  readonly title: string;
  /** Names of the compared columns' fields, as the heads of record tables. */
  readonly fieldNames: readonly string[];
  readonly report: LinkReport;
  readonly pairs: readonly ReportedPair[];
  readonly clusters: readonly ReportedCluster[];
};

/** The report as one page that needs no network: charts are drawn as SVG, every chart has its numbers beside it. */
export function linkReportHtml(input: PageInput): string {
  const { title, report } = input;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="lead">${lead(report)}</p>
${figures(report)}
${weightsSection(report)}
${blockingSection(report)}
${pairsSection(input.pairs)}
${clustersSection(input.clusters, input.fieldNames)}
</main>
</body>
</html>
`;
}

function lead(report: LinkReport): string {
  const linked = `${count(report.records)} records are ${count(report.clusters)} people`;
  return `${linked}: ${count(report.linkedPairs)} pairs linked. Estimated without labels by the Fellegi-Sunter model.`;
}

function figures(report: LinkReport): string {
  const { expected, scores } = report;
  const quality = scores ?? expected;
  const cards: [value: string, label: string][] = [
    [quality.f1.toFixed(4), scores ? "F1 against the truth" : "F1 the model expects"],
    [percent(quality.precision), scores ? "precision" : "expected precision"],
    [percent(quality.recall), scores ? "recall" : "expected recall"],
    ...(scores ? ([[scores.bcubed.f1.toFixed(4), "B-cubed F1"]] as [string, string][]) : []),
    [report.threshold.toFixed(3), "threshold, chosen for expected F1"],
    [`${report.bands.review.toFixed(2)} – ${report.bands.merge.toFixed(2)}`, "for a person to review"],
  ];
  return `<dl class="figures">${cards.map(([value, label]) => `<div><dd>${value}</dd><dt>${label}</dt></div>`).join("")}</dl>`;
}

function blockingSection(report: LinkReport): string {
  if (report.allCompared) {
    return `<section><h2>Blocking</h2><p>All ${count(report.totalPairs)} pairs were compared, so nothing is lost.</p></section>`;
  }
  const rows = report.rules.map(
    ({ rule, pairs }) => `<tr><td>${escapeHtml(rule)}</td><td class="number">${count(pairs)}</td></tr>`,
  );
  const lost = percent(1 - report.estimatedBlockingRecall, 2);
  return `<section><h2>Blocking</h2>
<p>${count(report.comparedPairs)} of ${count(report.totalPairs)} pairs were compared. About ${lost} of the matches (${count(report.missedPairs)}) are estimated to be lost, by recapture between the rules.</p>
<table><thead><tr><th>Records that agree on</th><th class="number">pairs</th></tr></thead><tbody>${rows.join("")}</tbody></table></section>`;
}
