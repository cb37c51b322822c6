import type { PartnerId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";

export type GoldenField = "name" | "birthDate" | "gender" | "address" | "phone" | "email";

/** How the winner of a field is found; ties go to the newer, then to the partner's name. */
export type Strategy =
  | { readonly by: "trust"; readonly partners: readonly PartnerId[] }
  | { readonly by: "newest" | "longest" | "most-frequent" };

export type Strategies = Readonly<Record<GoldenField, Strategy>>;

/** A value as one profile has it. */
export type Told = {
  readonly value: string;
  readonly partner: PartnerId;
  readonly at: EpochMs;
  readonly verified?: boolean;
};

export type Golden = {
  readonly value: string;
  readonly partner: PartnerId;
  readonly at: EpochMs;
  readonly strategy: Strategy["by"];
  readonly verified?: boolean;
  /** What the others say, once per value and partner. */
  readonly losing: readonly Told[];
};

export const DEFAULT_STRATEGIES: Strategies = {
  name: { by: "longest" },
  birthDate: { by: "most-frequent" },
  gender: { by: "most-frequent" },
  address: { by: "newest" },
  phone: { by: "newest" },
  email: { by: "newest" },
};

/** The winner of one field; undefined when nobody says anything. Verified values come before all others. */
export function winnerOf(told: readonly Told[], strategy: Strategy): Golden | undefined {
  const proven = told.filter((each) => each.verified);
  const candidates = proven.length > 0 ? proven : told;
  if (candidates.length === 0) return undefined;
  const frequency = new Map<string, number>();
  for (const { value } of candidates) frequency.set(value, (frequency.get(value) ?? 0) + 1);
  const rank = (each: Told): number => {
    if (strategy.by === "trust") return -placeOf(strategy.partners, each.partner);
    if (strategy.by === "longest") return each.value.length;
    return strategy.by === "most-frequent" ? (frequency.get(each.value) as number) : each.at;
  };
  const better = (a: Told, b: Told) =>
    rank(b) - rank(a) || b.at - a.at || (a.partner < b.partner ? -1 : a.partner > b.partner ? 1 : 0);
  const winner = [...candidates].sort(better)[0] as Told;
  const losing = new Map<string, Told>();
  for (const each of [...told].sort((a, b) => b.at - a.at)) {
    const key = JSON.stringify([each.value, each.partner]);
    if (each.value !== winner.value && !losing.has(key)) losing.set(key, each);
  }
  return { ...winner, strategy: strategy.by, losing: [...losing.values()] };
}

function placeOf(partners: readonly PartnerId[], partner: PartnerId): number {
  const at = partners.indexOf(partner);
  return at < 0 ? partners.length : at;
}

export function goldenRecord(
  told: Readonly<Partial<Record<GoldenField, readonly Told[]>>>,
  strategies: Strategies,
): Partial<Record<GoldenField, Golden>> {
  const record: Partial<Record<GoldenField, Golden>> = {};
  for (const field of Object.keys(strategies) as GoldenField[]) {
    const golden = winnerOf(told[field] ?? [], strategies[field]);
    if (golden) record[field] = golden;
  }
  return record;
}
