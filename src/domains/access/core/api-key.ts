import { hash } from "node:crypto";
import { crc32 } from "node:zlib";
import { type Principal, ROLES, type Role } from "./principal.ts";

/** A key as it is kept: everything but the secret. */
export type ApiKey = {
  readonly keyId: string;
  readonly role: Role;
  readonly partner?: string;
  readonly name: string;
  readonly createdAt: number;
  readonly createdBy?: string;
  readonly expiresAt?: number;
  readonly revokedAt?: number;
  readonly revokedBy?: string;
  /** YYYY-MM-DD, UTC. */
  readonly lastUsedDay?: string;
};

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const SECRET_BYTES = 20;
const SECRET_DIGITS = 32;
const CHECK_DIGITS = 6;

/**
 * `dk_<role>_` with 160 random bits and a checksum, all in Crockford's base 32: the prefix lets scanners of leaked
 * secrets find it, the checksum tells a mistyped key without asking the database.
 */
export function formatKey(role: Role, random: Uint8Array): string {
  const body = `dk_${role}_${base32(random.subarray(0, SECRET_BYTES))}`;
  return body + checksum(body);
}

/** Whether a text can be a key at all. Says nothing of whether it was ever given out. */
export function isKey(text: string): boolean {
  const match = /^dk_([a-z]+)_([0-9a-z]+)$/.exec(text);
  if (match === null || !ROLES.includes(match[1] as Role)) return false;
  if (match[2]?.length !== SECRET_DIGITS + CHECK_DIGITS) return false;
  const body = text.slice(0, -CHECK_DIGITS);
  return checksum(body) === text.slice(-CHECK_DIGITS);
}

/** How a key is known to storage: SHA-256 in hex. With 160 random bits no slow hash is needed. */
export function hashKey(key: string): string {
  return hash("sha256", key, "hex");
}

/** `key_`, then the time, then chance: ids sort by time. */
export function formatKeyId(at: number, random: Uint8Array): string {
  let time = "";
  for (let i = 0, rest = at; i < 9; i++, rest = Math.floor(rest / 32)) time = DIGITS[rest % 32] + time;
  return `key_${time}${base32(random.subarray(0, 5))}`;
}

export function principalOf(key: ApiKey): Principal {
  return { keyId: key.keyId, role: key.role, ...(key.partner === undefined ? {} : { partner: key.partner }) };
}

function checksum(body: string): string {
  let rest = crc32(body);
  let text = "";
  for (let i = 0; i < CHECK_DIGITS; i++, rest = Math.floor(rest / 32)) text += DIGITS[rest % 32];
  return text;
}

/** Five bytes make eight digits, so lengths here are multiples of five. */
function base32(bytes: Uint8Array): string {
  let text = "";
  let value = 0;
  let bits = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += DIGITS[(value >>> bits) & 31];
    }
  }
  return text;
}
