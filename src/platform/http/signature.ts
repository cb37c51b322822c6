import { createHmac, timingSafeEqual } from "node:crypto";
import { type EpochMs, MINUTE_MS } from "#kernel/time.ts";

/**
 * Signatures of messages between machines, by the Standard Webhooks scheme (standardwebhooks.com): HMAC-SHA256 with a shared
 * secret over `id.timestamp.body`, in three headers. Our own few lines, since the published library reads the system's clock.
 */
export type SignatureHeaders = {
  readonly "webhook-id": string;
  /** Seconds since 1970. */
  readonly "webhook-timestamp": string;
  /** `v1,` and base64; several, parted by spaces, while secrets are being changed. */
  readonly "webhook-signature": string;
};

const PREFIX = "whsec_";
const LEAST_BYTES = 24;
/** How far the clocks of both sides may be apart, and how long a message that was overheard can be sent again. */
const TOLERANCE_MS = 5 * MINUTE_MS;

/** The bytes of `whsec_` and base64; undefined where it is something else, or too short to be a secret. */
export function parseSecret(text: string): Uint8Array | undefined {
  const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : "";
  const bytes = Buffer.from(base64, "base64");
  return bytes.length >= LEAST_BYTES && bytes.toString("base64") === base64 ? bytes : undefined;
}

export function sign(secret: Uint8Array, id: string, now: EpochMs, body: string | Uint8Array): SignatureHeaders {
  const timestamp = String(Math.floor(now / 1_000));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${mac(secret, id, timestamp, body).toString("base64")}`,
  };
}

/** Whether one of the secrets signed these bytes, not long ago. */
export function isSigned(
  secrets: readonly Uint8Array[],
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  body: Uint8Array,
  now: EpochMs,
): boolean {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
  if (typeof id !== "string" || typeof timestamp !== "string" || typeof signatures !== "string") return false;
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(Number(timestamp) * 1_000 - now) > TOLERANCE_MS) return false;
  const given = signatures
    .split(" ")
    .filter((each) => each.startsWith("v1,"))
    .map((each) => Buffer.from(each.slice(3), "base64"));
  return secrets.some((secret) => {
    const expected = mac(secret, id, timestamp, body);
    return given.some((each) => each.length === expected.length && timingSafeEqual(each, expected));
  });
}

function mac(secret: Uint8Array, id: string, timestamp: string, body: string | Uint8Array): Buffer {
  return createHmac("sha256", secret).update(`${id}.${timestamp}.`).update(body).digest();
}
