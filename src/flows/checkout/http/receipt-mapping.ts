import { memberIds } from "#kernel/ids.ts";
import { MAX_AMOUNT } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type EpochMs, parseInstant } from "#kernel/time.ts";
import { badTime, fault } from "#platform/http/field-faults.ts";
import type { FieldFault } from "#platform/http/problem.ts";
import type { MemberRef, ReceiptRequest, ReturnRequest } from "../requests.ts";
import type { ReceiptJson, ReturnJson } from "./schemas.ts";

export type MappingFailure =
  | { readonly code: "invalid-request"; readonly faults: readonly FieldFault[] }
  | { readonly code: "unknown-member" }
  | {
      readonly code: "tenders-differ";
      readonly pointer: string;
      readonly totalKopecks: number;
      readonly tendersKopecks: number;
    }
  | {
      readonly code: "points-tender-differs";
      readonly pointer: string;
      readonly spendCents: number;
      readonly tenderCents: number;
    };

/**
 * A receipt as a till sends it, already of the right shape, as checkout takes it. Checks what a schema can't say.
 * `kopecksPerPoint` is what one point pays for.
 */
export function toReceiptRequest(json: ReceiptJson, kopecksPerPoint: number): Result<ReceiptRequest, MappingFailure> {
  const at = parseInstant(json.at);
  const total = totalOf(json);
  const faults: FieldFault[] = [];
  if (at === undefined) faults.push(badTime("/at"));
  if (total > MAX_AMOUNT) faults.push(tooMuch());
  if (at === undefined || faults.length > 0) return err({ code: "invalid-request", faults });
  const refusal = checkTenders(json, total, kopecksPerPoint);
  if (refusal !== undefined) return err(refusal);
  const member = json.member === undefined ? undefined : toMemberRef(json.member);
  if (member === "unknown") return err({ code: "unknown-member" });
  const { partner, store, till, number, channel, hold } = json;
  const receipt = {
    partner,
    store,
    till,
    number,
    at,
    lines: json.lines.map(toLine),
    deliveryFeeKopecks: json.deliveryFee ?? 0,
    tenders: json.tenders === undefined ? [] : json.tenders.map(toTender),
    spendCents: json.spend ?? 0,
    ...(channel === undefined ? {} : { channel }),
  };
  return ok({
    receipt,
    ...(member === undefined ? {} : { member }),
    ...(hold === undefined ? {} : { holdId: hold }),
    ...(json.cashier === undefined ? {} : { cashier: json.cashier }),
    ...(json.device === undefined ? {} : { device: json.device }),
  });
}

/** A return; the receipt's id stands in the URL. */
export function toReturnRequest(receiptId: string, json: ReturnJson): Result<ReturnRequest, MappingFailure> {
  const at = parseInstant(json.at);
  const faults = duplicateLines(json.lines ?? []);
  if (at === undefined) faults.push(badTime("/at"));
  if (at === undefined || faults.length > 0) return err({ code: "invalid-request", faults });
  const { store, till, number } = json;
  return ok({
    receiptId,
    store,
    till,
    number,
    at,
    lines: json.lines?.map(({ line, amount }) => ({ line, amountKopecks: amount })) ?? "all",
    refund: json.refund ?? "money",
    ...(json.cashier === undefined ? {} : { cashier: json.cashier }),
  });
}

/** "unknown" for an id that is none: it names nobody, as an id of nobody would. */
export function toMemberRef(member: NonNullable<ReceiptJson["member"]>): MemberRef | "unknown" {
  if (member.id === undefined) {
    return { by: "identifier", kind: member.kind as string, value: member.value as string };
  }
  const id = memberIds.parse(member.id);
  return id === undefined ? "unknown" : { by: "id", id };
}

/** An optional time: undefined when absent, a fault when it is none. */
export function toInstant(text: string | undefined, pointer: string): Result<EpochMs | undefined, MappingFailure> {
  if (text === undefined) return ok(undefined);
  const at = parseInstant(text);
  return at === undefined ? err({ code: "invalid-request", faults: [badTime(pointer)] }) : ok(at);
}

function totalOf(json: ReceiptJson): number {
  let total = json.deliveryFee ?? 0;
  for (const line of json.lines) total += line.amount;
  return total;
}

/** Tenders are optional; given, they say the same as the rest of the receipt. */
function checkTenders(json: ReceiptJson, totalKopecks: number, kopecksPerPoint: number): MappingFailure | undefined {
  if (json.tenders === undefined) return undefined;
  let tendersKopecks = 0;
  let pointsKopecks = 0;
  for (const tender of json.tenders) {
    tendersKopecks += tender.amount;
    if (tender.kind === "points") pointsKopecks += tender.amount;
  }
  if (tendersKopecks !== totalKopecks) {
    return { code: "tenders-differ", pointer: "/tenders", totalKopecks, tendersKopecks };
  }
  // A hold without a spend is captured whole: how much that is, checkout knows.
  if (json.hold !== undefined && json.spend === undefined) return undefined;
  const spendCents = json.spend ?? 0;
  if (pointsKopecks * 100 !== spendCents * kopecksPerPoint) {
    const tenderCents = Math.floor((pointsKopecks * 100) / kopecksPerPoint);
    return { code: "points-tender-differs", pointer: "/spend", spendCents, tenderCents };
  }
  return undefined;
}

function toLine(line: ReceiptJson["lines"][number]): ReceiptRequest["receipt"]["lines"][number] {
  const { category, amount: amountKopecks, quantity } = line;
  return quantity === undefined ? { category, amountKopecks } : { category, amountKopecks, quantity };
}

function toTender(tender: NonNullable<ReceiptJson["tenders"]>[number]): ReceiptRequest["receipt"]["tenders"][number] {
  const { kind, amount: amountKopecks, token, bank } = tender;
  return {
    kind,
    amountKopecks,
    ...(token === undefined ? {} : { token }),
    ...(bank === undefined ? {} : { bank }),
  };
}

/** Lines that are named twice: which of the two is meant can't be known. */
export function duplicateLines(lines: readonly { readonly line: number }[]): FieldFault[] {
  const seen = new Set<number>();
  const faults: FieldFault[] = [];
  lines.forEach(({ line }, index) => {
    if (seen.has(line)) {
      faults.push(
        fault(`/lines/${index}/line`, "duplicate-line", {
          ru: "Строка чека указана дважды.",
          en: "The line stands there twice.",
        }),
      );
    }
    seen.add(line);
  });
  return faults;
}

function tooMuch(): FieldFault {
  return fault("/lines", "maximum", {
    ru: "Чек дороже 10 миллиардов рублей не принимается.",
    en: "A receipt of more than 10 billion roubles is not accepted.",
  });
}
