/** What a column holds. The kind decides how values are cleaned, compared and used to find candidate pairs. */
export const FIELD_KINDS = [
  "name",
  "given-name",
  "surname",
  "patronymic",
  "date",
  "city",
  "text",
  "address",
  "number",
  "email",
  "phone",
  "id",
  "postcode",
  "category",
] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

export type FieldConfig = {
  /** The name under which the field is reported. */
  readonly name: string;
  readonly kind: FieldKind;
  /** Columns of the (first) file; several are joined by a space. */
  readonly columns: readonly string[];
  /** Columns of the second file, when they are called differently there. */
  readonly rightColumns?: readonly string[];
  /** For phones: the country of national numbers, ISO 3166 alpha-2. */
  readonly country?: string;
  /** For dates: where only the order of the parts can tell day from month. */
  readonly order?: "ymd" | "dmy" | "mdy";
};

/** How records of two files may be linked: each at most once, or freely; `auto` looks at the scores. */
export type LinkRule = "one-to-one" | "many" | "auto";

export type LinkConfig = {
  readonly fields: readonly FieldConfig[];
  readonly links: LinkRule;
  /** Values that mean "not known", compared without case. */
  readonly nulls: readonly string[];
  /** Clusters larger than this are taken apart and shown for review. */
  readonly maxClusterSize: number;
  /** Candidate pairs compared per record at most, on average. */
  readonly pairsPerRecord: number;
  /** Seeds the sample of random pairs. */
  readonly seed: number;
};

export const LINK_DEFAULTS = {
  links: "auto",
  nulls: ["null", "n/a", "na", "nan", "none", "unknown", "\\n", "-", "--", "?"],
  maxClusterSize: 100,
  pairsPerRecord: 20,
  seed: 1,
} as const satisfies Omit<LinkConfig, "fields">;

/** Records by column: `columns[field][row]`, raw text as read, in the order of the configuration's fields. */
export type LinkInput = {
  readonly rows: number;
  /** Rows from this one on belong to the second file; absent for one file. */
  readonly secondFrom?: number;
  readonly values: readonly (readonly string[])[];
  /** The person of each row where it is known: only for measuring what blocking loses, never for linking. */
  readonly truth?: readonly (string | undefined)[];
};
