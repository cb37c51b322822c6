import { DEFAULTS } from "./defaults.ts";
import { QUANTITIES } from "./quantities.ts";
import { programmeSchema } from "./schema.ts";
import { ID_EXPECTED } from "./schema-parts.ts";

/** What the reference reads of a schema. */
type Node = {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly description?: string;
  readonly expected?: string;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly patternProperties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
};

/** Tables of fewer keys are shown, even when another has all of their keys. */
const LARGE = 5;

const FORMAT = programmeSchema as unknown as Node;

/** The format as JSON Schema, for editors: without the keywords that only this project's checks read. */
export function jsonSchema(): unknown {
  const ours = new Set(["expected", "keyExpected", "quantity", "quantities"]);
  const plain: unknown = JSON.parse(
    JSON.stringify(programmeSchema, (key, value) => (ours.has(key) ? undefined : value)),
  );
  return { $schema: "https://json-schema.org/draft/2020-12/schema", ...(plain as object) };
}

/** Every key of the format as Markdown: a heading per thing, a table of its keys. */
export function keyReference(): string {
  const described = new Map<string, string>();
  const sections = Object.entries(FORMAT.properties ?? {});
  const parts = sections.flatMap(([key, node]) => describe(node, [key], described));
  const top = table(FORMAT, [], described);
  return [quantities(), "## A file", "", ...top, "", ...parts].join("\n").trimEnd();
}

function quantities(): string {
  const rows = Object.entries(QUANTITIES).map(([kind, { expected }]) => `| ${kind} | ${expected} |`);
  return ["## Quantities", "", "| kind | how it is written |", "|---|---|", ...rows, ""].join("\n");
}

/** Tables of a thing and of the things in it. A thing that was described before (`when` in `rules`) is linked. */
function describe(node: Node, path: readonly string[], described: Map<string, string>): string[] {
  const entry = entryOf(node);
  if (entry) return describe(entry, [...path, "ID"], described);
  const shape = shapeOf(node);
  if (!shape?.properties) return [];
  const key = JSON.stringify(shape);
  if (described.has(key)) return [];
  const heading = path.join(".");
  described.set(key, heading);
  const lead = shape.description ?? node.description;
  const wider = widerThan(shape, described);
  if (wider) return [`## ${heading}`, "", ...(lead ? [lead] : []), wider, ""];
  const nested = Object.entries(shape.properties).flatMap(([name, each]) => describe(each, [...path, name], described));
  return [`## ${heading}`, "", ...(lead ? [lead, ""] : []), ...table(shape, path, described), "", ...nested];
}

/** A thing that has some of the keys of one described before says only which it lacks. */
function widerThan(shape: Node, described: ReadonlyMap<string, string>): string | undefined {
  const keys = Object.entries(shape.properties ?? {});
  for (const [text, heading] of described) {
    const other = (JSON.parse(text) as Node).properties ?? {};
    const isWithin = keys.every(([key, each]) => JSON.stringify(other[key]) === JSON.stringify(each));
    const missing = Object.keys(other).filter((key) => shape.properties?.[key] === undefined);
    if (!isWithin || missing.length === 0 || keys.length < LARGE) continue;
    return `As [${heading}](#${anchor(heading)}), without ${missing.map((key) => `\`${key}\``).join(", ")}.`;
  }
  return undefined;
}

function table(node: Node, path: readonly string[], described: Map<string, string>): string[] {
  const rows = Object.entries(node.properties ?? {}).map(([key, each]) => {
    const isNeeded = node.required?.includes(key) === true;
    return `| \`${key}\`${isNeeded ? " *" : ""} | ${valueText(each, described)} | ${cell(each.description ?? "")}${defaultOf([...path, key])} |`;
  });
  return ["| key | value | what it says |", "|---|---|---|", ...rows];
}

function valueText(node: Node, described: Map<string, string>): string {
  if (node.const !== undefined) return `\`${String(node.const)}\``;
  if (node.enum) return node.enum.map((each) => `\`${each}\``).join(", ");
  const entry = entryOf(node);
  const shape = shapeOf(entry ?? node);
  const known = shape && described.get(JSON.stringify(shape));
  if (known) return `${entry ? "ids, each as" : "as"} [${known}](#${anchor(known)})`;
  return cell((node.expected ?? node.type ?? "").replaceAll(ID_EXPECTED, "an id"));
}

/** Defaults stand in defaults.ts; keys without one are off or empty. */
function defaultOf(path: readonly string[]): string {
  let value: unknown = DEFAULTS;
  for (const part of path) value = (value as Record<string, unknown> | undefined)?.[part];
  return typeof value === "string" || typeof value === "boolean" ? ` Default: \`${value}\`.` : "";
}

/** What each id of a section holds. */
function entryOf(node: Node): Node | undefined {
  const entry = Object.values(node.patternProperties ?? {})[0];
  return entry && shapeOf(entry)?.properties ? entry : undefined;
}

/** The keyed form of a value that may have several, or of the entries of a list. */
function shapeOf(node: Node): Node | undefined {
  if (node.properties) return node;
  if (node.items) return shapeOf(node.items);
  return node.anyOf?.map(shapeOf).find((each) => each?.properties && !isName(each));
}

function isName(node: Node): boolean {
  return Object.keys(node.properties ?? {}).join() === "ru,en";
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}

function anchor(heading: string): string {
  return heading.toLowerCase().replace(/[^\p{L}\p{N}\- ]/gu, "");
}

/** Both forms of the reference, for the script that writes docs/. */
export function programmeReference(): { readonly keys: string; readonly jsonSchema: unknown } {
  return { keys: keyReference(), jsonSchema: jsonSchema() };
}
