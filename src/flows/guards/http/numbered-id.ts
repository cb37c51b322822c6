import { Type } from "typebox";

/** `stp_17` as 17; undefined for a text that is none. */
export function parseNumberedId(prefix: string, text: string): number | undefined {
  const digits = text.startsWith(prefix) ? text.slice(prefix.length) : "";
  return /^[1-9]\d{0,14}$/.test(digits) ? Number(digits) : undefined;
}

export const REASON = Type.String({
  minLength: 1,
  maxLength: 500,
  description: "Why, for the record; tills are not told.",
});
