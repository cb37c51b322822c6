import { foldLetters } from "./text.ts";

export type Email = { readonly local: string; readonly domain: string };

/**
 * An e-mail address in lower case without a `+tag`; undefined when it is none. Dots are kept: only some providers
 * ignore them, and a comparison of the local part sees through one dot.
 */
export function parseEmail(text: string): Email | undefined {
  const folded = foldLetters(text)
    .replace(/\s+/g, "")
    .replace(/^mailto:/, "")
    .replace(/^<|>$/g, "");
  const at = folded.lastIndexOf("@");
  if (at <= 0 || at === folded.length - 1) return undefined;
  const local = folded.slice(0, at).replace(/\+.*$/, "");
  return local === "" ? undefined : { local, domain: folded.slice(at + 1).replace(/\.$/, "") };
}

export function formatEmail(email: Email): string {
  return `${email.local}@${email.domain}`;
}

/** What the local part of an address may say of its owner's name: words of letters, digits at the ends dropped. */
export function nameWordsOf(email: Email): string[] {
  return email.local.split(/[^\p{L}]+/u).filter((word) => word !== "");
}
