import type { TSchema } from "typebox";
import { canonicalQuantity, isQuantity, type QuantityKind } from "./quantities.ts";

type SchemaNode = {
  readonly type?: string;
  readonly quantity?: QuantityKind;
  readonly quantities?: readonly QuantityKind[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly patternProperties?: Readonly<Record<string, SchemaNode>>;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
};

/** Brings the quantities of a checked value to one spelling, so that `5.00 %` and `5%` are the same document. */
export function normalise(schema: TSchema, value: unknown): unknown {
  return walk(schema as SchemaNode, value);
}

function walk(node: SchemaNode | undefined, value: unknown): unknown {
  if (node === undefined) return value;
  if (typeof value === "string") return spell(node, value);
  const shaped = node.anyOf?.find((branch) => branch.type === (Array.isArray(value) ? "array" : "object")) ?? node;
  if (Array.isArray(value)) return value.map((each) => walk(shaped.items, each));
  if (typeof value !== "object" || value === null) return value;
  const pattern = Object.values(shaped.patternProperties ?? {})[0];
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, walk(shaped.properties?.[key] ?? pattern, each)]),
  );
}

function spell(node: SchemaNode, text: string): string {
  for (const branch of [node, ...(node.anyOf ?? [])]) {
    const kinds = branch.quantity ? [branch.quantity] : (branch.quantities ?? []);
    const kind = kinds.find((each) => isQuantity(each, text));
    if (kind) return canonicalQuantity(kind, text);
  }
  return text;
}
