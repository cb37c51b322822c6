import { COVER_PREFIX, isSharedKey, type Priced } from "#domains/program/index.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { BudgetLeft } from "./budgets.ts";

/** What is asked of one budget in one of its periods and places, had it no end. */
type Asked = {
  /** By minute, under the change. */
  readonly minutes: Map<number, PointsCents>;
  before: PointsCents;
  after: PointsCents;
  /** What receipts were booked with. */
  used: PointsCents;
  /** It had run out when one of them came. */
  wasCut: boolean;
  limitBefore: PointsCents;
  limitAfter: PointsCents;
};

export type Demand = {
  readonly asked: ReadonlyMap<string, Asked>;
  /** A receipt's use of budgets: as booked, and had there been enough, as it was and under the change. */
  add(use: {
    readonly at: EpochMs;
    readonly booked: Priced["capUse"];
    readonly before: Priced["capUse"];
    readonly after: Priced["capUse"];
    readonly cuts: (key: string) => boolean;
    readonly limits: (key: string) => readonly [before: PointsCents, after: PointsCents];
  }): void;
};

const MINUTE_MS = 60_000;

/** Gathers what is asked of budgets; it grows with budgets and minutes, not with receipts. */
export function createDemand(): Demand {
  const asked = new Map<string, Asked>();
  return {
    asked,
    add({ at, booked, before, after, cuts, limits }) {
      const of = (key: string): Asked => {
        const known = asked.get(key);
        if (known !== undefined) return known;
        const [limitBefore, limitAfter] = limits(key);
        const nothing = { before: 0, after: 0, used: 0, wasCut: false };
        const made = { minutes: new Map<number, PointsCents>(), ...nothing, limitBefore, limitAfter };
        asked.set(key, made);
        return made;
      };
      for (const { key, amount } of booked) if (isBudget(key)) of(key).used += amount;
      for (const { key, amount } of before) {
        if (!isBudget(key)) continue;
        const known = of(key);
        known.before += amount;
        if (cuts(key)) known.wasCut = true;
      }
      for (const { key, amount } of after) {
        if (!isBudget(key)) continue;
        const known = of(key);
        const minute = Math.floor(at / MINUTE_MS);
        known.after += amount;
        known.minutes.set(minute, (known.minutes.get(minute) ?? 0) + amount);
      }
    },
  };
}

/** Deposits are no budgets of the programme: what is paid into them is not known here, so they stay as booked. */
function isBudget(key: string): boolean {
  return isSharedKey(key) && !key.startsWith(COVER_PREFIX);
}

/** When a budget runs dry: nothing is missing before that minute, so much is left for it, nothing after it. */
type Dry = { readonly minute: number; left: PointsCents };

export type BudgetPlan = {
  /** Budgets that run dry under the change, and when. */
  readonly dry: ReadonlyMap<string, EpochMs>;
  /** Whether what members get differs from a replay that cuts as was booked. */
  readonly changesAnything: boolean;
  /** What a receipt finds; `booked` for budgets that the change does not concern. */
  leftAt(at: EpochMs, booked: BudgetLeft | undefined): BudgetLeft;
  use(at: EpochMs, uses: Priced["capUse"]): void;
};

/**
 * Runs budgets dry in order of time: first asked, first given, to the minute; within the minute in which one runs dry, in the
 * order of the replay. Each by what is asked of it while others have enough. A budget that had run out in truth began the
 * window with what it then gave; another is taken as full. What the change leaves as it was stays as it was booked.
 */
export function planBudgets({ asked }: Demand): BudgetPlan {
  const dry = new Map<string, Dry | "enough">();
  const at = new Map<string, EpochMs>();
  let changesAnything = false;
  for (const [key, each] of asked) {
    const isAsBooked = each.before === each.after && each.limitBefore === each.limitAfter;
    if (isAsBooked) continue;
    const spentEarlier = each.wasCut ? Math.max(0, each.limitBefore - each.used) : 0;
    const found = runDry(each.minutes, Math.max(0, each.limitAfter - spentEarlier));
    dry.set(key, found ?? "enough");
    if (found !== undefined) at.set(key, found.minute * MINUTE_MS);
    if (found !== undefined || each.wasCut) changesAnything = true;
  }
  return {
    dry: at,
    changesAnything,
    leftAt: (time, booked) => (key, limitCents) => {
      const found = dry.get(key);
      if (found === undefined) return booked?.(key, limitCents) ?? limitCents;
      if (found === "enough") return limitCents;
      const minute = Math.floor(time / MINUTE_MS);
      if (minute < found.minute) return limitCents;
      return minute === found.minute ? Math.min(found.left, limitCents) : 0;
    },
    use(time, uses) {
      for (const { key, amount } of uses) {
        const found = dry.get(key);
        if (found === undefined || found === "enough" || Math.floor(time / MINUTE_MS) !== found.minute) continue;
        found.left -= amount;
      }
    },
  };
}

function runDry(minutes: ReadonlyMap<number, PointsCents>, limit: PointsCents): Dry | undefined {
  let left = limit;
  for (const minute of [...minutes.keys()].sort((a, b) => a - b)) {
    const amount = minutes.get(minute) as number;
    if (amount > left) return { minute, left };
    left -= amount;
  }
  return undefined;
}
