import { createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { BUCKETS } from "#kernel/ids.ts";

/** How storage knows a code: by a keyed hash. */
export type CodeKey = { readonly bucket: number; readonly hash: Buffer; readonly text: string };

/** Makes codes and their hashes under a secret that lives outside of the database. */
export type Codes = {
  /** The n-th code of a promo or the like: 12 letters and digits, 60 bits that nobody without secret and salt can tell. */
  make(kind: string, salt: Uint8Array | string, number: number | string): string;
  /** How storage knows a code, however it was typed. */
  keyOf(code: string): CodeKey;
};

/** Crockford's base 32: no I, L, O, U. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH = 12;

export function createCodes(secret: Uint8Array): Codes {
  // Keys of their own, so that a code's hash tells nothing of an identifier's.
  const makeKey = subKey(secret, "dolka code");
  const hashKey = subKey(secret, "dolka code hash");
  return {
    make: (kind, salt, number) => {
      const digest = createHmac("sha256", makeKey).update(`${kind}\n`).update(salt).update(`\n${number}`).digest();
      let text = "";
      for (let i = 0; i < LENGTH; i++) text += LETTERS[(digest[i] as number) & 31];
      return text;
    },
    keyOf: (code) => {
      const digest = createHmac("sha256", hashKey).update(normaliseCode(code)).digest();
      const hash = digest.subarray(0, 16);
      return { bucket: digest.readUInt16BE(16) & (BUCKETS - 1), hash, text: hash.toString("latin1") };
    },
  };
}

function subKey(secret: Uint8Array, use: string): KeyObject {
  return createSecretKey(createHmac("sha256", createSecretKey(secret)).update(use).digest());
}

/** As people type: any case, spaces and hyphens anywhere; O and 0, I, L and 1 are told as one in made codes. */
export function normaliseCode(code: string): string {
  return code.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");
}

/** In groups of four, for people: `7KQ2-M4XV-0DGH`. */
export function formatCode(code: string): string {
  return code.replace(/(.{4})(?=.)/g, "$1-");
}
