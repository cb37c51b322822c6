/**
 * Expected failures are values. A failure is a code with data: no prose, no HTTP status; `platform/http/problems`
 * turns codes into answers for a person.
 */
export type Ok<T> = { readonly ok: true; readonly value: T };
export type Err<F> = { readonly ok: false; readonly failure: F };
export type Result<T, F> = Ok<T> | Err<F>;

export function ok<T>(value: T): Ok<T> {
  return { ok: true, value };
}

export function err<F>(failure: F): Err<F> {
  return { ok: false, failure };
}
