import { DEFAULT_LANGUAGE, type Language } from "./language.ts";
import type { Failure } from "./problem.ts";
import type { ProblemRegistry } from "./problem-registry.ts";

/** The shape of every problem (RFC 9457); details of a code are members beside these. */
export function problemSchema(): object {
  return {
    title: "Problem",
    type: "object",
    required: ["type", "title", "status", "detail", "instance", "code"],
    additionalProperties: true,
    properties: {
      type: { type: "string", format: "uri-reference", description: "The page of this problem." },
      title: { type: "string", description: "What kind of problem it is, in the language of Accept-Language." },
      status: { type: "integer" },
      detail: { type: "string", description: "What happened this time, in a sentence." },
      instance: { type: "string", description: "The request's id." },
      code: { type: "string", description: "The problem's code, for programs; the last part of type." },
      errors: {
        type: "array",
        description: "Fields at fault, all at once.",
        items: {
          type: "object",
          required: ["pointer", "code", "message"],
          properties: {
            in: { type: "string", enum: ["query", "path", "header"], description: "Absent for the body." },
            pointer: { type: "string", description: "JSON pointer (RFC 6901)." },
            code: { type: "string" },
            message: { type: "string" },
          },
        },
      },
    },
  };
}

/** A whole answer of one code, with the details of its example. */
export function problemExample(
  problems: ProblemRegistry,
  code: string,
  language: Language = DEFAULT_LANGUAGE,
): Record<string, unknown> {
  const failure: Failure = {
    code,
    ...problems.kinds.get(code)?.example,
    ...(code === "invalid-request" ? FAULTS : {}),
  };
  return JSON.parse(problems.render(failure, language, "req_7f3a9c21b0de1").json) as Record<string, unknown>;
}

const FAULTS = {
  faults: [
    {
      pointer: "/lines/0/amount",
      code: "integer",
      message: {
        ru: "Нужно целое число: суммы считаются в копейках, баллы в сотых долях.",
        en: "An integer is needed: money is in kopecks, points are in hundredths.",
      },
    },
  ],
};
