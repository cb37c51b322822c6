import type { ReportedCluster } from "../report.ts";
import { escapeHtml, percent } from "./format.ts";

/** Records of a cluster that are shown; the rest is counted. */
const SHOWN = 12;

/** The clusters that hold together least, for a person to look at. */
export function clustersSection(clusters: readonly ReportedCluster[], fieldNames: readonly string[]): string {
  if (clusters.length === 0) return `<section><h2>Clusters</h2><p>No records were linked.</p></section>`;
  return `<section><h2>Clusters to review, the loosest first</h2>
<p>Cohesion is the mean probability over all pairs of a cluster.</p>${clusters.map((cluster) => block(cluster, fieldNames)).join("")}</section>`;
}

function block({ records, cohesion }: ReportedCluster, fieldNames: readonly string[]): string {
  const heads = ["record", ...fieldNames].map((name) => `<th>${escapeHtml(name)}</th>`).join("");
  const rows = records
    .slice(0, SHOWN)
    .map(
      ({ id, values }) =>
        `<tr><td>${escapeHtml(id)}</td>${values.map((value) => `<td>${value === "" ? '<span class="missing">–</span>' : escapeHtml(value)}</td>`).join("")}</tr>`,
    );
  const more = records.length > SHOWN ? `<p>and ${records.length - SHOWN} more</p>` : "";
  return `<article class="cluster"><header><strong>${records.length} records</strong><span>cohesion ${percent(cohesion)}</span></header>
<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>${rows.join("")}</tbody></table></div>${more}</article>`;
}
