import { findMembers } from "#domains/identity/index.ts";
import {
  bookDue,
  loadSurvivors,
  openDraft,
  readFirstOpenDay,
  type Wallet,
  walletAfter,
} from "#domains/ledger/index.ts";
import { readLeft } from "#domains/limits/index.ts";
import { type CompiledProgramme, explain, type MemberStanding, price, type Receipt } from "#domains/program/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { err, ok } from "#kernel/result.ts";
import { limitNow } from "./budgets.ts";
import type { Outcome, QuoteBody } from "./checkout.ts";
import { checkTime, type Environment } from "./environment.ts";
import { checkStanding, type GuardedRequest, guardRequest, spendingStop } from "./guard.ts";
import { subjectOf } from "./holds.ts";
import { judgePriced, placesOf } from "./judge-receipt.ts";
import { notesOf } from "./notes.ts";
import { standingOf } from "./post-receipt.ts";
import type { MemberRef, Principal, ReceiptRequest } from "./requests.ts";

/**
 * What the receipt would earn and how many points could be spent on it, at this moment. Nothing is written, and a card
 * never seen before is quoted as a new member.
 */
export async function quote(
  environment: Environment,
  request: ReceiptRequest,
  principal: Principal,
): Outcome<QuoteBody> {
  const { receipt, member } = request;
  const now = environment.clock.now();
  if (principal.partner !== undefined && principal.partner !== receipt.partner) {
    return err({ code: "forbidden-partner", partner: receipt.partner });
  }
  const programme = environment.programmes.at(receipt.at);
  const refusal = checkTime(programme, receipt.at, now);
  if (refusal) return err(refusal);
  const wallet = member ? await readWallet(environment, member) : undefined;
  if (member?.by === "id" && wallet?.status !== "open") return err({ code: "unknown-member" });
  const known = wallet && (await standingNow(environment, wallet));
  const guarded = member && guardQuote(environment, request, member, programme, principal);
  const stopped =
    guarded && checkStanding(guarded, wallet && { before: wallet, via: undefined }, receipt.spendCents > 0);
  if (stopped) return err(stopped);
  const rules = guarded?.guards.pricing(programme, receipt.partner) ?? programme;
  const priced = await priceWithin(environment, receipt, known?.standing ?? NEWCOMER, rules);
  if (!priced.ok) return priced;
  const who = wallet?.member ?? 0;
  const seen = guarded && judgePriced(environment, receipt, guarded, priced.value, receipt.spendCents, who);
  if (seen && !seen.ok) return seen;
  const notes = seen && notesOf(environment.programmes, receipt.partner, seen.value.told, principal.language ?? "ru");
  const isSpendable = member !== undefined && !(guarded && spendingStop(guarded));
  return ok({
    replayed: false,
    body: {
      ...(wallet ? { member: memberIds.format(wallet.member) } : {}),
      earned: member ? priced.value.earnedCents : 0,
      spent: receipt.spendCents,
      spendable: isSpendable ? priced.value.spendableCents : 0,
      rules: member ? explain(priced.value.rules, programme, principal.language ?? "ru") : [],
      ...(notes ? { notes } : {}),
      ...(known ? { wallet: known.wallet } : {}),
      programmeVersion: programme.version,
    },
  });
}

function guardQuote(
  environment: Environment,
  request: ReceiptRequest,
  member: MemberRef,
  programme: CompiledProgramme,
  { language }: Principal,
): GuardedRequest | undefined {
  return guardRequest(environment, subjectOf(environment, member), placesOf(programme, request), language);
}

const NEWCOMER: MemberStanding = { traits: [], capUse: new Map(), firstPurchaseAt: new Map(), activeCents: 0 };

/** Priced within what budgets and covers have left now; most receipts ask none, and are priced once. */
async function priceWithin(
  environment: Environment,
  receipt: Receipt,
  standing: MemberStanding,
  programme: CompiledProgramme,
) {
  const asked = new Map<string, number | undefined>();
  const current = environment.programmes.current();
  const first = price(
    receipt,
    {
      ...standing,
      budgetLeft: (key, limitCents) => {
        const limit = limitNow(key, limitCents, current);
        if (limit !== "none") asked.set(key, limit);
        return Number.POSITIVE_INFINITY;
      },
    },
    programme,
  );
  if (asked.size === 0 || !first.ok) return first;
  const left = await readLeft(environment.pool, asked);
  const budgetLeft = (key: string) =>
    asked.has(key) ? (left.get(key) ?? asked.get(key) ?? 0) : Number.POSITIVE_INFINITY;
  return price(receipt, { ...standing, budgetLeft }, programme);
}

async function readWallet(environment: Environment, member: MemberRef): Promise<Wallet | undefined> {
  const client = await environment.pool.connect();
  try {
    const key = member.by === "identifier" ? environment.identifierKey(member.kind, member.value) : undefined;
    const id = member.by === "id" ? member.id : key && (await findMembers(client, [key])).get(key.text);
    return id === undefined ? undefined : (await loadSurvivors(client, [id])).get(id)?.wallet;
  } finally {
    client.release();
  }
}

async function standingNow(environment: Environment, wallet: Wallet) {
  const programme = environment.programmes.current();
  const draft = openDraft(wallet, {
    now: environment.clock.now(),
    calendar: programme.calendar,
    firstOpenDay: await readFirstOpenDay(environment.pool),
    programmeVersion: programme.version,
    operator: programme.operator,
  });
  bookDue(draft);
  return { standing: standingOf(draft), wallet: walletAfter(draft) };
}
