import { linkReportHtml } from "./html/page.ts";
import type { LinkedFiles } from "./link-files.ts";
import { clustersToReview, reportPair } from "./report.ts";
import { samplePairs } from "./sample-pairs.ts";

const CLUSTERS_SHOWN = 30;

/** The self-contained page of a linkage. */
export function linkPage({ linkage, population, report, settings }: LinkedFiles, title: string): string {
  const fieldNames = settings.config.fields.map(({ name }) => name);
  return linkReportHtml({
    title,
    fieldNames,
    report,
    pairs: samplePairs(linkage).map((pair) => reportPair(linkage, population, fieldNames, pair)),
    clusters: clustersToReview(linkage, population, CLUSTERS_SHOWN),
  });
}
