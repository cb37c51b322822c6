import type { TSchema } from "typebox";
import { Settings } from "typebox/system";
import { Errors } from "typebox/value";
import type { Fault, Path } from "./faults.ts";
import { suggest } from "./suggest.ts";

/** What the errors of the schema's validator hold; the library types them per keyword. */
type RawError = { keyword: string; schemaPath: string; instancePath: string; params: Record<string, unknown> };
type SchemaNode = {
  readonly expected?: string;
  readonly keyExpected?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
};

/** More than anyone mends in one go; beyond it a file is not what it should be at all. */
const MAX_ERRORS = 2_000;

/** All that the schema says against a value. */
export function schemaFaults(schema: TSchema, value: unknown): Fault[] {
  const faults = new Map<string, Fault>();
  for (const error of rawErrors(schema, value)) {
    const target = locate(schema as SchemaNode, value, error);
    if (!target) continue;
    for (const fault of faultsOf(error, target)) {
      const key = JSON.stringify([fault.path, fault.message]);
      if (!faults.has(key)) faults.set(key, fault);
    }
  }
  return [...faults.values()];
}

/** The validator keeps 8 errors unless told otherwise, for all of the process: the setting is put back at once. */
function rawErrors(schema: TSchema, value: unknown): RawError[] {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: MAX_ERRORS });
  try {
    return Errors(schema, value) as RawError[];
  } finally {
    Settings.Set({ maxErrors });
  }
}

type Target = { readonly node: SchemaNode; readonly value: unknown; readonly path: Path };

/**
 * Follows an error through schema and value. Where the schema allows several shapes, only the shape that the author
 * chose (a list, a set of keys, a scalar) counts: undefined for complaints of the others.
 */
function locate(schema: SchemaNode, value: unknown, error: RawError): Target | undefined {
  const path = error.instancePath.split("/").slice(1).map(unescapePointer);
  const steps = error.schemaPath.split("/").slice(1).map(unescapePointer);
  let node: SchemaNode | undefined = schema;
  let at = value;
  let depth = 0;
  for (let i = 0; node && i < steps.length; i++) {
    const step = steps[i] as string;
    if (step === "anyOf") {
      const branch: SchemaNode | undefined = node.anyOf?.[Number(steps[++i])];
      if (!branch) return undefined;
      if (shapeOf(at) !== shapeWanted(branch) || shapeOf(at) === "scalar") return undefined;
      node = branch;
      continue;
    }
    if (step !== "properties" && step !== "patternProperties" && step !== "items") return undefined;
    const key = path[depth++] as string;
    at = (at as Record<string, unknown>)[key];
    node = step === "items" ? node.items : node[step]?.[steps[++i] as string];
    if (step === "items" && /^\d+$/.test(steps[i + 1] ?? "")) i++;
  }
  return node && { node, value: at, path };
}

function faultsOf(error: RawError, { node, value, path }: Target): Fault[] {
  if (error.keyword === "boolean") return [];
  if (error.keyword === "required") {
    return list(error.params.requiredProperties).map((key) => {
      const expected = node.properties?.[key]?.expected;
      return { kind: "schema", path, message: `needs "${key}"${expected ? `: ${expected}` : ""}` };
    });
  }
  if (error.keyword === "additionalProperties") {
    return list(error.params.additionalProperties).map((key) => unknownKey(node, path, key));
  }
  if (error.keyword === "anyOf" && shapeOf(value) !== "scalar") {
    const hasShape = node.anyOf?.some((branch) => shapeWanted(branch) === shapeOf(value));
    if (hasShape) return [];
  }
  return [{ kind: "schema", path, message: `expected ${node.expected ?? "something else"}, got ${show(value)}` }];
}

function unknownKey(node: SchemaNode, path: Path, key: string): Fault {
  const place = { kind: "schema", path: [...path, key], atKey: true } as const;
  if (node.patternProperties) {
    return {
      ...place,
      message: `expected ${node.keyExpected ?? "an id of small Latin letters, digits and hyphens"}, got "${key}"`,
    };
  }
  const known = Object.keys(node.properties ?? {});
  const near = suggest(key, known);
  const message = `unknown key "${key}"; expected ${known.join(", ")}`;
  return near === undefined ? { ...place, message } : { ...place, message, didYouMean: near };
}

function shapeOf(value: unknown): "list" | "keys" | "scalar" {
  if (Array.isArray(value)) return "list";
  return typeof value === "object" && value !== null ? "keys" : "scalar";
}

function shapeWanted(node: SchemaNode): "list" | "keys" | "scalar" {
  if (node.type === "array") return "list";
  return node.type === "object" ? "keys" : "scalar";
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a set of keys and values";
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function unescapePointer(part: string): string {
  return part.replaceAll("~1", "/").replaceAll("~0", "~");
}
