/**
 * Writes docs/api.md and docs/errors.md from what the API validates and answers with. `--check` writes nothing and fails
 * when a page is out of date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { describeApi } from "#main/http/describe-api.ts";
import { problemRegistry } from "#main/http/problems.ts";
import { apiPage } from "./docs/api-page.ts";
import { errorsPage } from "./docs/errors-page.ts";

const isCheck = process.argv.includes("--check");
const document = await describeApi();
const pages: readonly [path: string, text: string][] = [
  ["docs/api.md", apiPage(document)],
  ["docs/errors.md", errorsPage(problemRegistry())],
];

const stale = pages.filter(([path, text]) => {
  if (!isCheck) writeFileSync(inProject(path), text);
  return isCheck && read(path) !== text;
});
for (const [path] of stale) console.error(`${path} is out of date: run npm run docs.`);
if (stale.length > 0) process.exitCode = 1;

function inProject(path: string): URL {
  return new URL(`../${path}`, import.meta.url);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(inProject(path), "utf8");
  } catch {
    return undefined;
  }
}
