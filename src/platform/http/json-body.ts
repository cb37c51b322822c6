import { isUtf8 } from "node:buffer";
import { err, ok, type Result } from "#kernel/result.ts";
import { escapePointer, fault } from "./field-faults.ts";
import { findDuplicateKeys, findInexactNumbers, findSyntaxFault, type SyntaxFault } from "./json-faults.ts";
import type { FieldFault } from "./problem.ts";

/** Nesting that any request needs, with room; deeper JSON is refused before it is built. */
export const MAX_DEPTH = 32;

export type JsonFailure =
  | ({ readonly code: "malformed-json" } & SyntaxFault)
  | { readonly code: "invalid-request"; readonly faults: readonly FieldFault[] };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const DOT = 0x2e;
const LETTER_U = 0x75;

/** What one pass over the bytes tells, about 1 ns a byte. */
type Scan = { depth: number; colons: number; hasEscapedCode: boolean; hasFraction: boolean };

/**
 * Parses JSON as a till should send it (I-JSON, RFC 7493): UTF-8, at most 32 deep, no key twice in an object, no text
 * that a database can't store (U+0000, lone surrogates), no number that would change by being read. An empty body is
 * `undefined`. The checks ride on one scan; only a body that fails one pays for finding the place.
 */
export function readJson(bytes: Buffer): Result<unknown, JsonFailure> {
  if (bytes.length === 0) return ok(undefined);
  const scan = scanJson(bytes);
  if (scan.depth > MAX_DEPTH) return err({ code: "invalid-request", faults: [tooDeep()] });
  if (!isUtf8(bytes)) return err({ code: "malformed-json", position: 0, line: 1, column: 1, reason: "not UTF-8" });
  const text = bytes.toString("utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err({ code: "malformed-json", ...findSyntaxFault(text) });
  }
  if (scan.colons !== countKeys(value)) return refused(findDuplicateKeys(text));
  if (scan.hasFraction) {
    const inexact = findInexactNumbers(text);
    if (inexact.length > 0) return refused(inexact);
  }
  if (scan.hasEscapedCode) {
    const faults: FieldFault[] = [];
    findBadText(value, "", faults);
    if (faults.length > 0) return refused(faults);
  }
  return ok(value);
}

function refused(faults: readonly FieldFault[]): Result<never, JsonFailure> {
  return err({ code: "invalid-request", faults });
}

function scanJson(bytes: Buffer): Scan {
  let depth = 0;
  let deepest = 0;
  let colons = 0;
  let hasEscapedCode = false;
  let hasFraction = false;
  const end = bytes.length;
  for (let i = 0; i < end; i++) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) {
      for (i++; i < end; i++) {
        const inside = bytes[i];
        if (inside === QUOTE) break;
        if (inside === BACKSLASH && bytes[++i] === LETTER_U) hasEscapedCode = true;
      }
    } else if (byte === COLON) colons++;
    else if (byte === DOT) hasFraction = true;
    // [ is 0x5b and { is 0x7b, ] is 0x5d and } is 0x7d: they differ by one bit.
    else if ((byte | 0x20) === 0x7b) {
      if (++depth > deepest) deepest = depth;
    } else if ((byte | 0x20) === 0x7d) depth--;
  }
  return { depth: deepest, colons, hasEscapedCode, hasFraction };
}

/** Keys of all objects inside: fewer than the colons of the text when a key stood there twice. */
function countKeys(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === "object") count += countKeys(item);
    return count;
  }
  for (const key in value) {
    count++;
    const item = (value as Record<string, unknown>)[key];
    if (typeof item === "object") count += countKeys(item);
  }
  return count;
}

/** Text that PostgreSQL can't store: U+0000, and halves of surrogate pairs, which no UTF-8 can carry. */
function findBadText(value: unknown, pointer: string, faults: FieldFault[]): void {
  if (typeof value === "string") {
    if (isBadText(value)) faults.push(badText(pointer));
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) findBadText(value[i], `${pointer}/${i}`, faults);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      if (isBadText(key)) faults.push(badText(`${pointer}/${escapePointer(key.toWellFormed().replaceAll("\0", ""))}`));
      else findBadText(item, `${pointer}/${escapePointer(key)}`, faults);
    }
  }
}

function isBadText(text: string): boolean {
  return text.includes("\0") || !text.isWellFormed();
}

function badText(pointer: string): FieldFault {
  return fault(pointer, "character", {
    ru: "В строке есть знак U+0000 или половина суррогатной пары.",
    en: "The text has a U+0000 or half of a surrogate pair.",
  });
}

function tooDeep(): FieldFault {
  return fault("", "too-deep", {
    ru: `Вложенность больше ${MAX_DEPTH} уровней.`,
    en: `Nested more than ${MAX_DEPTH} levels deep.`,
  });
}
