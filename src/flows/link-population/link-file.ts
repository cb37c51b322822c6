import { type Static, Type } from "typebox";
import { FIELD_KINDS, LINK_DEFAULTS } from "#domains/identity/linkage/index.ts";

const columnName = Type.String({ minLength: 1, expected: "the name of a column" });
/** Any text here: an unknown kind is said with the nearest one, which a schema can't. */
const kind = Type.String({ expected: `a kind: ${FIELD_KINDS.join(", ")}`, description: "What the column holds." });

const fieldSettings = Type.Object(
  {
    kind,
    column: Type.Optional({ ...columnName, description: "Column of the file, when the field is called differently." }),
    columns: Type.Optional(
      Type.Array(columnName, {
        minItems: 1,
        expected: "a list of columns",
        description: "Several columns that are one value, joined by spaces in this order.",
      }),
    ),
    right: Type.Optional({
      ...columnName,
      description: "Column of the second file, when it is called differently there.",
    }),
    country: Type.Optional(
      Type.String({
        pattern: "^[A-Za-z]{2}$",
        expected: "a country code such as RU",
        description: "Phones only: the country of numbers written without a country code. Default RU.",
      }),
    ),
    order: Type.Optional(
      Type.Union([Type.Literal("ymd"), Type.Literal("dmy"), Type.Literal("mdy")], {
        expected: "ymd, dmy or mdy",
        description: "Dates only: the order of the parts where nothing else tells. Default: read from the data.",
      }),
    ),
  },
  { additionalProperties: false, expected: "a field's settings" },
);

/** A linkage file: the columns to compare and what they hold. */
export const linkFileSchema = Type.Object(
  {
    fields: Type.Record(
      Type.String(),
      Type.Union([kind, fieldSettings], { expected: "a kind, or a field's settings with a kind" }),
      {
        expected: "fields and their kinds, such as `surname: surname`",
        keyExpected: "the name of a field",
      },
    ),
    id: Type.Optional({
      ...columnName,
      description: "Column that names a record in what is written out. Default: the row's number.",
    }),
    truth: Type.Optional(
      Type.Object(
        {
          column: Type.Optional(columnName),
          right: Type.Optional(columnName),
          pattern: Type.Optional(
            Type.String({
              minLength: 1,
              expected: "a regular expression",
              description: "What of the column names the person: its first group, or all it matches.",
            }),
          ),
        },
        { additionalProperties: false, expected: "a column and, if needed, a pattern" },
      ),
    ),
    links: Type.Optional(
      Type.Union([Type.Literal("one-to-one"), Type.Literal("many"), Type.Literal("auto")], {
        expected: "one-to-one, many or auto",
        description: "Two files only: whether a record may be linked once or often. Default auto.",
      }),
    ),
    nulls: Type.Optional(
      Type.Array(Type.String({ expected: "a text" }), {
        expected: "a list of texts",
        description: `Texts that mean "not known", besides empty. Default: ${LINK_DEFAULTS.nulls.join(", ")}.`,
      }),
    ),
    maxClusterSize: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 1_000_000,
        expected: "a whole number from 2",
        description: "Records in a cluster at most. Default 100.",
      }),
    ),
    pairsPerRecord: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 10_000,
        expected: "a whole number from 1",
        description: "Candidate pairs per record at most. Default 20.",
      }),
    ),
    seed: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2 ** 31,
        expected: "a whole number",
        description: "Seed of the random pairs. Default 1.",
      }),
    ),
  },
  { additionalProperties: false, expected: "a linkage file" },
);

export type LinkFile = Static<typeof linkFileSchema>;
export type FieldSettings = Static<typeof fieldSettings>;
