import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { FastifySchema } from "fastify";
import type { FastifyRouteSchemaDef } from "fastify/types/schema.js";
import { toFieldFaults } from "./field-faults.ts";
import { type FieldFault, ProblemError } from "./problem.ts";

const OPTIONS = {
  strict: true,
  // The branches of a oneOf name fields that the object around them defines.
  strictRequired: false,
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  // Times are read by the kernel, which knows more than a pattern does; the format is for the document.
  formats: { "date-time": true, date: true } as const,
  keywords: ["x-refused", "example"],
};

/** Above this many values only the first fault is told: listing them all would cost more than the request is worth. */
const MAX_NODES_TO_EXPLAIN = 20_000;

type Outcome = { value: unknown } | { error: Error };

/**
 * Compiles schemas for fastify. Bodies are taken as they are: no coercion, no defaults, nothing removed. A first pass
 * stops at the first fault and is all that a good request pays; a second one, compiled when first needed, lists all
 * faults. Only queries are coerced, as they are text: `limit=20`.
 */
export function createValidatorCompiler(): (route: FastifyRouteSchemaDef<FastifySchema>) => (data: unknown) => Outcome {
  const quick = new Ajv(OPTIONS);
  const thorough = new Ajv({ ...OPTIONS, allErrors: true, verbose: true });
  const query = new Ajv({ ...OPTIONS, coerceTypes: true, useDefaults: true, allErrors: true, verbose: true });

  return ({ schema, httpPart }) => {
    const part = partOf(httpPart);
    if (part === "query") {
      const validate = query.compile(schema);
      return (data) => (validate(data) ? { value: data } : { error: refusal(validate.errors, part) });
    }
    const validate = quick.compile(schema);
    let explain: ValidateFunction | undefined;
    return (data) => {
      if (validate(data)) return { value: data };
      if (countNodes(data, MAX_NODES_TO_EXPLAIN) >= MAX_NODES_TO_EXPLAIN) {
        return { error: refusal(validate.errors, part) };
      }
      explain ??= thorough.compile(schema);
      explain(data);
      return { error: refusal(explain.errors, part) };
    };
  };
}

/** A validator for data that did not come as a request's body, such as a line of a batch. */
export function createBodyValidator(schema: object): (data: unknown) => FieldFault[] {
  const validate = createValidatorCompiler()({ schema, method: "POST", url: "", httpPart: "body" });
  return (data) => {
    const outcome = validate(data);
    if ("value" in outcome) return [];
    return (outcome.error as ProblemError).failure.faults as FieldFault[];
  };
}

export function refuseFields(faults: readonly FieldFault[]): ProblemError {
  return new ProblemError({ code: "invalid-request", faults });
}

function refusal(errors: readonly ErrorObject[] | null | undefined, part: FieldFault["in"]): ProblemError {
  return refuseFields(toFieldFaults(errors ?? [], part));
}

function partOf(httpPart: string | undefined): FieldFault["in"] {
  if (httpPart === "querystring") return "query";
  if (httpPart === "params") return "path";
  return httpPart === "headers" ? "header" : undefined;
}

/** Values inside of `data`, counted up to `limit`. The parser has bounded the depth. */
function countNodes(data: unknown, limit: number): number {
  if (typeof data !== "object" || data === null) return 1;
  let count = 1;
  for (const key in data) {
    count += countNodes((data as Record<string, unknown>)[key], limit - count);
    if (count >= limit) break;
  }
  return count;
}
