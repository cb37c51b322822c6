import type { Static, TObject } from "typebox";
import type { Texts } from "./language.ts";

/**
 * One kind of refusal, defined once: the status, what a person reads, what a program reads, and what to do about it.
 * The answers (RFC 9457), the OpenAPI document and the page of the error all come from it.
 */
export type ProblemKind<Details extends TObject = TObject> = {
  readonly status: number;
  readonly title: Texts;
  /** What happened this time, in a sentence. */
  readonly detail: { ru(details: Static<Details>): string; en(details: Static<Details>): string };
  /** What the caller can do; on the page of the error. */
  readonly remedy: Texts;
  /** Members of the answer besides the standard ones. `pointer` makes an entry of `errors`. */
  readonly details: Details;
  readonly example: Static<Details>;
};

export type ProblemGroup = { readonly [code: string]: ProblemKind };

/** Keeps the type of the details, so that a failure without them does not compile. */
export function problemKind<Details extends TObject>(kind: ProblemKind<Details>): ProblemKind<Details> {
  return kind;
}

/** The failures that a group of problems can tell a person about. */
export type FailureOf<Group extends ProblemGroup> = {
  [Code in keyof Group & string]: { readonly code: Code } & Static<Group[Code]["details"]>;
}[keyof Group & string];

/** A failure on its way to the door: a code of the registry with its details. */
export type Failure = { readonly code: string; readonly [detail: string]: unknown };

/** What is wrong with one field, in both languages. `pointer` is a JSON pointer (RFC 6901) into the part named by `in`. */
export type FieldFault = {
  readonly in?: "query" | "path" | "header";
  readonly pointer: string;
  readonly code: string;
  readonly message: Texts;
};

/** Carries a failure out of a hook or a parser; the error handler renders it. */
export class ProblemError extends Error {
  override name = "ProblemError";
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.code);
    this.failure = failure;
  }
}
