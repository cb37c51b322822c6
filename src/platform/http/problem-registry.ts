import { invariant } from "#kernel/invariant.ts";
import type { Language } from "./language.ts";
import type { Failure, FieldFault, ProblemGroup, ProblemKind } from "./problem.ts";

/** `application/problem+json`, ready to be sent. */
export type RenderedProblem = { readonly status: number; readonly retryAfterSeconds?: number; readonly json: string };

export type ProblemRegistry = {
  readonly kinds: ReadonlyMap<string, ProblemKind>;
  /** `instance` is the request's id. */
  render(failure: Failure, language: Language, instance: string): RenderedProblem;
};

/** Where the page of a problem is. */
export const PROBLEM_PAGES = "/docs/errors/";

/** `Retry-After` of a 503 that does not know better. */
const DEFAULT_WAIT_SECONDS = 10;

/** One registry out of the groups that the folders define; a code defined twice stops the start. */
export function createProblemRegistry(groups: readonly ProblemGroup[]): ProblemRegistry {
  const kinds = new Map<string, ProblemKind>();
  for (const group of groups) {
    for (const [code, kind] of Object.entries(group)) {
      invariant(!kinds.has(code), `problem ${code} is defined twice`);
      kinds.set(code, kind);
    }
  }
  return { kinds, render: (failure, language, instance) => render(kinds, failure, language, instance) };
}

function render(
  kinds: ReadonlyMap<string, ProblemKind>,
  failure: Failure,
  language: Language,
  instance: string,
): RenderedProblem {
  const { code, faults, pointer, ...details } = failure;
  const kind = kinds.get(code);
  invariant(kind, `problem ${code} is not in the registry`);
  const detail = kind.detail[language](failure as never);
  const errors = errorsOf(code, detail, pointer, faults as readonly FieldFault[] | undefined, language);
  const body = {
    type: PROBLEM_PAGES + code,
    title: kind.title[language],
    status: kind.status,
    detail,
    instance,
    code,
    ...(errors === undefined ? {} : { errors }),
    ...details,
  };
  const wait = details.retryAfterSeconds ?? (kind.status === 503 ? DEFAULT_WAIT_SECONDS : undefined);
  return {
    status: kind.status,
    json: JSON.stringify(body),
    ...(typeof wait === "number" ? { retryAfterSeconds: wait } : {}),
  };
}

function errorsOf(
  code: string,
  detail: string,
  pointer: unknown,
  faults: readonly FieldFault[] | undefined,
  language: Language,
): unknown[] | undefined {
  if (faults !== undefined) {
    return faults.map((fault) => ({
      ...(fault.in === undefined ? {} : { in: fault.in }),
      pointer: fault.pointer,
      code: fault.code,
      message: fault.message[language],
    }));
  }
  return typeof pointer === "string" ? [{ pointer, code, message: detail }] : undefined;
}
