import type { CompiledProgramme } from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks, PointsCents } from "#kernel/money.ts";
import { formatInstant } from "#kernel/time.ts";
import { budgetOf } from "./budgets.ts";
import type { BudgetPlan, Demand } from "./dry-budgets.ts";
import { pairOf, type Sums, type Tally, type Why } from "./tally.ts";

export type Row = {
  readonly id: string;
  readonly beforeCents: PointsCents;
  readonly afterCents: PointsCents;
  readonly differenceCents: PointsCents;
};

export type BudgetRow = {
  readonly cap: string;
  readonly askedBeforeCents: PointsCents;
  readonly askedAfterCents: PointsCents;
  readonly limitCents: PointsCents;
  /** Days, months or places in which the change asks for more than there is, and by how much. */
  readonly overruns: number;
  readonly overCents: PointsCents;
  /** When the first of them ran dry under the change, to the minute; absent where none did, or where they have no end. */
  readonly ranDryAt?: string;
};

export type BudgetsAre = "run-dry" | "endless";

/** What a change would have cost, on receipts that were. Hundredths of a point unless named otherwise. */
export type Simulation = {
  readonly from: string;
  readonly until: string;
  readonly change: "whole" | "patch";
  /** `booked`: each receipt's own version; `latest`: the programme of now. */
  readonly base: "booked" | "latest";
  /** `run-dry`: budgets end when they are used up; `endless`: they never do. */
  readonly budgetsAre: BudgetsAre;
  /** Whose view it is: only its receipts are counted, and of costs its own. Absent: everybody's. */
  readonly partner?: string;
  readonly baseVersion: number;
  readonly receipts: number;
  readonly members: number;
  readonly turnoverKopecks: Kopecks;
  readonly total: Omit<Row, "id">;
  /** What the difference is expected to cost once spent, kopecks: points × their value × the share expected to be spent. */
  readonly expectedCostKopecks: Kopecks;
  readonly spent: { readonly beforeCents: PointsCents; readonly afterCents: PointsCents; readonly cutReceipts: number };
  readonly funders: readonly Row[];
  readonly partners: readonly Row[];
  readonly levels: readonly Row[];
  readonly segments: readonly Row[];
  readonly rules: readonly Row[];
  readonly budgets: readonly BudgetRow[];
  readonly who: Who;
  readonly check: Check;
  /** What was held as it was, in sentences. */
  readonly heldFixed: readonly string[];
};

export type Who = {
  readonly gaining: number;
  readonly losing: number;
  readonly same: number;
  readonly gainedCents: PointsCents;
  readonly lostCents: PointsCents;
  /** A member's difference at 10, 20 ... 90 % of members, the least first; with the least and the most at the ends. */
  readonly deciles: readonly PointsCents[];
  /** Members by difference; `toCents` exclusive, absent at the last. */
  readonly histogram: readonly { readonly fromCents: number; readonly toCents?: number; readonly members: number }[];
};

/** Whether pricing again what was booked gave what was booked. */
export type Check = {
  readonly bookedCents: PointsCents;
  readonly reproduced: number;
  readonly deviations: readonly {
    readonly why: Why;
    readonly receipts: number;
    readonly cents: PointsCents;
    readonly example: { readonly member: number; readonly seq: number };
  }[];
  readonly unpriced: number;
  readonly unfitVersions: readonly { readonly version: number; readonly receipts: number }[];
};

export const HELD_FIXED = [
  "What members bought, where, when and how they paid: nobody buys more or less because of the change.",
  "Segments, favourites, subscriptions, boosts won by missions and offers: as they were at each receipt's time.",
  "Levels as they were, unless the change touches levels: then as receipts would have reached them, without delay.",
  "Returns: the same lines came back; their points are taken off on both sides.",
  "Points spent: as they were, less where the changed rules or the member's changed balance do not allow it.",
] as const;

const BUDGETS_HELD: Readonly<Record<BudgetsAre, string>> = {
  "run-dry":
    "Budgets that the change concerns run dry in order of time, to the minute: full when the window begins, unless they did run out in it. Others cut what they cut in truth, and so do deposits.",
  endless:
    "Budgets that had run out: what was left for each receipt. Others are taken as not exhausted; `budgets` says which would be.",
};

export type ReportTerms = {
  readonly fromAt: number;
  readonly untilAt: number;
  readonly change: "whole" | "patch";
  readonly base: "booked" | "latest";
  readonly latest: CompiledProgramme;
  readonly changed: CompiledProgramme;
  readonly budgetsAre: BudgetsAre;
  /** What was asked of budgets, and when they ran dry. */
  readonly demand?: Demand;
  readonly plan?: BudgetPlan;
  readonly view?: View;
};

export type View = { readonly partner: PartnerId; readonly hidden: Tally; readonly ownCaps: ReadonlySet<string> };

