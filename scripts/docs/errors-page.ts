import { FIELD_CODES } from "#platform/http/field-faults.ts";
import { problemExample } from "#platform/http/problem-document.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";

/** Every refusal: what it means, what to do, an answer. */
export function errorsPage(problems: ProblemRegistry): string {
  const kinds = [...problems.kinds].sort(([a, x], [b, y]) => x.status - y.status || (a < b ? -1 : 1));
  return `# Errors

Written by \`npm run docs\` from the registry that answers; do not edit.

A refusal is \`application/problem+json\` (RFC 9457), in English or Russian by \`Accept-Language\`. Programs look at \`code\`; \`type\` is
the address of the page of that code on the running server. \`errors\` lists all fields at fault by JSON pointer (RFC 6901), \`instance\` is the
request's id, as in the header \`X-Request-Id\`. Nothing of a refused request is written. 429 and 503 carry \`Retry-After\`: send the same request
again after it, it will not be done twice.

| status | code | |
|---|---|---|
${kinds.map(([code, kind]) => `| ${kind.status} | [\`${code}\`](#${code}) | ${kind.title.en} |`).join("\n")}

## Codes of fields

Of \`errors[].code\` when \`code\` is \`invalid-request\`; \`in\` says \`query\`, \`path\` or \`header\`, and is absent for the body.

| code | |
|---|---|
${Object.entries({ ...FIELD_CODES, ...MORE })
  .map(([code, { en }]) => `| \`${code}\` | ${en} |`)
  .join("\n")}

${kinds.map(([code]) => section(problems, code)).join("\n\n")}
`;
}

/** Given by mappings, beyond what a schema can say. */
const MORE = {
  "product-field": { en: "the field would tell a product: a line carries a category and an amount only" },
  "duplicate-line": { en: "the same line of the receipt is named twice" },
};

function section(problems: ProblemRegistry, code: string): string {
  const kind = problems.kinds.get(code);
  if (kind === undefined) return "";
  return `## ${code}

**${kind.status} ${kind.title.en}** (${kind.title.ru}). ${kind.remedy.en}

\`\`\`json
${JSON.stringify(problemExample(problems, code), null, 2)}
\`\`\``;
}
