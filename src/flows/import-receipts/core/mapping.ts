import { type Static, Type } from "typebox";

const closed = { additionalProperties: false, expected: "a set of keys and values" };
const column = Type.String({ minLength: 1, expected: "the name of a column, or join.column of a joined file" });
const text = Type.String({ minLength: 1, expected: "a text" });
const textMap = Type.Record(Type.String(), text, { expected: "values with what stands for them" });

/** A value from a column through a table, with what stands for values that the table lacks. */
const mapped = Type.Object(
  {
    column,
    map: Type.Optional(textMap),
    /** For values not in `map`; without it such rows are refused. */
    otherwise: Type.Optional(text),
    /** Without a map: the value itself, lower-cased, other characters as hyphens. */
    slug: Type.Optional(Type.Boolean()),
  },
  closed,
);

const mappedValue = Type.Union([text, mapped], { expected: "a fixed text, or {column: …, map: …}" });

/** How the rows of a file become receipts. One row is one line of a receipt. */
export const mappingSchema = Type.Object(
  {
    format: Type.Literal(1, { expected: "1" }),
    joins: Type.Optional(
      Type.Record(
        Type.String({ pattern: "^[a-z][a-z0-9_]*$" }),
        Type.Object({ file: text, column: text, equals: column }, closed),
      ),
    ),
    receipt: Type.Object(
      {
        number: column,
        at: Type.Object({ column, timeZone: text }, closed),
        partner: mappedValue,
        store: Type.Union([text, mapped, Type.Object({ byPartner: textMap }, closed)], {
          expected: "a fixed text, {column: …, map: …}, or {byPartner: …}",
        }),
        till: Type.Optional(text),
        channel: Type.Optional(text),
      },
      closed,
    ),
    member: Type.Optional(Type.Object({ kind: text, column }, closed)),
    line: Type.Object(
      {
        category: mappedValue,
        amount: Type.Object(
          {
            column,
            /** Kopecks that one unit of the column is worth. */
            kopecksPerUnit: Type.Integer({ minimum: 1, expected: "whole kopecks, 1 or more" }),
          },
          closed,
        ),
        quantity: Type.Optional(Type.Object({ column }, closed)),
        /** Lines that cost nothing: `refuse` writes them to the refused rows, `keep` leaves them on the receipt. */
        zero: Type.Union([Type.Literal("refuse"), Type.Literal("keep")], { expected: "refuse or keep" }),
      },
      closed,
    ),
    /** Every so many visits (receipt numbers) a member spends all that the spending rules allow. */
    spend: Type.Optional(
      Type.Object(
        { everyVisits: Type.Integer({ minimum: 1, expected: "a whole number of visits, 1 or more" }) },
        closed,
      ),
    ),
  },
  closed,
);

export type ImportMapping = Static<typeof mappingSchema>;
export type MappedValue = Static<typeof mappedValue>;
