import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { jsonSchema, keyReference } from "./reference.ts";

const docs = (name: string) => readFileSync(new URL(`../../../../../docs/${name}`, import.meta.url), "utf8");

test("docs/programme.md describes the format as it is (node scripts/programme-docs.ts writes it)", () => {
  const [, generated] = docs("programme.md").split("<!-- generated from the schema -->\n");
  assert.equal(generated?.trim(), keyReference());
});

test("docs/programme.schema.json is the format as it is (node scripts/programme-docs.ts writes it)", () => {
  assert.deepEqual(JSON.parse(docs("programme.schema.json")), jsonSchema());
});

test("every key of the format is described", () => {
  const bare = keyReference()
    .split("\n")
    .filter((line) => line.startsWith("| `") && / \| {2}\|$/.test(line));
  assert.deepEqual(bare, []);
});
