import { DAY_MS, MINUTE_MS } from "#kernel/time.ts";
import { type CaseProgramme, caseProgramme } from "../cases/programme.ts";

/** The evening before a month's last two days, so that short histories cross its end. */
export const START = Date.UTC(2025, 0, 29, 17);

export const PARTNERS = ["alfa", "beta", "gamma", "telecom"] as const;
export const FUNDERS = [...PARTNERS, "operator"] as const;
export const CATEGORIES = ["bread", "fish", "tea", "phone"] as const;

export const LONGEST_HOLD_MS = 2 * DAY_MS;
/** The format's defaults, written down in docs/programme.md. */
export const ONLINE_TOLERANCE_MS = 15 * MINUTE_MS;
export const FUTURE_TOLERANCE_MS = 10 * MINUTE_MS;
export const LATE_WINDOW_DAYS = 30;

/**
 * Three funders of one lot; a second part of the same receipt that activates later and ends on the same day; a third
 * that never ends; caps of a receipt and of a day that cut all of them; goods that take no points; a share of each receipt for money.
 */
export function world(returns: CaseProgramme["returns"]): CaseProgramme {
  return caseProgramme({
    partners: PARTNERS,
    outside: ["joining"],
    rules: [
      { id: "base", earn: { percentBp: 1000 }, funders: { alfa: 5, beta: 3, gamma: 2 } },
      {
        id: "fish",
        earn: { percentBp: 2500 },
        categories: ["fish"],
        funders: { beta: 1, operator: 1, gamma: 1 },
        lot: { delayDays: 1, lifeDays: 1 },
      },
      {
        id: "calls",
        earn: { fixedCents: 500 },
        partners: ["telecom"],
        funders: { telecom: 2, alfa: 1 },
        lot: { delayDays: 0, lifeDays: null },
      },
    ],
    lot: { delayDays: 0, lifeDays: 2 },
    receiptCap: { cents: 6_000, policy: "pro-rata" },
    dayCap: { cents: 9_000, policy: "last-first" },
    notPayable: ["tea"],
    largestShareBp: 9_000,
    longestHoldDays: LONGEST_HOLD_MS / DAY_MS,
    returns,
  });
}
