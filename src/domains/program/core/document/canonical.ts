import { createHash } from "node:crypto";

/**
 * A document as JSON with sorted keys and no spaces: the same text for the same programme, in whatever order its file
 * names things. Lists keep their order.
 */
export function canonicalJson(document: object): string {
  return JSON.stringify(sorted(document));
}

/** SHA-256 of a canonical text, hexadecimal. */
export function hashOf(canonical: string): string {
  return createHash("sha256").update(canonical).digest("hex");
}

export function documentHash(document: object): string {
  return hashOf(canonicalJson(document));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, each]) => [key, sorted(each)]),
  );
}
