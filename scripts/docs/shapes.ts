/** A JSON schema, as far as the pages look into it. */
export type Schema = {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly additionalProperties?: unknown;
  readonly [keyword: string]: unknown;
};

/** A table of the fields of one shape. */
export function shapeTable(name: string, schema: Schema): string {
  const rows = Object.entries(schema.properties ?? {}).map(([field, type]) => {
    const optional = schema.required?.includes(field) === true ? "" : ", optional";
    return `| \`${field}\` | ${typeOf(type)}${optional} | ${[type.description ?? "", limits(type)].filter((text) => text !== "").join(" ")} |`;
  });
  const about = schema.description === undefined ? "" : `${schema.description}\n\n`;
  const table = rows.length === 0 ? "" : `| field | | |\n|---|---|---|\n${rows.join("\n")}`;
  return `### ${name}\n\n${about}${table}`.trimEnd();
}

/** A type in a few words, with a link to a named shape. */
export function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) as string;
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(" \\| ");
  if (schema.const !== undefined) return `\`${schema.const}\``;
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (schema.type === "object" && schema.properties !== undefined) {
    return `{ ${Object.keys(schema.properties).join(", ")} }`;
  }
  return schema.format ?? schema.type ?? "anything";
}

function limits(schema: Schema): string {
  const { minimum, maximum, minItems, maxItems, maxLength, default: standard } = schema as Record<string, unknown>;
  const texts = [
    range(minimum, maximum, ""),
    range(minItems, maxItems, " entries"),
    maxLength === undefined ? "" : `At most ${maxLength} characters.`,
    standard === undefined ? "" : `${standard} if not said.`,
  ];
  return texts.filter((text) => text !== "").join(" ");
}

function range(least: unknown, most: unknown, unit: string): string {
  if (least !== undefined && most !== undefined) return `${least} to ${most}${unit}.`;
  if (least !== undefined) return `At least ${least}${unit}.`;
  return most === undefined ? "" : `At most ${most}${unit}.`;
}
