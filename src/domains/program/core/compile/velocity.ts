import { invariant } from "#kernel/invariant.ts";
import {
  distinctOf,
  durationOf,
  fixedMs,
  isQuantity,
  moneyKopecks,
  pointsCentsOf,
  timesOf,
} from "../document/quantities.ts";
import type { ProgrammeDocument } from "../document/schema.ts";
import { listOf, type Text, textOf } from "../document/shorthand.ts";
import type { StoreTerms } from "./compiled.ts";
import { placeMask } from "./conditions.ts";
import { sortedIds } from "./tables.ts";

export type VelocitySubject = "member" | "card" | "payment-card" | "device" | "cashier" | "till" | "store" | "partner";

export type VelocityAction = "allow" | "review" | "refuse";

/** A velocity rule as the guards read it. Pricing never looks at it. */
export type VelocityTerms = {
  readonly id: string;
  readonly name: Text;
  /** Each combination of these is counted apart. */
  readonly of: readonly VelocitySubject[];
  readonly on: "purchase" | "spend" | "return";
  readonly measure: "times" | "money" | "points" | "distinct" | "apart";
  /** Times, kopecks, hundredths of a point, different ones, or milliseconds, by `measure`. */
  readonly limit: number;
  /** What is counted once each, for `distinct`. */
  readonly distinct: VelocitySubject | undefined;
  /** Milliseconds of a sliding window; for `apart`, the distance. */
  readonly windowMs: number | undefined;
  /** Or the calendar's period. */
  readonly per: "day" | "week" | "month" | undefined;
  /** By store number; undefined where any store will do. */
  readonly placeMask: Uint8Array | undefined;
  readonly channels: readonly string[] | undefined;
  readonly action: VelocityAction;
};

export function compileVelocity(document: ProgrammeDocument, stores: readonly StoreTerms[]): VelocityTerms[] {
  // Versions stored before the section existed have none.
  const section = (document.velocity as ProgrammeDocument["velocity"] | undefined) ?? {};
  return sortedIds(section).map((id) => {
    const source = section[id];
    invariant(source, `no velocity rule ${id}`);
    return {
      id,
      name: textOf(source.name),
      of: listOf(source.of),
      on: source.on ?? "purchase",
      ...measureOf(source),
      per: source.per,
      placeMask: source.when === undefined ? undefined : placeMask(source.when, stores),
      channels: source.when?.channel === undefined ? undefined : listOf(source.when.channel),
      action: source.action,
    };
  });
}

function measureOf({ limit, apart, within }: ProgrammeDocument["velocity"][string]) {
  const distinct = undefined;
  if (apart !== undefined) {
    const ms = msOf(apart);
    return { measure: "apart" as const, limit: ms, windowMs: ms, distinct };
  }
  invariant(limit !== undefined, "a velocity rule has a limit or apart");
  const windowMs = within === undefined ? undefined : msOf(within);
  if (isQuantity("distinct", limit)) {
    const { count, of } = distinctOf(limit);
    return { measure: "distinct" as const, limit: count, windowMs, distinct: of as VelocitySubject };
  }
  if (isQuantity("times", limit)) return { measure: "times" as const, limit: timesOf(limit), windowMs, distinct };
  if (isQuantity("money", limit)) return { measure: "money" as const, limit: moneyKopecks(limit), windowMs, distinct };
  return { measure: "points" as const, limit: pointsCentsOf(limit), windowMs, distinct };
}

function msOf(text: string): number {
  const ms = fixedMs(durationOf(text));
  invariant(ms !== undefined, `expected minutes, hours or days, got ${text}`);
  return ms;
}
