import type { LotShare } from "#domains/ledger/index.ts";
import type { EarnedPart, Priced, Receipt, RuleResult } from "#domains/program/index.ts";
import type { PointsCents } from "#kernel/money.ts";
import { formatInstant } from "#kernel/time.ts";
import type { WalletView } from "./answers.ts";
import type { ReviewBody } from "./guard.ts";

/**
 * What a purchase stores of its receipt: all that answers, returns and the warehouse need, and nothing that names the
 * member. Short keys where lines repeat; this is the platform's most written document.
 */
export type PurchaseBody = {
  readonly v: 1;
  readonly receipt: StoredReceipt;
  /** Kopecks: lines and delivery. */
  readonly turnover: number;
  readonly rules: readonly RuleResult[];
  readonly earned: readonly Pick<EarnedPart, "funders" | "amountCents" | "lineCents">[];
  /** Points that wait for the top-up of a deposit. */
  readonly reserved?: PointsCents;
  readonly spent: { readonly cents: number; readonly byLine: readonly number[]; readonly draws: readonly LotShare[] };
  readonly wallet: WalletView;
  /** Its points wait for a decision. */
  readonly review?: ReviewBody;
  /** Earning was stopped when it came. */
  readonly stopped?: "programme" | "partner";
};

export type StoredReceipt = {
  readonly partner: string;
  readonly store: string;
  readonly till: string;
  readonly number: string;
  readonly at: string;
  readonly channel?: string;
  /** A keyed hash, hexadecimal. */
  readonly cashier?: string;
  readonly lines: readonly { readonly category: string; readonly amount: number; readonly quantity?: number }[];
  readonly deliveryFee?: number;
  readonly tenders?: readonly { readonly kind: string; readonly amount: number; readonly bank?: string }[];
};

export type AnonymousBody = {
  readonly v: 1;
  readonly receipt: StoredReceipt;
  readonly turnover: number;
  readonly programmeVersion: number;
};

/** Card tokens of tenders stay out: they are identifiers. */
export function storedReceipt(receipt: Receipt, cashier?: string): StoredReceipt {
  return {
    partner: receipt.partner,
    store: receipt.store,
    till: receipt.till,
    number: receipt.number,
    at: formatInstant(receipt.at),
    ...(receipt.channel === undefined ? {} : { channel: receipt.channel }),
    ...(cashier === undefined ? {} : { cashier }),
    lines: receipt.lines.map((line) => ({
      category: line.category,
      amount: line.amountKopecks,
      ...(line.quantity === undefined ? {} : { quantity: line.quantity }),
    })),
    ...(receipt.deliveryFeeKopecks === 0 ? {} : { deliveryFee: receipt.deliveryFeeKopecks }),
    ...(receipt.tenders.length === 0
      ? {}
      : {
          tenders: receipt.tenders.map((tender) => ({
            kind: tender.kind,
            amount: tender.amountKopecks,
            ...(tender.bank === undefined ? {} : { bank: tender.bank }),
          })),
        }),
  };
}

export function turnoverOf(receipt: Receipt): number {
  let total = receipt.deliveryFeeKopecks;
  for (const line of receipt.lines) total += line.amountKopecks;
  return total;
}

export function purchaseBody(
  receipt: StoredReceipt,
  turnover: number,
  priced: Priced,
  draws: readonly LotShare[],
  wallet: WalletView,
): PurchaseBody {
  let cents = 0;
  for (const draw of draws) cents += draw[3];
  return {
    v: 1,
    receipt,
    turnover,
    rules: priced.rules,
    earned: priced.earned.map(({ funders, amountCents, lineCents }) => ({ funders, amountCents, lineCents })),
    ...(priced.reserved.length === 0 ? {} : { reserved: reservedCents(priced) }),
    spent: { cents, byLine: cents === 0 ? [] : priced.spentByLineCents, draws },
    wallet,
  };
}

function reservedCents({ reserved }: Priced): PointsCents {
  return reserved.reduce((sum, { amountCents }) => sum + amountCents.reduce((all, cents) => all + cents, 0), 0);
}
