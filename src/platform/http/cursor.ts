/** Cursors of lists are opaque to callers: a short array of numbers and texts in base64url. */
export type CursorPart = string | number;

/** Largest values of the columns that cursors point into: a larger one was not made here. */
const LARGEST = { int2: 32_767, int4: 2_147_483_647, int8: Number.MAX_SAFE_INTEGER, text: 0 } as const;
export type CursorKind = keyof typeof LARGEST;

export function writeCursor(parts: readonly CursorPart[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** What `writeCursor` was given; undefined for a text that it can't have made. `kinds` says what is expected. */
export function readCursor(text: string, kinds: readonly CursorKind[]): CursorPart[] | undefined {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parts) || parts.length !== kinds.length) return undefined;
  return parts.every((part, index) => fits(part, kinds[index] as CursorKind)) ? parts : undefined;
}

function fits(part: unknown, kind: CursorKind): boolean {
  if (kind === "text") return typeof part === "string" && !part.includes("\0") && part.isWellFormed();
  return Number.isInteger(part) && (part as number) >= 0 && (part as number) <= LARGEST[kind];
}
