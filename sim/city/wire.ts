import { type Day, formatDay } from "#kernel/time.ts";
import { OTHER_BANKS } from "./assumptions.ts";
import { CATEGORIES } from "./categories.ts";
import { cardOf, extraPhoneOf, paymentTokenOf, phoneOf } from "./identifiers.ts";
import { BANK, PARTNERS } from "./partners.ts";
import { STORES } from "./places.ts";
import { type CityReceipt, MOSCOW_OFFSET_MS } from "./receipts.ts";
import type { CityReturn } from "./returns.ts";

/** The bodies that a till sends: `POST /v1/receipts` and `POST /v1/receipts/{receiptId}/returns`. */
export type ReceiptBody = {
  partner: string;
  store: string;
  till: string;
  number: string;
  /** RFC 3339 with Moscow's offset. */
  at: string;
  channel: "store" | "online";
  member?: { kind: "card" | "phone"; value: string };
  /** Kopecks. */
  lines: { category: string; amount: number; quantity: number }[];
  deliveryFee?: number;
  tenders: { kind: "cash" | "card" | "points"; amount: number; token?: string; bank?: string }[];
  /** Hundredths of a point. */
  spend?: number;
};

export type ReceiptKey = { partner: string; store: string; till: string; number: string; businessDay: string };

export type ReturnBody = {
  store: string;
  till: string;
  number: string;
  at: string;
  lines?: { line: number; amount: number }[];
  all?: true;
};

const DAY_MS = 86_400_000;
const TWO_DIGITS = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, "0"));
const TILLS = Array.from({ length: 32 }, (_, i) => String(i));

let formattedDay: Day = Number.NaN;
let formattedText = "";

/** RFC 3339 at +03:00, by arithmetic: `Date` and `Intl` cost more than the rest of a receipt. */
export function moscowTime(at: number): string {
  const local = at + MOSCOW_OFFSET_MS;
  const day = Math.floor(local / DAY_MS);
  if (day !== formattedDay) {
    formattedDay = day;
    formattedText = `${formatDay(day)}T`;
  }
  const second = Math.floor((local - day * DAY_MS) / 1_000);
  const hour = TWO_DIGITS[Math.floor(second / 3_600)];
  return `${formattedText}${hour}:${TWO_DIGITS[Math.floor(second / 60) % 60]}:${TWO_DIGITS[second % 60]}+03:00`;
}

/** Which identifier the till read. */
export function memberOf(seed: number, receipt: CityReceipt): { kind: "card" | "phone"; value: string } | undefined {
  const { owner, account, shows } = receipt;
  if (shows === "none") return undefined;
  if (shows === "card") return { kind: "card", value: cardOf(seed, owner, account) };
  return { kind: "phone", value: account === 0 ? phoneOf(seed, owner, 0) : extraPhoneOf(seed, owner, account) };
}

/** `spendCents` points pay the first part of the receipt (1 point = 1 rouble); at most its goods. Tenders always sum to the total. */
export function toReceiptBody(seed: number, receipt: CityReceipt, spendCents = 0): ReceiptBody {
  const lines = new Array<ReceiptBody["lines"][number]>(receipt.amounts.length);
  for (let i = 0; i < lines.length; i++) {
    lines[i] = {
      category: CATEGORIES[receipt.categories[i] as number]?.id as string,
      amount: receipt.amounts[i] as number,
      quantity: receipt.quantities[i] as number,
    };
  }
  const body: ReceiptBody = {
    partner: PARTNERS[receipt.partner]?.id as string,
    store: STORES[receipt.store]?.id as string,
    till: TILLS[receipt.till] as string,
    number: String(receipt.number),
    at: moscowTime(receipt.at),
    channel: receipt.online ? "online" : "store",
    lines,
    tenders: tendersOf(seed, receipt, spendCents),
  };
  const member = memberOf(seed, receipt);
  if (member) body.member = member;
  if (receipt.deliveryFeeKopecks > 0) body.deliveryFee = receipt.deliveryFeeKopecks;
  if (spendCents > 0) body.spend = spendCents;
  return body;
}

function tendersOf(seed: number, receipt: CityReceipt, pointsKopecks: number): ReceiptBody["tenders"] {
  const fromCash = Math.min(pointsKopecks, receipt.cashKopecks);
  const cash = receipt.cashKopecks - fromCash;
  const card = receipt.cardKopecks - (pointsKopecks - fromCash);
  const tenders: ReceiptBody["tenders"] = [];
  if (pointsKopecks > 0) tenders.push({ kind: "points", amount: pointsKopecks });
  if (cash > 0) tenders.push({ kind: "cash", amount: cash });
  if (card > 0) {
    const bank = receipt.bank === 0 ? PARTNERS[BANK]?.id : OTHER_BANKS[receipt.bank - 1];
    tenders.push({
      kind: "card",
      amount: card,
      token: paymentTokenOf(seed, receipt.person, receipt.bank),
      bank: bank ?? "",
    });
  }
  return tenders;
}

export function receiptKeyOf(receipt: CityReceipt): ReceiptKey {
  return {
    partner: PARTNERS[receipt.partner]?.id as string,
    store: STORES[receipt.store]?.id as string,
    till: String(receipt.till),
    number: String(receipt.number),
    businessDay: formatDay(receipt.day),
  };
}

export function toReturnBody(returned: CityReturn): ReturnBody {
  const base = {
    store: STORES[returned.receipt.store]?.id as string,
    till: String(returned.till),
    number: String(returned.number),
    at: moscowTime(returned.at),
  };
  if (returned.lines === "all") return { ...base, all: true };
  return { ...base, lines: returned.lines.map(({ line, amountKopecks }) => ({ line, amount: amountKopecks })) };
}