export function reportOf(tally: Tally, terms: ReportTerms): Simulation {
  const { latest, changed, view, budgetsAre } = terms;
  const { before, after } = tally.total;
  const funders = view === undefined ? tally.funders : ownCosts(tally, view);
  const paid = view === undefined ? tally.total : pairOf(funders, view.partner);
  const spentShare = changed.policies.expectedRedemptionBp / 10_000;
  return {
    from: formatInstant(terms.fromAt),
    until: formatInstant(terms.untilAt),
    change: terms.change,
    base: terms.base,
    budgetsAre,
    ...(view === undefined ? {} : { partner: view.partner }),
    baseVersion: latest.version,
    receipts: tally.receipts,
    members: tally.members,
    turnoverKopecks: tally.turnoverKopecks,
    total: { beforeCents: before, afterCents: after, differenceCents: after - before },
    expectedCostKopecks: Math.round((((paid.after - paid.before) * changed.pointValueKopecks) / 100) * spentShare),
    spent: { beforeCents: tally.spent.before, afterCents: tally.spent.after, cutReceipts: tally.cutSpends },
    funders: rowsOf(funders),
    partners: rowsOf(tally.partners),
    levels: rowsOf(tally.levels).filter(({ id }) => id !== ""),
    segments: rowsOf(tally.segments),
    rules: rowsOf(tally.rules),
    budgets: budgetsOf(terms),
    who: whoOf(tally),
    check: checkOf(tally),
    heldFixed: [...HELD_FIXED, BUDGETS_HELD[budgetsAre], ...(view === undefined ? [] : [seenBy(view.partner)])],
  };
}

/** The largest difference first, then the largest sum. */
function rowsOf(sums: Sums): Row[] {
  return [...sums]
    .map(([id, { before, after }]) => ({
      id,
      beforeCents: before,
      afterCents: after,
      differenceCents: after - before,
    }))
    .sort(
      (a, b) =>
        Math.abs(b.differenceCents) - Math.abs(a.differenceCents) ||
        b.afterCents - a.afterCents ||
        (a.id < b.id ? -1 : 1),
    );
}

function seenBy(partner: PartnerId): string {
  return `Counted are receipts of ${partner}; of costs those that ${partner} pays, at other partners too.`;
}

/** What the partner pays on its own receipts and on those of others. */
function ownCosts({ funders }: Tally, { partner, hidden }: View): Sums {
  const [own, elsewhere] = [pairOf(funders, partner), pairOf(hidden.funders, partner)];
  return new Map([[partner, { before: own.before + elsewhere.before, after: own.after + elsewhere.after }]]);
}

function budgetsOf({ demand, plan, changed: { caps }, view }: ReportTerms): BudgetRow[] {
  const rows = new Map<string, { -readonly [K in keyof BudgetRow]: BudgetRow[K] }>();
  for (const [key, { before, after }] of demand?.asked ?? []) {
    const cap = budgetOf(key);
    const limit = caps.get(cap)?.limit;
    if (limit === undefined || !Number.isFinite(limit) || view?.ownCaps.has(cap) === false) continue;
    const row = rows.get(cap) ?? {
      ...{ cap, askedBeforeCents: 0, askedAfterCents: 0, limitCents: limit, overruns: 0, overCents: 0 },
    };
    row.askedBeforeCents += before;
    row.askedAfterCents += after;
    if (after > limit) {
      row.overruns++;
      row.overCents += after - limit;
    }
    const dryAt = plan?.dry.get(key);
    if (dryAt !== undefined && (row.ranDryAt === undefined || formatInstant(dryAt) < row.ranDryAt)) {
      row.ranDryAt = formatInstant(dryAt);
    }
    rows.set(cap, row);
  }
  return [...rows.values()].sort((a, b) => b.overCents - a.overCents || (a.cap < b.cap ? -1 : 1));
}

function whoOf({ members, differences }: Tally): Who {
  const { gaining, losing, gainedCents, lostCents } = differences;
  const sorted = differences.sorted();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * (sorted.length - 1) + 0.5))] ?? 0;
  return {
    gaining,
    losing,
    same: members - gaining - losing,
    gainedCents,
    lostCents,
    deciles: sorted.length === 0 ? [] : Array.from({ length: 11 }, (_, i) => at(i / 10)),
    histogram: histogramOf(sorted, members),
  };
}

/** Roubles around nothing in steps that grow: 0, 10, 30, 100, 300, 1,000, 3,000 points and more, both ways. */
const EDGES = [100_000, 30_000, 10_000, 3_000, 1_000, 0].map((points) => points * 10);

function histogramOf(sorted: Float64Array, members: number): Who["histogram"] {
  if (sorted.length === 0) return [];
  const bounds = [
    ...EDGES.slice(0, -1).map((edge) => -edge),
    0,
    1,
    ...EDGES.slice(0, -1)
      .reverse()
      .map((edge) => edge + 1),
  ];
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let cell = 0;
  for (const value of sorted) {
    while (cell < bounds.length && value >= (bounds[cell] as number)) cell++;
    counts[cell] = (counts[cell] as number) + 1;
  }
  const scale = members / sorted.length;
  return counts.map((count, i) => ({
    fromCents: i === 0 ? Math.min(sorted[0] as number, bounds[0] as number) : (bounds[i - 1] as number),
    ...(i === bounds.length ? {} : { toCents: bounds[i] as number }),
    members: Math.round(count * scale),
  }));
}

function checkOf(tally: Tally): Check {
  return {
    bookedCents: tally.bookedCents,
    reproduced: tally.reproduced,
    deviations: [...tally.deviations].map(([why, deviation]) => ({ why, ...deviation })),
    unpriced: tally.unpriced,
    unfitVersions: [...tally.unfit].map(([version, receipts]) => ({ version, receipts })),
  };
}
