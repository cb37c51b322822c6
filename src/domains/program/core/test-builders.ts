import { invariant } from "#kernel/invariant.ts";
import { formatFileFault } from "#platform/yaml/faults.ts";
import { compileProgramme } from "./compile/compile.ts";
import type { CompiledProgramme } from "./compile/compiled.ts";
import { parseProgramme } from "./document/parse.ts";
import type { ProgrammeDocument, ProgrammeFile } from "./document/schema.ts";
import { price } from "./price/price.ts";
import type { MemberStanding, Priced, PricingFailure, Receipt, Trait } from "./types.ts";

/**
 * What tests of this domain are made with: a small coalition (grocers `alfa` and `beta`, telecom `gamma`, operator `op`)
 * that each test adds its own rules to. Not used outside of tests.
 */
export type ProgrammeParts = Partial<Omit<ProgrammeFile, "format">>;

export function fileOf(parts: ProgrammeParts): ProgrammeFile {
  const partner = (name: string) => ({ name, kind: "shop", canFund: true, canRedeem: true });
  return {
    format: 1,
    programme: { id: "test", name: "Test", timeZone: "Europe/Moscow", operator: "op", pointValue: "1 RUB" },
    partners: { alfa: partner("Alfa"), beta: partner("Beta"), gamma: partner("Gamma"), op: partner("Operator") },
    brands: {
      alfa: { partner: "alfa", name: "Alfa" },
      "alfa-go": { partner: "alfa", name: "Alfa Go" },
      beta: { partner: "beta", name: "Beta" },
      gamma: { partner: "gamma", name: "Gamma" },
    },
    stores: {
      "alfa-1": { brand: "alfa", name: "Alfa 1", city: "moscow" },
      "alfa-far": { brand: "alfa", name: "Alfa far", city: "vladivostok", timeZone: "Asia/Vladivostok" },
      "alfa-web": { brand: "alfa-go", name: "Alfa Go", channel: "online" },
      "beta-1": { brand: "beta", name: "Beta 1", city: "moscow" },
      "gamma-1": { brand: "gamma", name: "Gamma 1", city: "moscow" },
    },
    categories: {
      food: { name: "Food" },
      dairy: { name: "Dairy", parent: "food" },
      cheese: { name: "Cheese", parent: "dairy" },
      bread: { name: "Bread", parent: "food" },
      wine: { name: "Wine" },
      phone: { name: "Phone" },
    },
    rules: {},
    spending: { anywhere: { largestShare: "100%" } },
    ...parts,
  };
}

export function documentOf(parts: ProgrammeParts): ProgrammeDocument {
  const parsed = parseProgramme(JSON.stringify(fileOf(parts)), "test.yaml");
  invariant(parsed.ok, parsed.ok ? "" : parsed.failure.map(formatFileFault).join("\n"));
  return parsed.value;
}

export function programmeOf(parts: ProgrammeParts, version = 1, effectiveFromAt = 0): CompiledProgramme {
  return compileProgramme(documentOf(parts), version, effectiveFromAt);
}

/** Noon in Moscow on a Thursday. */
export const NOON = Date.parse("2026-01-15T12:00:00+03:00");

export type Line = readonly [category: string, roubles: number];

export function receiptOf(lines: readonly Line[], rest: Partial<Receipt> = {}): Receipt {
  return {
    partner: "alfa",
    store: "alfa-1",
    till: "1",
    number: "1",
    at: NOON,
    lines: lines.map(([category, roubles]) => ({ category, amountKopecks: Math.round(roubles * 100) })),
    deliveryFeeKopecks: 0,
    tenders: [],
    spendCents: 0,
    ...rest,
  };
}

export function standingOf(rest: Partial<MemberStanding> = {}): MemberStanding {
  return { traits: [], capUse: new Map(), firstPurchaseAt: new Map(), activeCents: 10_000_000, ...rest };
}

/** A trait that has always held. */
export function trait(kind: Trait["kind"], key: string, rest: Partial<Trait> = {}): Trait {
  return { kind, key, fromAt: 0, ...rest };
}

export function priceOk(
  receipt: Receipt,
  programme: CompiledProgramme,
  standing: MemberStanding = standingOf(),
): Priced {
  const priced = price(receipt, standing, programme);
  invariant(priced.ok, priced.ok ? "" : JSON.stringify(priced.failure));
  return priced.value;
}

export function refusal(
  receipt: Receipt,
  programme: CompiledProgramme,
  standing: MemberStanding = standingOf(),
): PricingFailure {
  const priced = price(receipt, standing, programme);
  invariant(!priced.ok, "the receipt is refused");
  return priced.failure;
}

/** Points by rule, in points: `{base: 12.5}`. A multiplier's are summed over the rules that it multiplies. */
export function pointsByRule(priced: Priced): Record<string, number> {
  const points: Record<string, number> = {};
  for (const { rule, pointsCents } of priced.rules) points[rule] = ((points[rule] ?? 0) * 100 + pointsCents) / 100;
  return points;
}

/** Points by funder over all parts, in points. */
export function pointsByFunder(priced: Priced): Record<string, number> {
  const cents: Record<string, number> = {};
  for (const part of priced.earned) {
    part.funders.forEach((funder, f) => {
      cents[funder] = (cents[funder] ?? 0) + (part.amountCents[f] ?? 0);
    });
  }
  return Object.fromEntries(Object.entries(cents).map(([funder, amount]) => [funder, amount / 100]));
}
