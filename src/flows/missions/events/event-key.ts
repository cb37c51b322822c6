import { hash } from "node:crypto";
import type { EventKey } from "#domains/missions/index.ts";
import { BUCKETS } from "#kernel/ids.ts";
import type { EventRequest } from "./requests.ts";

/** 128 bits of SHA-256 over (partner, id), and over the rest with `who` as shown; the order of data's fields is nothing. */
export function eventKey(request: EventRequest, who: string | number): EventKey {
  const keyHash = digest(["event", request.partner, request.id]);
  const data = Object.entries(request.data).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    keyBucket: keyHash.readUInt16BE(0) & (BUCKETS - 1),
    keyHash,
    bodyHash: digest([request.type, who, request.at, data]),
  };
}

function digest(value: unknown): Buffer {
  return hash("sha256", JSON.stringify(value), "buffer").subarray(0, 16);
}
