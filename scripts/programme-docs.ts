/**
 * Writes what follows from the schema of the programme's format: the keys in docs/programme.md (behind its marker) and
 * docs/programme.schema.json. A unit test fails when either is out of date.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { programmeReference } from "#domains/program/index.ts";

const MARKER = "<!-- generated from the schema -->\n";
const markdown = new URL("../docs/programme.md", import.meta.url);
const schema = new URL("../docs/programme.schema.json", import.meta.url);

const { keys, jsonSchema } = programmeReference();
const [written = ""] = readFileSync(markdown, "utf8").split(MARKER);
writeFileSync(markdown, `${written}${MARKER}\n${keys}\n`);
writeFileSync(schema, `${JSON.stringify(jsonSchema, null, 2)}\n`);
