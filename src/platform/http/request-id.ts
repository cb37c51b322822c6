import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";

const CALLERS_OWN = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/**
 * Ids of requests: the caller's own `X-Request-Id` when it is short and plain, so that one id follows a request through
 * several systems; else a prefix of this process and a number, which costs no randomness per request.
 */
export function createRequestIds(
  random: string = randomBytes(6).toString("hex"),
): (request: IncomingMessage) => string {
  let count = 0;
  return (request) => {
    const own = request.headers["x-request-id"];
    if (typeof own === "string" && CALLERS_OWN.test(own)) return own;
    count++;
    return `req_${random}${count.toString(36)}`;
  };
}
