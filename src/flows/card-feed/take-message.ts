import { hash } from "node:crypto";
import type { Pool } from "pg";
import type { IdentifierKey } from "#domains/identity/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { Principal } from "#flows/checkout/index.ts";
import { BUCKETS } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { formatInstant } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { type CardMessage, firstState } from "./core/message.ts";
import { insertMessage, type MessageKey, readMessage, type StoredMessage } from "./store/messages.ts";

export type CardFeedDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly identifierKey: (kind: string, value: string) => IdentifierKey;
};

export type CardFeedFailure =
  | { readonly code: "no-programme" }
  | { readonly code: "forbidden-partner"; readonly partner: string }
  | { readonly code: "no-card-feed"; readonly bank: string }
  | { readonly code: "card-transaction-in-future" }
  | { readonly code: "unknown-card-transaction" }
  | { readonly code: "idempotency-conflict" };

export type CardAnswer = { readonly bank: string; readonly id: string; readonly kind: string; readonly at: string };

/**
 * Takes what a bank tells of a card payment, once by (bank, id), however often and in whatever order it comes. What
 * follows from it is posted by the worker (`settleCards`): the answer is the same before and after.
 */
export async function takeMessage(
  deps: CardFeedDeps,
  message: CardMessage,
  principal: Principal,
): Promise<Result<{ readonly replayed: boolean; readonly body: CardAnswer }, CardFeedFailure>> {
  const { pool, clock, programmes } = deps;
  if (!programmes.latest) return err({ code: "no-programme" });
  const { bank, id, kind, at } = message;
  if (principal.partner !== undefined && principal.partner !== bank) {
    return err({ code: "forbidden-partner", partner: bank });
  }
  const now = clock.now();
  if (at > now + programmes.current().policies.futureToleranceMs) return err({ code: "card-transaction-in-future" });
  // The version of the payment's own time says what earns: late ones end as they would have in time.
  const terms = programmes.at(at).document.cardFeeds?.[bank];
  if (terms === undefined) return err({ code: "no-card-feed", bank });
  const token = deps.identifierKey(terms.token ?? "payment", message.token);
  const key = messageKey(bank, id);
  const { of, amountKopecks, mcc, merchant } = message;
  const body = [kind, of, token.text, at, amountKopecks, mcc, merchant];
  const bodyHash = hash("sha256", JSON.stringify(body), "buffer").subarray(0, 16);
  const first = firstState(message, terms);
  const isNew = await insertMessage(pool, {
    ...{ key, bodyHash, bank, id, kind, at, amountKopecks, mcc, receivedAt: now },
    ...(kind === "clearing" && first.state === "due" ? { token } : {}),
    ...(of === undefined ? {} : { of: messageKey(bank, of) }),
    ...(merchant === undefined ? {} : { merchant }),
    ...first,
  });
  const answer = { bank, id, kind, at: formatInstant(at) };
  if (isNew) return ok({ replayed: false, body: answer });
  const known = await readMessage(pool, key);
  if (!known?.bodyHash.equals(bodyHash)) return err({ code: "idempotency-conflict" });
  return ok({ replayed: true, body: answer });
}

/** How a payment stands: what it earned is in its receipt. */
export async function getMessage(
  { pool }: Pick<CardFeedDeps, "pool">,
  bank: string,
  id: string,
  principal: Principal,
): Promise<Result<StoredMessage, CardFeedFailure>> {
  if (principal.partner !== undefined && principal.partner !== bank) return err({ code: "unknown-card-transaction" });
  const message = await readMessage(pool, messageKey(bank, id));
  return message ? ok(message) : err({ code: "unknown-card-transaction" });
}

/** 128 bits of SHA-256 over (bank, id); its bucket comes from itself, as a receipt's does. */
export function messageKey(bank: string, id: string): MessageKey {
  const digest = hash("sha256", JSON.stringify(["card", bank, id]), "buffer").subarray(0, 16);
  return { bucket: digest.readUInt16BE(0) & (BUCKETS - 1), hash: digest };
}
