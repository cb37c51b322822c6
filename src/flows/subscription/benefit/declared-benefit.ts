import type { CompiledProgramme, MemberStanding, Receipt, Trait } from "#domains/program/index.ts";
import type { Plan } from "#domains/subscription/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type EpochMs, HOUR_MS } from "#kernel/time.ts";
import { type Comparison, compare } from "./compare.ts";

export type DeclaredSpend = { readonly partner: PartnerId; readonly category: string; readonly amountKopecks: Kopecks };
export type DeclaredDelivery = { readonly partner: PartnerId; readonly times?: number };

export type Declared = {
  /** In a month. */
  readonly spend: readonly DeclaredSpend[];
  readonly deliveries: readonly DeclaredDelivery[];
};

export type Benefit = Comparison & {
  readonly pointsKopecks: Kopecks;
  readonly deliveries: number;
  readonly deliveryKopecks: Kopecks;
  readonly savingKopecks: Kopecks;
  readonly priceKopecks: Kopecks;
  readonly netKopecks: Kopecks;
};

export type DeclaredFailure = {
  readonly code: "unknown-partner" | "unknown-category";
  readonly pointer: string;
  readonly value: string;
};

/** A month is told as seven receipts at each partner, four days apart: each day of the week once. */
export const RECEIPTS = 7;
const STRIDE_DAYS = 4;

/**
 * What a plan would bring in a month of declared spending: the month is told as receipts from tomorrow on, which are
 * priced with and without the plan, and each delivery that it makes free counts with its fee. First purchases are taken
 * as made. The member's traits are taken as they are, none for a stranger.
 */
export function declaredBenefit(
  plan: Plan,
  declared: Declared,
  programme: CompiledProgramme,
  traits: readonly Trait[],
  now: EpochMs,
): Result<Benefit, DeclaredFailure> {
  const unknown = findUnknown(declared, programme);
  if (unknown !== undefined) return err(unknown);
  const receipts = monthOfReceipts(declared.spend, programme, now);
  const known: MemberStanding["firstPurchaseAt"] = new Map([...programme.partners.keys()].map((id) => [id, 0]));
  const compared = compare(
    receipts.map((receipt) => ({ receipt, programme })),
    traits,
    known,
    plan.id,
  );
  const { delivery } = plan;
  const deliveries = declared.deliveries
    .filter(({ partner }) => delivery?.partners.includes(partner))
    .reduce((sum, { times }) => sum + (times ?? delivery?.usual ?? 0), 0);
  return ok(benefitOf(compared, deliveries, deliveries * (delivery?.feeKopecks ?? 0), plan, 1, programme));
}

/** Points are worth what they pay; a year's price is spread over its months. */
export function benefitOf(
  compared: Comparison,
  deliveries: number,
  deliveryKopecks: Kopecks,
  plan: Plan,
  months: number,
  programme: CompiledProgramme,
): Benefit {
  const pointsKopecks = Math.floor(((compared.withCents - compared.withoutCents) * programme.pointValueKopecks) / 100);
  const savingKopecks = pointsKopecks + deliveryKopecks;
  const priceKopecks = Math.round((plan.priceKopecks * months) / plan.months);
  const netKopecks = savingKopecks - priceKopecks;
  return { ...compared, pointsKopecks, deliveries, deliveryKopecks, savingKopecks, priceKopecks, netKopecks };
}

function findUnknown({ spend, deliveries }: Declared, programme: CompiledProgramme): DeclaredFailure | undefined {
  for (const [i, { partner, category }] of spend.entries()) {
    if (storeOf(partner, programme) === undefined) {
      return { code: "unknown-partner", pointer: `/spend/${i}/partner`, value: partner };
    }
    if (!programme.categories.numbers.has(category)) {
      return { code: "unknown-category", pointer: `/spend/${i}/category`, value: category };
    }
  }
  const stranger = deliveries.findIndex(({ partner }) => !programme.partners.has(partner));
  if (stranger < 0) return undefined;
  const value = deliveries[stranger]?.partner ?? "";
  return { code: "unknown-partner", pointer: `/deliveries/${stranger}/partner`, value };
}

/** The partner's first store with a shop floor, else its first: by id. */
function storeOf(partner: PartnerId, { stores }: CompiledProgramme): string | undefined {
  const own = [...stores.values()].filter((store) => store.partner.id === partner);
  return (own.find(({ channel }) => channel === "store") ?? own[0])?.id;
}

function monthOfReceipts(spend: readonly DeclaredSpend[], programme: CompiledProgramme, now: EpochMs): Receipt[] {
  const { calendar } = programme;
  const tomorrow = calendar.dayOf(now) + 1;
  const partners = [...new Set(spend.map(({ partner }) => partner))].sort();
  return Array.from({ length: RECEIPTS }, (_, i) => i).flatMap((i) =>
    partners.flatMap((partner): Receipt[] => {
      const lines = spend
        .filter((each) => each.partner === partner)
        .map(({ category, amountKopecks }) => ({ category, amountKopecks: partOf(amountKopecks, i) }))
        .filter(({ amountKopecks }) => amountKopecks > 0);
      if (lines.length === 0) return [];
      const at = calendar.startOf(tomorrow + STRIDE_DAYS * i) + 12 * HOUR_MS;
      const store = storeOf(partner, programme) ?? "";
      const shown = { partner, store, till: "calculator", number: String(i), at };
      return [{ ...shown, lines, deliveryFeeKopecks: 0, tenders: [], spendCents: 0 }];
    }),
  );
}

/** The i-th part of an amount: whole roubles, the odd ones first, so that whole percents of them lose nothing to rounding. */
function partOf(amountKopecks: Kopecks, i: number): Kopecks {
  const roubles = Math.floor(amountKopecks / 100);
  const part = Math.floor(roubles / RECEIPTS) + (i < roubles % RECEIPTS ? 1 : 0);
  return part * 100 + (i === 0 ? amountKopecks % 100 : 0);
}
