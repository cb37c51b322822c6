import type { ProgrammeDocument } from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";

export type MessageKind = "authorisation" | "clearing" | "reversal" | "refund";

/** What a bank tells of one step of a card payment. `of` is the id of the message that it follows. */
export type CardMessage = {
  readonly bank: PartnerId;
  readonly id: string;
  readonly kind: MessageKind;
  readonly of?: string;
  readonly token: string;
  /** When the member paid (of a clearing too), or when it was undone. */
  readonly at: EpochMs;
  readonly amountKopecks: Kopecks;
  readonly mcc: string;
  readonly merchant?: string;
};

/**
 * noted: nothing follows from it, or it waits for what it undoes; due: to be posted; unmatched: nobody has the token yet;
 * excluded: the programme pays nothing for it; refused: as the reason says.
 */
export type MessageState = "noted" | "due" | "unmatched" | "posted" | "excluded" | "refused";

export type CardFeedTerms = NonNullable<ProgrammeDocument["cardFeeds"]>[string];

/** What follows from a message by itself. Money has moved with a clearing, not with an authorisation. */
export function firstState(message: CardMessage, terms: CardFeedTerms): { state: MessageState; reason?: string } {
  if (message.kind === "authorisation") return { state: "noted" };
  if (message.kind !== "clearing") return { state: "due" };
  const reason = exclusionOf(message, terms);
  return reason === undefined ? { state: "due" } : { state: "excluded", reason };
}

/** Why a payment earns nothing, by its MCC or its merchant. */
export function exclusionOf(
  { mcc, merchant }: Pick<CardMessage, "mcc" | "merchant">,
  terms: CardFeedTerms,
): "mcc" | "merchant" | undefined {
  if (listOf(terms.exceptMcc).some((range) => isWithin(mcc, range))) return "mcc";
  return merchant !== undefined && listOf(terms.exceptMerchants).includes(merchant) ? "merchant" : undefined;
}

/** The category of a payment; of several ranges that hold an MCC the first by category counts. */
export function categoryOf({ mcc }: Pick<CardMessage, "mcc">, { byMcc = {}, category }: CardFeedTerms): string {
  const found = Object.keys(byMcc)
    .sort()
    .find((each) => listOf(byMcc[each]).some((range) => isWithin(mcc, range)));
  return found ?? category;
}

function isWithin(mcc: string, range: string): boolean {
  const [from, to = from] = range.split("-") as [string, string?];
  return mcc >= from && mcc <= (to as string);
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

/** Whether a token is a card number after all (Luhn, ISO/IEC 7812-1): 13 to 19 digits, with spaces or hyphens or not. */
export function isCardNumber(token: string): boolean {
  const digits = token.replace(/[ -]/g, "");
  if (!/^\d{13,19}$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
