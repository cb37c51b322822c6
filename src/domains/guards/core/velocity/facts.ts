import type { VelocitySubject } from "#domains/program/index.ts";
import { hash32, mix32 } from "#kernel/random.ts";
import type { EpochMs } from "#kernel/time.ts";

/** Subjects of velocity rules, in the order in which facts carry their keys. */
export const SUBJECTS = [
  "member",
  "card",
  "payment-card",
  "device",
  "cashier",
  "till",
  "store",
  "partner",
] as const satisfies readonly VelocitySubject[];

export const SUBJECT_INDEX = Object.fromEntries(SUBJECTS.map((subject, i) => [subject, i])) as Readonly<
  Record<VelocitySubject, number>
>;

/** What the guards know of one request that was, or is to be, posted. Immutable. */
export type GuardFacts = {
  readonly kind: "purchase" | "hold" | "return";
  /** The request's own time. */
  readonly at: EpochMs;
  /** By `SUBJECTS`: whole numbers below 2^53 that stand for a member, a card's keyed hash, a store; 0 where there is none. */
  readonly keys: readonly number[];
  /** Empty for a hold, which has no store. */
  readonly store: string;
  readonly partner: string;
  readonly channel: string;
  readonly kopecks: number;
  readonly earnedCents: number;
  /** Points taken by it: spent by a receipt, set aside by a hold. A receipt that captures a hold takes none. */
  readonly spentCents: number;
};

const HIGH = 4_294_967_296;
/** Keys stay below 2^53: 21 bits above 32. */
const HIGH_MASK = 0x1fffff;

/** A key of a text that everybody may know: a store, a till. Two of 100,000 such are equal with a chance below 10^-5. */
export function keyOfText(text: string): number {
  return (hash32(text) & HIGH_MASK) * HIGH + hash32(text, 0x9e3779b9) || 1;
}

/** A key of a keyed hash: its first 53 bits. */
export function keyOfHash(hash: Uint8Array): number {
  let low = 0;
  for (let i = 0; i < 4; i++) low = low * 256 + (hash[i] as number);
  const high = (((hash[4] as number) << 16) | ((hash[5] as number) << 8) | (hash[6] as number)) & HIGH_MASK;
  return high * HIGH + low || 1;
}

/** One key of two, for rules that count combinations. */
export function joinKeys(a: number, b: number): number {
  const low = mix32((a >>> 0) ^ mix32((b >>> 0) + 0x7f4a7c15));
  const high = mix32(Math.floor(a / HIGH) ^ mix32(Math.floor(b / HIGH) ^ low));
  return (high & HIGH_MASK) * HIGH + low || 1;
}
