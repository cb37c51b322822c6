import { findKeys, loadReturned } from "#domains/ledger/index.ts";
import { err, ok } from "#kernel/result.ts";
import type { Outcome } from "./checkout.ts";
import type { Environment } from "./environment.ts";
import { bucketOfKey, parseReceiptId } from "./keys.ts";
import { readPosted } from "./read-posted.ts";
import type { AnonymousBody, PurchaseBody } from "./receipt-body.ts";
import { renderReceipt } from "./render-receipt.ts";
import type { Principal } from "./requests.ts";

/** A receipt with what it earned, why, and what has been returned of each line. Partners see their own. */
export async function getReceipt(
  environment: Environment,
  receiptId: string,
  principal: Principal,
): Outcome<Record<string, unknown>> {
  const unknown = err({ code: "unknown-receipt" as const });
  const keyHash = parseReceiptId(receiptId);
  if (!keyHash) return unknown;
  const key = { keyBucket: bucketOfKey(keyHash), keyHash };
  const [claim] = await findKeys(environment.pool, [key]);
  if (!claim) return unknown;
  const { operation, anonymousBody } = await readPosted(environment.pool, key, claim);
  if (operation && operation.kind !== "purchase") return unknown;
  const body = (operation?.body ?? anonymousBody) as PurchaseBody | AnonymousBody;
  if (principal.partner !== undefined && principal.partner !== body.receipt.partner) return unknown;
  const returned = operation && (await loadReturned(environment.pool, operation.member, operation.seq));
  return ok({
    replayed: false,
    body: {
      ...renderReceipt(environment.programmes, receiptId, operation ?? anonymousBody, principal.language),
      receipt: {
        ...body.receipt,
        lines: body.receipt.lines.map((line, index) => ({
          ...line,
          ...lineResult(body, index, returned?.lines[index]),
        })),
      },
      turnover: body.turnover,
    },
  });
}

function lineResult(body: PurchaseBody | AnonymousBody, line: number, returnedKopecks: number | undefined) {
  const returned = returnedKopecks ? { returned: returnedKopecks } : {};
  if (!("earned" in body)) return returned;
  let earned = 0;
  for (const part of body.earned) for (const cents of part.lineCents[line] ?? []) earned += cents;
  const paid = body.spent.byLine[line] ?? 0;
  return { earned, ...(paid > 0 ? { paidWithPoints: paid } : {}), ...returned };
}
