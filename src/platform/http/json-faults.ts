import { escapePointer, fault } from "./field-faults.ts";
import type { FieldFault } from "./problem.ts";

/** Where JSON stops being JSON: `position` counts characters from 0, line and column from 1. */
export type SyntaxFault = {
  readonly position: number;
  readonly line: number;
  readonly column: number;
  readonly reason: string;
};

/** Stops the walk at the first character that can't stand there. */
class Unexpected extends Error {
  readonly position: number;
  constructor(position: number, reason: string) {
    super(reason);
    this.position = position;
  }
}

type Visitor = { duplicate(pointer: string): void; number(pointer: string, literal: string): void };
type Cursor = { readonly text: string; at: number; readonly visitor: Visitor };

const SPACE = /[ \t\n\r]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const WORD = /true|false|null/y;
const NO_VISITOR: Visitor = { duplicate: () => {}, number: () => {} };

/** The first syntax error of a text that `JSON.parse` refused; its own messages often name no position. */
export function findSyntaxFault(text: string): SyntaxFault {
  try {
    walk(text, NO_VISITOR);
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    const before = text.slice(0, error.position);
    const line = before.split("\n").length;
    return {
      position: error.position,
      line,
      column: error.position - before.lastIndexOf("\n"),
      reason: error.message,
    };
  }
  return { position: 0, line: 1, column: 1, reason: "unreadable" };
}

/** Pointers of keys that stand twice in one object; of two values JSON parsers take either. */
export function findDuplicateKeys(text: string): FieldFault[] {
  const faults: FieldFault[] = [];
  walk(text, {
    ...NO_VISITOR,
    duplicate: (pointer) =>
      faults.push(
        fault(pointer, "duplicate-field", { ru: "Поле указано дважды.", en: "The field stands there twice." }),
      ),
  });
  return faults;
}

/** Fractions that a float can't tell from an integer, such as 100.00000000000000001: they must not pass as 100. */
export function findInexactNumbers(text: string): FieldFault[] {
  const faults: FieldFault[] = [];
  walk(text, {
    ...NO_VISITOR,
    number: (pointer, literal) => {
      const fraction = /\.(\d+)/.exec(literal)?.[1] ?? "";
      if (Number.isInteger(Number(literal)) && /[1-9]/.test(fraction) && !/[eE]/.test(literal)) {
        faults.push(fault(pointer, "integer", { ru: "Нужно целое число.", en: "An integer is needed." }));
      }
    },
  });
  return faults;
}

/** Reads strictly by RFC 8259. The nesting has been bounded before, so recursion is. */
function walk(text: string, visitor: Visitor): void {
  const cursor: Cursor = { text, at: 0, visitor };
  take(cursor, SPACE);
  value(cursor, "");
  take(cursor, SPACE);
  if (cursor.at < text.length) throw unexpected(cursor, "more text after the end");
}

function value(cursor: Cursor, pointer: string): void {
  const char = cursor.text[cursor.at];
  if (char === "{") object(cursor, pointer);
  else if (char === "[") array(cursor, pointer);
  else if (char === '"') string(cursor);
  else {
    const literal = take(cursor, NUMBER);
    if (literal !== "") cursor.visitor.number(pointer, literal);
    else if (take(cursor, WORD) === "") throw unexpected(cursor, "a value was expected");
  }
}

function object(cursor: Cursor, pointer: string): void {
  const seen = new Set<string>();
  open(cursor);
  if (close(cursor, "}")) return;
  for (;;) {
    if (cursor.text[cursor.at] !== '"') throw unexpected(cursor, "a key in quotes was expected");
    const key = JSON.parse(string(cursor)) as string;
    const inner = `${pointer}/${escapePointer(key)}`;
    if (seen.has(key)) cursor.visitor.duplicate(inner);
    seen.add(key);
    take(cursor, SPACE);
    if (cursor.text[cursor.at] !== ":") throw unexpected(cursor, "a colon was expected");
    open(cursor);
    value(cursor, inner);
    take(cursor, SPACE);
    if (close(cursor, "}")) return;
    comma(cursor, "}");
  }
}

function array(cursor: Cursor, pointer: string): void {
  open(cursor);
  if (close(cursor, "]")) return;
  for (let index = 0; ; index++) {
    value(cursor, `${pointer}/${index}`);
    take(cursor, SPACE);
    if (close(cursor, "]")) return;
    comma(cursor, "]");
  }
}

/** The literal with its quotes. */
function string(cursor: Cursor): string {
  const start = cursor.at;
  cursor.at++;
  while (skipPlain(cursor) || take(cursor, ESCAPE) !== "");
  if (cursor.text[cursor.at] !== '"') {
    throw unexpected(cursor, "the string does not end, or a character in it must be escaped");
  }
  cursor.at++;
  return cursor.text.slice(start, cursor.at);
}

/** Whether there were characters that stand for themselves. */
function skipPlain(cursor: Cursor): boolean {
  const start = cursor.at;
  for (; cursor.at < cursor.text.length; cursor.at++) {
    const code = cursor.text.charCodeAt(cursor.at);
    if (code < 0x20 || code === QUOTE || code === BACKSLASH) break;
  }
  return cursor.at > start;
}

function open(cursor: Cursor): void {
  cursor.at++;
  take(cursor, SPACE);
}

function close(cursor: Cursor, bracket: string): boolean {
  if (cursor.text[cursor.at] !== bracket) return false;
  cursor.at++;
  return true;
}

function comma(cursor: Cursor, bracket: string): void {
  if (cursor.text[cursor.at] !== ",") throw unexpected(cursor, `a comma or ${bracket} was expected`);
  open(cursor);
}

/** What matches here, or "". Sticky expressions without nested repetition: linear time. */
function take(cursor: Cursor, pattern: RegExp): string {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text);
  if (match === null) return "";
  cursor.at = pattern.lastIndex;
  return match[0];
}

function unexpected(cursor: Cursor, reason: string): Unexpected {
  const atEnd = cursor.at >= cursor.text.length;
  return new Unexpected(cursor.at, atEnd ? `the text ends too early: ${reason}` : reason);
}
