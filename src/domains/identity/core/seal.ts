import { createCipheriv, createDecipheriv } from "node:crypto";
import type { MemberId } from "#kernel/ids.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;

/** A member's data key, held in a process's memory only. */
export type DataKey = Uint8Array;

/**
 * AES-256-GCM (NIST SP 800-38D): nonce, text, tag. `about` is bound in, so that a sealed text can't be put in another's
 * place. The nonce is random: a key seals far fewer than the 2^32 texts that it is good for.
 */
export function seal(key: Uint8Array, about: string, text: Uint8Array, nonce: Uint8Array): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  cipher.setAAD(Buffer.from(about));
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

/** Throws when the text was sealed with another key, is about something else, or was changed. */
export function unseal(key: Uint8Array, about: string, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAAD(Buffer.from(about));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
}

/** Makes, wraps and unwraps data keys under a master key that never is in the database. */
export type KeyWrapper = {
  create(member: MemberId): { readonly key: DataKey; readonly wrapped: Buffer };
  unwrap(member: MemberId, wrapped: Uint8Array): DataKey;
  nonce(): Uint8Array;
};

export function createKeyWrapper(masterKey: Uint8Array, random: (bytes: number) => Uint8Array): KeyWrapper {
  const about = (member: MemberId) => `data key of ${member}`;
  return {
    create: (member) => {
      const key = random(KEY_BYTES);
      return { key, wrapped: seal(masterKey, about(member), key, random(NONCE_BYTES)) };
    },
    unwrap: (member, wrapped) => unseal(masterKey, about(member), wrapped),
    nonce: () => random(NONCE_BYTES),
  };
}
