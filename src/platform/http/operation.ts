import type { TObject, TSchema } from "typebox";

/** One operation of the API: what validates it is what documents it. */
export type OperationSpec = {
  readonly operationId: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: TObject;
  readonly querystring?: TObject;
  readonly headers?: TObject;
  readonly body?: TSchema;
  /** Media types of the body if not JSON. */
  readonly consumes?: readonly string[];
  readonly status: number;
  /** Of the answer; absent for an answer without a JSON body. */
  readonly answer?: TSchema;
  /** Media type of the answer if not JSON. */
  readonly produces?: string;
  /** Problem codes that this operation may answer with, besides those of every operation. */
  readonly problems: readonly string[];
  readonly example: { readonly body?: unknown; readonly answer?: unknown };
  /** Whether a repeat is answered from what was stored, with `Idempotency-Replayed: true`. */
  readonly isRepeatable?: boolean;
};

export type RouteSchema<Spec extends OperationSpec> = {
  readonly operationId: string;
  readonly tags: string[];
  readonly summary: string;
  readonly "x-operation": Spec;
  readonly response: { readonly [status: number]: TSchema };
} & Pick<Spec, Extract<keyof Spec, "params" | "querystring" | "headers" | "body">>;

/** The schema of a fastify route, with the types of its parts. */
export function operation<const Spec extends OperationSpec>(spec: Spec): RouteSchema<Spec> {
  const { operationId, tag, summary, description, params, querystring, headers, body, consumes, answer } = spec;
  return {
    operationId,
    tags: [tag],
    summary,
    "x-operation": spec,
    ...(description === undefined ? {} : { description }),
    ...(consumes === undefined ? {} : { consumes }),
    ...(params === undefined ? {} : { params }),
    ...(querystring === undefined ? {} : { querystring }),
    ...(headers === undefined ? {} : { headers }),
    ...(body === undefined ? {} : { body }),
    response: answer === undefined ? {} : { [spec.status]: answer },
  } as unknown as RouteSchema<Spec>;
}
