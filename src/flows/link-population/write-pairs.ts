import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { type Linkage, totalWeight } from "#domains/identity/linkage/index.ts";
import type { Population } from "./read-records.ts";

/**
 * Writes the scored pairs as CSV, the most likely first (gzip when the name ends in .gz): the two records, probability,
 * weight in bits, whether their clusters are one, and that cluster's number. Every pair at or above the review threshold
 * is there, and every compared pair inside a cluster.
 */
export async function writePairs(path: string, linkage: Linkage, population: Population): Promise<number> {
  const { clusterOf } = linkage.clustering;
  const together = (l: number, r: number) => clusterOf.has(l) && clusterOf.get(l) === clusterOf.get(r);
  const kept = linkage.pairs.filter(({ l, r, p }) => p >= linkage.bands.review || together(l, r));
  kept.sort((a, b) => b.p - a.p || a.l - b.l || a.r - b.r);
  const lines = function* () {
    yield "left,right,probability,weight,linked,cluster\n";
    for (const pair of kept) {
      const weight = totalWeight(linkage.model, linkage.prepared.fields, pair);
      const linked = together(pair.l, pair.r);
      const names = [population.ids[pair.l], population.ids[pair.r]].map((id) => quoted(id ?? ""));
      yield `${names.join(",")},${pair.p.toFixed(6)},${weight.toFixed(2)},${linked},${linked ? clusterOf.get(pair.l) : ""}\n`;
    }
  };
  const file = createWriteStream(path);
  const source = Readable.from(lines());
  await (path.endsWith(".gz") ? pipeline(source, createGzip(), file) : pipeline(source, file));
  return kept.length;
}

/** A CSV cell; one that a spreadsheet would take for a formula is quoted with an apostrophe before it. */
function quoted(text: string): string {
  const safe = /^[=@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
