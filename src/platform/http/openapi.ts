import type { TSchema } from "typebox";
import type { OperationSpec } from "./operation.ts";
import { problemExample, problemSchema } from "./problem-document.ts";
import type { ProblemRegistry } from "./problem-registry.ts";

/** An OpenAPI 3.1 document as plain data. */
export type OpenApiDocument = {
  openapi: string;
  info: object;
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: Record<string, Record<string, unknown>>;
  [extension: string]: unknown;
};

export type OpenApiOperation = {
  operationId: string;
  summary: string;
  tags?: string[];
  description?: string;
  parameters?: { name: string; in: string; [key: string]: unknown }[];
  requestBody?: { content: Record<string, Media>; [key: string]: unknown };
  responses: Record<string, Response>;
  security?: object[];
  "x-operation"?: OperationSpec;
  "x-roles"?: object;
};

type Media = { schema?: unknown; example?: unknown; examples?: object };
type Response = { description: string; headers?: object; content?: Record<string, Media>; [key: string]: unknown };

export type OpenApiContext = {
  readonly problems: ProblemRegistry;
  /** Roles and scopes of an operation; undefined for one that is open to all. */
  readonly rolesOf: (operationId: string) => object | undefined;
};

const REF = "#/components/";
const EVERYWHERE = ["internal-error", "unavailable"];
const GUARDED = ["unauthenticated", "forbidden-operation", "too-many-requests"];
const WITH_BODY = ["invalid-request", "malformed-json", "body-too-large", "unsupported-media-type"];

/**
 * Completes the document that comes out of the routes' schemas: problems by status, roles, examples, headers, and named
 * schemas in one place instead of copies.
 */
export function finishDocument(document: OpenApiDocument, context: OpenApiContext): OpenApiDocument {
  const components = { ...document.components };
  components.schemas = { ...components.schemas, Problem: problemSchema() };
  components.headers = HEADERS;
  const paths: OpenApiDocument["paths"] = {};
  for (const [path, methods] of Object.entries(document.paths)) {
    paths[path] = Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [method, finishOperation(operation, context)]),
    );
  }
  const named = hoist(paths, components.schemas) as OpenApiDocument["paths"];
  return { ...document, paths: named, components };
}

function finishOperation(operation: OpenApiOperation, context: OpenApiContext): OpenApiOperation {
  const { "x-operation": spec, ...rest } = operation;
  if (spec === undefined) return operation;
  const roles = context.rolesOf(spec.operationId);
  const parameters = rest.parameters?.map((parameter) =>
    parameter.in === "header" ? { ...parameter, name: titleCase(parameter.name) } : parameter,
  );
  return {
    ...rest,
    ...(parameters === undefined ? {} : { parameters }),
    ...(rest.requestBody === undefined ? {} : { requestBody: finishBody(rest.requestBody, spec) }),
    responses: { [spec.status]: success(spec), ...problemResponses(spec, roles !== undefined, context.problems) },
    security: roles === undefined ? [] : [{ key: [] }],
    ...(roles === undefined ? {} : { "x-roles": roles }),
  };
}

function finishBody(body: NonNullable<OpenApiOperation["requestBody"]>, spec: OperationSpec) {
  const content = Object.entries(body.content).map(([type, media]) => [
    type,
    { ...media, ...(spec.example.body === undefined ? {} : { example: inType(type, spec.example.body) }) },
  ]);
  return { ...body, content: Object.fromEntries(content) };
}

function success(spec: OperationSpec): Response {
  const type = spec.produces ?? "application/json";
  const headers = {
    "X-Request-Id": { $ref: `${REF}headers/XRequestId` },
    ...(spec.isRepeatable === true ? { "Idempotency-Replayed": { $ref: `${REF}headers/IdempotencyReplayed` } } : {}),
  };
  return {
    description: spec.isRepeatable === true ? "Done, now or when it first came." : "Done.",
    headers,
    content: {
      [type]: { schema: spec.answer ?? { type: "string" }, example: inType(type, spec.example.answer) },
    },
  };
}

/** Examples of NDJSON are text: a line each. */
function inType(type: string, example: unknown): unknown {
  return type === "application/x-ndjson" ? `${JSON.stringify(example)}\n` : example;
}

/** Every problem code that an operation may answer with, sorted by status. */
export function problemCodesOf(spec: OperationSpec, isGuarded: boolean, problems: ProblemRegistry): string[] {
  const takesInput = spec.querystring !== undefined || spec.headers !== undefined;
  const codes = [
    ...(spec.body === undefined ? (takesInput ? ["invalid-request"] : []) : WITH_BODY),
    ...(isGuarded ? GUARDED : []),
    ...spec.problems,
    ...EVERYWHERE,
  ];
  const statusOf = (code: string) => problems.kinds.get(code)?.status ?? 0;
  return [...new Set(codes)].sort((a, b) => statusOf(a) - statusOf(b));
}

function problemResponses(
  spec: OperationSpec,
  isGuarded: boolean,
  problems: ProblemRegistry,
): Record<string, Response> {
  const responses: Record<string, Response> = {};
  const byStatus = Object.groupBy(problemCodesOf(spec, isGuarded, problems), (code) =>
    String(problems.kinds.get(code)?.status),
  );
  for (const [status, codes = []] of Object.entries(byStatus)) {
    const waits = status === "429" || status === "503";
    responses[status] = {
      description: codes.map((code) => `\`${code}\`: ${problems.kinds.get(code)?.title.en}.`).join(" "),
      headers: {
        "X-Request-Id": { $ref: `${REF}headers/XRequestId` },
        ...(waits ? { "Retry-After": { $ref: `${REF}headers/RetryAfter` } } : {}),
      },
      content: {
        "application/problem+json": {
          schema: { $ref: `${REF}schemas/Problem` },
          examples: Object.fromEntries(codes.map((code) => [code, { value: problemExample(problems, code) }])),
        },
      },
    };
  }
  return responses;
}

/** Schemas with a title are said once, under components; where they stood there is a reference. */
function hoist(value: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => hoist(item, schemas));
  if (typeof value !== "object" || value === null) return value;
  const copy = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key.startsWith("example") ? item : hoist(item, schemas)]),
  );
  const { title, type } = copy as { title?: unknown; type?: unknown };
  if (typeof title !== "string" || type !== "object") return copy;
  schemas[title] = copy as TSchema;
  return { $ref: `${REF}schemas/${title}` };
}

function titleCase(header: string): string {
  return header.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase());
}

const HEADERS = {
  XRequestId: {
    description: "Names this request in our log: the caller's own X-Request-Id, else one of ours.",
    schema: { type: "string" },
  },
  IdempotencyReplayed: {
    description: "`true` when the request was done before and this is its first answer.",
    schema: { type: "string", enum: ["true"] },
  },
  RetryAfter: { description: "Seconds to wait.", schema: { type: "integer" } },
};
