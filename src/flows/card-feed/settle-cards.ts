import { findMembers } from "#domains/identity/index.ts";
import { quantities } from "#domains/program/index.ts";
import type { Checkout, CheckoutFailure, Principal } from "#flows/checkout/index.ts";
import type { Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { categoryOf } from "./core/message.ts";
import {
  dueMessages,
  giveUpUnmatched,
  lockMessage,
  type MessageOutcome,
  matchTokens,
  type StoredMessage,
  settleMessage,
  wakeLeft,
} from "./store/messages.ts";
import type { CardFeedDeps } from "./take-message.ts";

export type SettleCardsDeps = Omit<CardFeedDeps, "identifierKey"> & {
  readonly checkout: Pick<Checkout, "postReceipt" | "returnReceipt">;
};

const AT_ONCE = 256;
const TILL = "cards";
const MACHINE: Principal = { keyId: "card-feed", role: "operator" };
/** Nothing is wrong with the message: it is tried again. */
const TRY_AGAIN = new Set(["overloaded", "no-programme"]);

/**
 * Posts what is due: a clearing as a receipt of the bank's card processing, a refund or reversal of it as a return. Keys
 * of both follow from the message, so that a crash on the way leads to the same answer. Gives the number settled.
 */
export async function settleCards(deps: SettleCardsDeps): Promise<number> {
  if (!deps.programmes.latest) return 0;
  let settled = 0;
  for (;;) {
    const due = await dueMessages(deps.pool, AT_ONCE);
    // Payments first: what undoes one finds it posted.
    const clearings = due.filter(({ kind }) => kind === "clearing");
    const done = await settleAll(deps, clearings, postClearing);
    const undone = await settleAll(
      deps,
      due.filter(({ kind }) => kind !== "clearing"),
      postUndoing,
    );
    settled += done + undone;
    if (due.length < AT_ONCE || done + undone === 0) return settled;
  }
}

async function settleAll(
  deps: SettleCardsDeps,
  messages: readonly StoredMessage[],
  settle: (deps: SettleCardsDeps, message: StoredMessage) => Promise<MessageOutcome | undefined>,
): Promise<number> {
  const outcomes = await Promise.all(
    messages.map(async (message) => {
      const outcome = await settle(deps, message);
      if (outcome === undefined) return 0;
      await transaction(deps.pool, async (client) => {
        await lockMessage(client, message.key);
        await settleMessage(client, message.key, outcome);
      });
      return 1;
    }),
  );
  return outcomes.filter((one) => one === 1).length;
}

async function postClearing(deps: SettleCardsDeps, message: StoredMessage): Promise<MessageOutcome | undefined> {
  const { bank, id, at, amountKopecks } = message;
  const terms = deps.programmes.at(at).document.cardFeeds?.[bank];
  if (terms === undefined) return { state: "refused", reason: "no-card-feed" };
  const { token } = message;
  if (token === undefined) return { state: "refused", reason: "unknown-token" };
  const member = (await findMembers(deps.pool, [token])).get(token.text);
  if (member === undefined) return { state: "unmatched" };
  const posted = await deps.checkout.postReceipt(
    {
      receipt: {
        ...{ partner: bank, store: terms.store, till: TILL, number: id, at },
        lines: [{ category: categoryOf(message, terms), amountKopecks }],
        deliveryFeeKopecks: 0,
        tenders: [{ kind: "card", amountKopecks, bank }],
        spendCents: 0,
      },
      member: { by: "id", id: member },
    },
    MACHINE,
  );
  if (posted.ok) return { state: "posted", member, receiptId: posted.value.body.receiptId };
  return refusal(posted.failure);
}

/** A refund or a reversal: of a payment that was posted a return, of one that was not nothing; else it waits. */
async function postUndoing(deps: SettleCardsDeps, message: StoredMessage): Promise<MessageOutcome | undefined> {
  const waiting: MessageOutcome = { state: "noted", reason: "waiting" };
  if (message.of === undefined) return { state: "refused", reason: "of-nothing" };
  const { of } = message;
  const undone = await transaction(deps.pool, async (client) => lockMessage(client, of));
  if (undone === undefined || undone.state === "due" || undone.state === "unmatched") return waiting;
  // Money that was only reserved has not moved: nothing was earned.
  if (undone.kind !== "clearing") return { state: "excluded", reason: "not-cleared" };
  if (undone.receiptId === undefined) return { state: "excluded", ...reasonOf(undone.reason) };
  return postReturn(deps, message, undone, undone.receiptId);
}

function reasonOf(reason: string | undefined) {
  return reason === undefined ? {} : { reason };
}

async function postReturn(
  deps: SettleCardsDeps,
  message: StoredMessage,
  undone: StoredMessage,
  receiptId: string,
): Promise<MessageOutcome | undefined> {
  const store = deps.programmes.at(undone.at).document.cardFeeds?.[undone.bank]?.store ?? TILL;
  const give = (amountKopecks: number, at: EpochMs) =>
    deps.checkout.returnReceipt(
      {
        ...{ receiptId, store, till: TILL, number: message.id, at },
        lines: [{ line: 0, amountKopecks }],
        refund: "money",
      },
      MACHINE,
    );
  const at = Math.max(message.at, undone.at);
  const outcome = await give(message.amountKopecks, at);
  const settled = judge(outcome, undone, receiptId);
  if (settled !== "again" || outcome.ok) return settled === "again" ? undefined : settled;
  const { failure } = outcome;
  // More than is left comes back as what is left; what comes too late for its own day is booked today.
  const left = failure.code === "return-exceeds-purchase" ? failure.leftKopecks : message.amountKopecks;
  if (left === 0) return { state: "refused", reason: "nothing-left" };
  const second = await give(left, failure.code === "receipt-too-late" ? deps.clock.now() : at);
  const last = judge(second, undone, receiptId);
  return last === "again" ? { state: "refused", reason: second.ok ? "posted" : second.failure.code } : last;
}

function judge(
  outcome: Result<unknown, CheckoutFailure>,
  undone: StoredMessage,
  receiptId: string,
): MessageOutcome | undefined | "again" {
  const { member } = undone;
  const posted: MessageOutcome = { state: "posted", receiptId, ...(member === undefined ? {} : { member }) };
  if (outcome.ok) return posted;
  const { code } = outcome.failure;
  // The key is the refund's own: it was posted with what was left then, and the note of it was lost.
  if (code === "idempotency-conflict") return posted;
  if (code === "return-exceeds-purchase" || code === "receipt-too-late") return "again";
  return refusal(outcome.failure);
}

function refusal({ code }: CheckoutFailure): MessageOutcome | undefined {
  return TRY_AGAIN.has(code) ? undefined : { state: "refused", reason: code };
}

/** Unmatched payments looked at in one statement. */
const PAGE = 5_000;

/** One pass over payments of strangers: a token that somebody has by now makes them due. Gives how many. */
export async function matchCards({
  pool,
  clock,
  programmes,
}: Pick<SettleCardsDeps, "pool" | "clock" | "programmes">): Promise<number> {
  if (programmes.latest) {
    const late = quantities.durationOf(programmes.current().document.policies.lateWindow);
    await giveUpUnmatched(pool, clock.now() - (quantities.fixedMs(late) ?? 0));
  }
  let woken = await wakeLeft(pool);
  for (let after: EpochMs | undefined = 0; after !== undefined; ) {
    const page = await matchTokens(pool, after, PAGE);
    woken += page.woken;
    after = page.last;
  }
  return woken;
}
