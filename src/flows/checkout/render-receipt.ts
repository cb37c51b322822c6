import type { StoredOperation } from "#domains/ledger/index.ts";
import { explain, type Language, type Programmes } from "#domains/program/index.ts";
import { memberIds, operationIds } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import type { ReceiptBody } from "./answers.ts";
import { notesOf } from "./notes.ts";
import type { AnonymousBody, PurchaseBody } from "./receipt-body.ts";

/**
 * The answer to a receipt, from what was stored of it: the same for the first time and for every replay.
 */
export function renderReceipt(
  programmes: Programmes,
  receiptId: string,
  stored: unknown,
  language: Language = "ru",
): ReceiptBody {
  invariant(typeof stored === "object" && stored !== null, "a receipt has a stored body");
  if (!("seq" in stored)) {
    const { programmeVersion } = stored as AnonymousBody;
    return { receiptId, earned: 0, spent: 0, rules: [], programmeVersion };
  }
  const operation = stored as StoredOperation;
  const body = operation.body as PurchaseBody;
  const programme = programmes.version(operation.programmeVersion);
  let earned = 0;
  for (const part of body.earned) for (const cents of part.amountCents) earned += cents;
  const notes = notesOf(programmes, operation.partner, body, language);
  return {
    receiptId,
    operation: operationIds.format(operation),
    member: memberIds.format(operation.member),
    earned,
    ...(body.reserved === undefined ? {} : { reserved: body.reserved }),
    spent: body.spent.cents,
    rules: explain(body.rules, programme, language),
    ...(notes ? { notes } : {}),
    wallet: body.wallet,
    programmeVersion: operation.programmeVersion,
  };
}
