import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { makePeople, PEOPLE_COLUMNS } from "#domains/identity/linkage/testing/people.ts";
import { testEngines } from "../../../test/engines.ts";
import { type LinkedFiles, linkFiles, linkPage, reportText, writePairs } from "./index.ts";

const engines = await testEngines();
const folder = mkdtempSync(join(tmpdir(), "dolka-link-test-"));
after(() => rmSync(folder, { recursive: true }));
let runs = 0;

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function csv(rows: readonly number[], people: ReturnType<typeof makePeople>): string {
  const lines = rows.map((row) =>
    [`p-${people.truth[row]}-${row}`, ...people.values.map((column) => column[row])].join(";"),
  );
  return `id;${PEOPLE_COLUMNS.join(";")}\n${lines.join("\n")}\n`;
}

const CONFIG = file(
  "people.yaml",
  `fields:
  surname: surname
  given: given-name
  birth: date
  phone: phone
  city: city
id: id
truth: {pattern: 'p-(\\d+)-'}
`,
);

async function link(files: readonly [string] | readonly [string, string], truth?: string): Promise<LinkedFiles> {
  const deps = { clickhouse: engines.clickhouse, run: `files_${runs++}`, progress: () => {} };
  const linked = await linkFiles(deps, { files, config: CONFIG, ...(truth === undefined ? {} : { truth }) });
  assert.ok(linked.ok, JSON.stringify(linked));
  return linked.value;
}

const people = makePeople({ records: 700, seed: 5, language: "ru" });
const all = Array.from({ length: 700 }, (_, row) => row);

test("a gzipped file is linked, measured against the truth inside an id, and written out", async () => {
  const linked = await link([file("people.csv.gz", gzipSync(csv(all, people)))], "id");
  const { report } = linked;
  assert.ok((report.scores?.f1 ?? 0) > 0.9, JSON.stringify(report.scores));
  assert.equal(report.blockingRecall, 1);
  assert.equal(
    report.clusterSizes.reduce((sum, [size, many]) => sum + size * many, 0),
    700,
  );

  const text = reportText(report);
  assert.match(text, /700 records, 244,650 of 244,650 pairs compared/);
  assert.match(text, /surname[\s\S]*same +0\.\d{4}/);
  assert.match(text, /pairwise +precision 0\.\d+ +recall 0\.\d+ +F1 0\.\d+/);

  const out = join(folder, "pairs.csv.gz");
  const written = await writePairs(out, linked.linkage, linked.population);
  const lines = gunzipSync(readFileSync(out)).toString().trim().split("\n");
  assert.equal(lines[0], "left,right,probability,weight,linked,cluster");
  assert.equal(lines.length, written + 1);
  assert.match(lines[1] as string, /^p-\d+-\d+,p-\d+-\d+,[01]\.\d{6},\d+\.\d\d,true,\d+$/);
});

test("the page needs no network and shows values as text, whatever they contain", async () => {
  const hostile = `${csv(all.slice(0, 200), people)}p-x-1;<script>alert(1)</script>;Анна;;2001-01-01;;;Омск;\np-x-2;<script>alert(1)</script>;Анна;;2001-01-01;;;Омск;\n`;
  const linked = await link([file("hostile.csv", hostile)]);
  const page = linkPage(linked, 'Linkage of "a<b"');
  assert.ok(!/<script|src=|href=|url\(/.test(page));
  assert.match(page, /default-src 'none'/);
  assert.match(page, /&lt;script&gt;/);
  assert.match(page, /Linkage of &quot;a&lt;b&quot;/);
  assert.match(page, /What agreement and disagreement weigh/);
  assert.match(page, /two records at random/);
});

test("two files are linked across, each record named by its file's id", async () => {
  const seen = new Map<string, number>();
  const sides: number[][] = [[], []];
  for (const row of all) {
    const times = seen.get(people.truth[row] as string) ?? 0;
    seen.set(people.truth[row] as string, times + 1);
    sides[times]?.push(row);
  }
  const [left, right] = sides as [number[], number[]];
  const linked = await link([file("left.csv", csv(left, people)), file("right.csv", csv(right, people))], "id");
  assert.equal(linked.report.secondFile, right.length);
  assert.equal(linked.report.oneToOne, true);
  assert.ok((linked.report.scores?.f1 ?? 0) > 0.88, JSON.stringify(linked.report.scores));
  assert.equal(linked.report.scores?.truePairs, right.length);
});

test("what is wrong with the request is said as data", async () => {
  const deps = { clickhouse: engines.clickhouse, run: "never", progress: () => {} };
  const data = file("small.csv", "id,surname\n1,a\n");
  const config = file("small.yaml", "fields: {surname: surname}\n");
  const truth = await linkFiles(deps, { files: [data], config, truth: "idd" });
  assert.deepEqual(truth, {
    ok: false,
    failure: { code: "unknown-truth-column", column: "idd", columns: ["id", "surname"], didYouMean: "id" },
  });
  const missing = await linkFiles(deps, { files: [data], config: join(folder, "none.yaml") });
  assert.equal(missing.ok || missing.failure.code, "config-unreadable");
  const bad = await linkFiles(deps, { files: [data], config: CONFIG });
  assert.equal(bad.ok || bad.failure.code, "bad-config");
});
