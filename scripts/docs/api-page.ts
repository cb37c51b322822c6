import type { OpenApiDocument, OpenApiOperation } from "#platform/http/openapi.ts";
import { type Schema, shapeTable, typeOf } from "./shapes.ts";

type Placed = { readonly method: string; readonly path: string; readonly operation: OpenApiOperation };
type Tag = { readonly name: string; readonly description: string };

/** All operations by tag, then the shapes that they share. */
export function apiPage(document: OpenApiDocument): string {
  const info = document.info as { title: string; description: string };
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Placed => ({ method: method.toUpperCase(), path, operation })),
  );
  const tags = (document.tags as readonly Tag[]).filter(({ name }) => ofTag(operations, name).length > 0);
  const shapes = Object.entries(document.components.schemas as Record<string, Schema>).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return `# ${info.title}

Written by \`npm run docs\` from the schemas that validate; do not edit. The same as OpenAPI 3.1 at \`/openapi.json\`, and as a page at \`/docs\`.

${info.description}

| | | open to |
|---|---|---|
${tags.flatMap(({ name }) => ofTag(operations, name).map(row)).join("\n")}

${tags.map(({ name, description }) => `## ${name}\n\n${description}\n\n${ofTag(operations, name).map(section).join("\n\n")}`).join("\n\n")}

## Shapes

${shapes.map(([name, schema]) => shapeTable(name, schema)).join("\n\n")}
`;
}

function ofTag(operations: readonly Placed[], tag: string): Placed[] {
  return operations.filter(({ operation }) => operation.tags?.includes(tag));
}

function row({ method, path, operation }: Placed): string {
  return `| [\`${method} ${path}\`](#${operation.operationId.toLowerCase()}) | ${operation.summary} | ${roles(operation)} |`;
}

function roles(operation: OpenApiOperation): string {
  const entries = Object.entries((operation["x-roles"] ?? {}) as Record<string, string>);
  if (entries.length === 0) return "everyone";
  return entries.map(([role, scope]) => (scope === "own" ? `${role} (own partner)` : role)).join(", ");
}

function section({ method, path, operation }: Placed): string {
  const parts = [
    `### ${operation.operationId}`,
    `\`${method} ${path}\`: ${operation.summary}.${operation.description === undefined ? "" : ` ${operation.description}`}`,
    `Open to ${roles(operation)}.`,
    parameters(operation),
    ...bodyOf(operation),
    ...answerOf(operation),
    refusals(operation),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

function parameters(operation: OpenApiOperation): string {
  const rows = (operation.parameters ?? []).map((parameter) => {
    const {
      name,
      in: place,
      required,
      schema,
      description,
    } = parameter as {
      name: string;
      in: string;
      required?: boolean;
      schema: Schema;
      description?: string;
    };
    return `| \`${name}\` | ${place} | ${typeOf(schema)}${required === true ? "" : ", optional"} | ${description ?? ""} |`;
  });
  return rows.length === 0 ? "" : `| parameter | in | | |\n|---|---|---|---|\n${rows.join("\n")}`;
}

function bodyOf(operation: OpenApiOperation): string[] {
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  if (media === undefined) return [];
  return [`Body, \`${type}\`: ${typeOf(media.schema as Schema)}`, fence(media.example)];
}

function answerOf(operation: OpenApiOperation): string[] {
  const [status, response] = Object.entries(operation.responses).find(([code]) => code.startsWith("2")) ?? [];
  const [type, media] = Object.entries(response?.content ?? {})[0] ?? [];
  if (media === undefined) return [];
  const kind = type === "application/json" ? "" : `, \`${type}\``;
  return [`Answer ${status}${kind}: ${typeOf(media.schema as Schema)}`, fence(media.example)];
}

function fence(example: unknown): string {
  if (example === undefined) return "";
  return typeof example === "string"
    ? `\`\`\`\n${example.trimEnd()}\n\`\`\``
    : `\`\`\`json\n${JSON.stringify(example, null, 2)}\n\`\`\``;
}

/** Those of every operation are left to the page of errors. */
const EVERYWHERE = new Set([
  "internal-error",
  "unavailable",
  "unauthenticated",
  "forbidden-operation",
  "too-many-requests",
]);

function refusals(operation: OpenApiOperation): string {
  const codes = Object.entries(operation.responses)
    .filter(([status]) => !status.startsWith("2"))
    .flatMap(([status, { content = {} }]) =>
      Object.keys(content["application/problem+json"]?.examples ?? {}).map((code) => [status, code] as const),
    )
    .filter(([, code]) => !EVERYWHERE.has(code));
  if (codes.length === 0) return "";
  return `Refusals: ${codes.map(([status, code]) => `${status} [\`${code}\`](errors.md#${code})`).join(", ")}.`;
}
