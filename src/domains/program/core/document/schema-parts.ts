import { type TSchema, Type } from "typebox";
import { QUANTITIES, type QuantityKind } from "./quantities.ts";

/**
 * Pieces that all sections of the format are made of. `expected` completes "expected …" in an error; `quantity` marks
 * text with a unit, so that it is brought to one spelling; both are keywords that JSON Schema ignores.
 */
export const ID_PATTERN = "^[a-z0-9][a-z0-9-]{0,62}$";
export const ID_EXPECTED = "an id of small Latin letters, digits and hyphens";

export function id(description: string) {
  return Type.String({ pattern: ID_PATTERN, expected: ID_EXPECTED, description });
}

export function quantity(kind: QuantityKind, description: string) {
  const { pattern, expected } = QUANTITIES[kind];
  return Type.String({ pattern, expected, quantity: kind, description });
}

/** Text with one of several units; `quantities` are tried in order. */
export function quantityOf(kinds: readonly QuantityKind[], words: readonly string[], description: string) {
  const all = kinds.map((kind) => QUANTITIES[kind]);
  return Type.String({
    pattern: [...all.map((each) => each.pattern), ...words.map((word) => `^${word}$`)].join("|"),
    expected: [...all.map((each) => each.expected), ...words].join(", or "),
    quantities: [...kinds],
    description,
  });
}

export function text(description: string) {
  return Type.String({ minLength: 1, maxLength: 500, expected: "a text", description });
}

export function choice<const Values extends readonly string[]>(values: Values, description: string) {
  const expected = `one of ${values.join(", ")}`;
  return Type.Unsafe<Values[number]>({ type: "string", enum: [...values], expected, description });
}

export function flag(description: string) {
  return Type.Boolean({ expected: "true or false", description });
}

export function whole(minimum: number, maximum: number, description: string) {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return Type.Integer({ minimum, maximum, expected, description });
}

/** `x` or `[x, y]`. */
export function oneOrMany<Item extends TSchema>(item: Item, description: string) {
  return Type.Union([item, Type.Array(item, { minItems: 1, expected: "a list with at least one entry" })], {
    expected: `${(item as { expected?: string }).expected ?? "a value"}, or a list of such`,
    description,
  });
}

/** A name in both languages, or one text that serves both. */
export function name(description: string) {
  return Type.Union(
    [
      Type.String({ minLength: 1, maxLength: 200 }),
      Type.Object(
        {
          ru: Type.String({ minLength: 1, maxLength: 200, expected: "a text", description: "In Russian." }),
          en: Type.String({ minLength: 1, maxLength: 200, expected: "a text", description: "In English." }),
        },
        { additionalProperties: false },
      ),
    ],
    { expected: "a text, or {ru: …, en: …}", description },
  );
}

export function section<Item extends TSchema>(item: Item, description: string) {
  return Type.Record(Type.String({ pattern: ID_PATTERN }), item, {
    additionalProperties: false,
    expected: "ids, each with its settings",
    keyExpected: ID_EXPECTED,
    description,
  });
}

export const closed = { additionalProperties: false, expected: "a set of keys and values" };
