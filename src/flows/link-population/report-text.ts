import type { LinkReport } from "./report.ts";

const percent = (share: number, digits = 1) => `${(share * 100).toFixed(digits)} %`;
const count = (value: number) => Math.round(value).toLocaleString("en-US");
const share = (value: number) => (value >= 0.001 ? value.toFixed(4) : value.toExponential(1));
const bits = (value: number) => `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(1)}`;

/** The report as a person reads it in a terminal. */
export function reportText(report: LinkReport): string {
  return [header(report), parameters(report), blocking(report), clusters(report), quality(report)].join("\n\n");
}

function header(report: LinkReport): string {
  const files =
    report.secondFile === undefined
      ? ""
      : ` (${count(report.records - report.secondFile)} and ${count(report.secondFile)} of the second file)`;
  const relatives =
    report.expectedRelatives >= 1 ? `; ${count(report.expectedRelatives)} pairs of relatives told apart` : "";
  return [
    `${count(report.records)} records${files}, ${count(report.comparedPairs)} of ${count(report.totalPairs)} pairs compared`,
    `Matches expected by the model: ${count(report.expectedMatches)} (one pair in ${count(1 / report.prior)})${relatives}`,
  ].join("\n");
}

function parameters({ comparisons }: LinkReport): string {
  const width = Math.max(
    ...comparisons.flatMap(({ field, levels }) => [field.length, ...levels.map(({ label }) => label.length + 2)]),
  );
  const lines = comparisons.flatMap(({ field, dependsOn, levels }) => [
    dependsOn === undefined ? field : `${field} (weighs less where ${dependsOn} agrees)`,
    ...levels.map(
      ({ label, m, u, weight }) =>
        `  ${label.padEnd(width)}${share(m).padStart(9)}${share(u).padStart(11)}${bits(weight).padStart(9)}`,
    ),
  ]);
  const head = `${"Estimated without labels".padEnd(width + 2)}${"m".padStart(9)}${"u".padStart(11)}${"bits".padStart(9)}`;
  return [head, ...lines].join("\n");
}

function blocking(report: LinkReport): string {
  if (report.allCompared) return "Blocking: none, all pairs were compared; nothing is lost";
  const lines = report.rules.map(({ rule, pairs }) => `  ${count(pairs).padStart(12)}  ${rule}`);
  const loss = `${percent(1 - report.estimatedBlockingRecall, 2)} of the matches (about ${count(report.missedPairs)}) estimated to be lost, by recapture between the rules`;
  return [`Blocking: ${loss}`, ...lines].join("\n");
}

function clusters(report: LinkReport): string {
  const sizes = report.clusterSizes.map(([size, many]) => `${count(many)} of ${size}`);
  const shown = sizes.length > 12 ? [...sizes.slice(0, 11), `… up to ${report.largestCluster}`] : sizes;
  const links =
    report.oneToOne === undefined
      ? ""
      : report.oneToOne
        ? ", each record linked at most once"
        : ", records linked as often as they match";
  const { merge, review } = report.bands;
  return [
    `Threshold: ${report.threshold.toFixed(3)}, chosen for the highest F1 the model expects${links}`,
    `Clusters: ${count(report.clusters)} with ${count(report.linkedPairs)} linked pairs; sizes ${shown.join(", ")}`,
    `Bands for pairs: merge from ${merge.toFixed(3)}, to a person from ${review.toFixed(3)}`,
    `The model expects precision ${percent(report.expected.precision)}, recall ${percent(report.expected.recall)}, F1 ${report.expected.f1.toFixed(4)}`,
  ].join("\n");
}

function quality({ scores, blockingRecall }: LinkReport): string {
  if (!scores) return "No truth was given, so precision and recall are the model's own estimates.";
  const { precision, recall, f1, bcubed, truePairs } = scores;
  return [
    `Against the truth (${count(truePairs)} true pairs, ${percent(blockingRecall, 2)} of them compared)`,
    `  pairwise  precision ${precision.toFixed(4)}  recall ${recall.toFixed(4)}  F1 ${f1.toFixed(4)}`,
    `  B-cubed   precision ${bcubed.precision.toFixed(4)}  recall ${bcubed.recall.toFixed(4)}  F1 ${bcubed.f1.toFixed(4)}`,
  ].join("\n");
}
