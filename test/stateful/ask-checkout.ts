import { createHash } from "node:crypto";
import type { Answer, CheckoutFailure, ReceiptBody, RunningCheckout, WalletView } from "#flows/checkout/index.ts";
import { holdIds, operationIds } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import type { Result } from "#kernel/result.ts";
import { storeOf } from "../cases/programme-yaml.ts";
import type { Reply, Request } from "./requests.ts";

/** The system's side of a run: its checkouts, and the receipt ids that it gave. */
export type CheckoutSide = {
  readonly checkouts: readonly RunningCheckout[];
  /** By `member.seq` of the purchase. */
  readonly receiptIds: Map<string, string>;
};

const OPERATOR = { keyId: "stateful", role: "operator" } as const;

/** Puts a request to one of the checkouts. */
export async function askCheckout(side: CheckoutSide, via: number, request: Request): Promise<Reply> {
  const checkout = side.checkouts[via % side.checkouts.length] as RunningCheckout;
  switch (request.kind) {
    case "receipt":
      return askReceipt(side, checkout, request, { by: "id", id: request.member });
    case "return": {
      const { at, lines, refund, number } = request;
      const receiptId = side.receiptIds.get(`${request.member}.${request.purchaseSeq}`) ?? UNKNOWN_RECEIPT;
      const place = { store: storeOf(request.partner), till: "1", number };
      const result = await checkout.returnReceipt({ receiptId, ...place, at, lines, refund }, OPERATOR);
      return read(result, ({ takenBack, givenBack, arrears, expired, refundKopecks }) => ({
        takenBack,
        givenBack,
        arrears,
        expired,
        refundKopecks,
      }));
    }
    case "hold": {
      const { key: idempotencyKey, partner, cents: pointsCents, ttlSeconds } = request;
      const member = { by: "id", id: request.member } as const;
      const result = await checkout.placeHold({ idempotencyKey, partner, member, pointsCents, ttlSeconds }, OPERATOR);
      return read(result, ({ state, held }) => ({ state, held }));
    }
    case "capture": {
      const { key: idempotencyKey, cents: pointsCents } = request;
      const holdId = holdIds.format({ member: request.member, seq: request.holdSeq });
      const result = await checkout.captureHold({ idempotencyKey, holdId, pointsCents }, OPERATOR);
      return read(result, ({ state, captured, released }) => ({
        state,
        captured: captured ?? -1,
        released: released ?? -1,
      }));
    }
    case "void": {
      const holdId = holdIds.format({ member: request.member, seq: request.holdSeq });
      const result = await checkout.voidHold({ idempotencyKey: request.key, holdId }, OPERATOR);
      return read(result, ({ state, released }) => ({ state, released: released ?? -1 }));
    }
    case "award": {
      const { key: idempotencyKey, funder, cents: pointsCents, expiresAt } = request;
      const member = { by: "id", id: request.member } as const;
      const asked = { idempotencyKey, member, pointsCents, funder, reason: "stateful" };
      const result = await checkout.award(expiresAt === undefined ? asked : { ...asked, expiresAt }, OPERATOR);
      return read(result, ({ earned }) => ({ earned }));
    }
  }
}

/** An id of the right form that no receipt has. */
const UNKNOWN_RECEIPT = `rcp_${"0".repeat(26)}`;

async function askReceipt(
  side: CheckoutSide,
  checkout: RunningCheckout,
  request: Extract<Request, { kind: "receipt" }>,
  member: { by: "id"; id: number } | { by: "identifier"; kind: string; value: string },
): Promise<Reply> {
  const result = await sendReceipt(checkout, request, member);
  const reply = read(result, ({ earned, spent }) => ({ earned, spent }));
  if (result.ok && reply.ok) side.receiptIds.set(`${request.member}.${reply.seq}`, result.value.body.receiptId);
  return reply;
}

function sendReceipt(
  checkout: RunningCheckout,
  request: Extract<Request, { kind: "receipt" }>,
  member: { by: "id"; id: number } | { by: "identifier"; kind: string; value: string },
): Promise<Result<Answer<ReceiptBody>, CheckoutFailure>> {
  const { partner, number, at, lines, spendCents } = request;
  const place = { partner, store: storeOf(partner), till: "1", number, at };
  const receipt = { ...place, lines, deliveryFeeKopecks: 0, tenders: [], spendCents };
  const holdId =
    request.holdSeq === undefined ? undefined : holdIds.format({ member: request.member, seq: request.holdSeq });
  return checkout.postReceipt({ receipt, member, ...(holdId ? { holdId } : {}) }, OPERATOR);
}

/** A new card is shown at a till: the member behind it, and the receipt that made it one. */
export async function join(
  side: CheckoutSide,
  card: string,
  at: number,
): Promise<{ member: number; request: Request }> {
  const request = {
    kind: "receipt",
    member: 0,
    partner: "alfa",
    number: `join-${createHash("sha256").update(card).digest("hex").slice(0, 12)}`,
    at,
    lines: [{ category: "joining", amountKopecks: 100 }],
    spendCents: 0,
  } as const;
  const result = await sendReceipt(side.checkouts[0] as RunningCheckout, request, {
    by: "identifier",
    kind: "card",
    value: card,
  });
  invariant(result.ok && result.value.body.operation, "a new card joins with its first receipt");
  const operation = operationIds.parse(result.value.body.operation);
  invariant(operation, "an operation has an id");
  side.receiptIds.set(`${operation.member}.${operation.seq}`, result.value.body.receiptId);
  return { member: operation.member, request: { ...request, member: operation.member } };
}

function read<Body extends { readonly operation?: string; readonly wallet?: WalletView }>(
  result: Result<Answer<Body>, CheckoutFailure>,
  say: (body: Body) => Readonly<Record<string, number | string>>,
): Reply {
  if (!result.ok) return { ok: false, code: result.failure.code };
  const { replayed, body } = result.value;
  const operation = body.operation === undefined ? undefined : operationIds.parse(body.operation);
  invariant(operation && body.wallet, "a member's answer names its operation and wallet");
  return { ok: true, replayed, seq: operation.seq, wallet: body.wallet, said: say(body) };
}
