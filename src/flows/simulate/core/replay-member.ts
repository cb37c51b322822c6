import { type CompiledProgramme, isSharedKey, type Priced, price, type Receipt } from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import { type BudgetLeft, budgetOf, budgetsAsBooked, ENDLESS, endless, isCutByShared } from "./budgets.ts";
import type { BudgetPlan, Demand } from "./dry-budgets.ts";
import { type LevelsUnder, levelsUnder } from "./levels-under.ts";
import { addUse, applyOther, beginState, extraAt, type MemberState, rememberPurchase } from "./member-state.ts";
import { returnedShares } from "./returned.ts";
import type { MemberRows, PurchaseRow } from "./rows.ts";
import { addGiven, type Given, levelOf, segmentsOf } from "./sums.ts";
import { pairOf, type Tally, type Why } from "./tally.ts";

/** The two programmes of a receipt: by the version that it was booked with. */
export type Sides = {
  readonly before: CompiledProgramme;
  readonly after: CompiledProgramme;
  /** Whether `before` is the very version that it was booked with. */
  readonly isBooked: boolean;
  /** Whether the patch does not fit that version. */
  readonly isUnfit: boolean;
};

export type ReplayContext = {
  readonly sidesOf: (version: number, isStopped: boolean) => Sides;
  /** Where the change moves what levels take: which levels the member would have had. */
  readonly levelsUnder?: LevelsUnder;
  readonly tally: Tally;
  /** Gathers what is asked of budgets, for a plan of when they run dry. */
  readonly demand?: Demand;
  /** When budgets run dry under the change; as booked without it. */
  readonly plan?: BudgetPlan;
  /** Only receipts of this partner are counted; `hidden` takes the rest, of which its own costs are told. */
  readonly view?: { readonly partner: PartnerId; readonly hidden: Tally };
};

/**
 * Prices one member's purchases again in the order in which they were booked, under both programmes side by side. What was
 * bought, when, what was returned, and what the member was (segments, boosts, favourites, subscriptions) is held fixed.
 */
export function replayMember(context: ReplayContext, rows: MemberRows): void {
  const { tally } = context;
  const state = beginState(rows);
  const shares = returnedShares(rows);
  const levels = context.levelsUnder && levelsUnder(context.levelsUnder, rows);
  let before = 0;
  let after = 0;
  let count = 0;
  for (const row of rows.rows) {
    if (row.what === "other") {
      applyOther(state, row);
    } else if (row.what === "earlier") {
      for (const [key, amount] of row.caps) {
        addUse(state.before, key, amount);
        addUse(state.after, key, amount);
      }
      rememberPurchase(state, row.partner, row.at);
    } else {
      const given = replayPurchase(context, state, row, levels, shares?.get(row.seq), rows.member);
      if (given !== undefined) {
        if (isCounted(context, row)) {
          before += given.before;
          after += given.after;
          count++;
        }
      }
      rememberPurchase(state, row.receipt.partner, row.receipt.at);
    }
  }
  if (count === 0) return;
  tally.members++;
  tally.receipts += count;
  tally.differences.add(before, after);
}

function replayPurchase(
  context: ReplayContext,
  state: MemberState,
  row: PurchaseRow,
  levels: ReturnType<typeof levelsUnder> | undefined,
  returned: readonly number[] | undefined,
  member: number,
): { before: PointsCents; after: PointsCents } | undefined {
  const { demand, plan, view } = context;
  const tally = view !== undefined && !isCounted(context, row) ? view.hidden : context.tally;
  const sides = context.sidesOf(row.version, row.isStopped);
  const { receipt } = row;
  const budgetLeft = budgetsAsBooked(row, sides.before);
  const leftAfter =
    plan !== undefined
      ? plan.leftAt(receipt.at, budgetLeft)
      : budgetLeft === undefined
        ? ENDLESS
        : budgetsAsBooked(row, sides.before, ENDLESS);
  const was = priceAs(receipt, state, state.before, state.traits, sides.before, receipt.spendCents, budgetLeft);
  const isSame = sides.after === sides.before && levels === undefined && state.extra.length === 0;
  const traits = levels === undefined ? state.traits : levels(state.traits);
  const would =
    isSame && isSameUse(state)
      ? was
      : priceChanged(receipt, state, traits, sides.after, row.activeAfterCents, leftAfter, tally);
  if (was === undefined || would === undefined) {
    tally.unpriced++;
    return undefined;
  }
  if (sides.isUnfit) tally.unfit.set(row.version, (tally.unfit.get(row.version) ?? 0) + 1);
  checkBooked(tally, row, was.priced, sides, member);
  if (demand !== undefined) addDemand(demand, row, state, traits, sides, was, would, budgetLeft);
  plan?.use(receipt.at, would.priced.capUse);
  keepUse(state, row.seq, was.priced, would.priced);
  const gave = addGiven(tally, row, was.priced, would.priced, returned);
  addWhose(tally, state, traits, row, sides, gave);
  tally.turnoverKopecks += turnoverOf(receipt);
  tally.spent.before += receipt.spendCents;
  tally.spent.after += would.spentCents;
  keepExtra(state, was, would, receipt.at);
  return gave;
}

type Sided = { readonly priced: Priced; readonly spentCents: PointsCents };

function priceAs(
  receipt: Receipt,
  state: MemberState,
  capUse: ReadonlyMap<string, number>,
  traits: MemberState["traits"],
  programme: CompiledProgramme,
  spendCents: PointsCents,
  budgetLeft: BudgetLeft | undefined,
): Sided | undefined {
  const asked = spendCents === receipt.spendCents ? receipt : { ...receipt, spendCents };
  const { firstPurchaseAt } = state;
  const standing =
    budgetLeft === undefined
      ? { traits, capUse, firstPurchaseAt, activeCents: spendCents }
      : { traits, capUse, firstPurchaseAt, activeCents: spendCents, budgetLeft };
  const priced = price(asked, standing, programme);
  return priced.ok ? { priced: priced.value, spentCents: spendCents } : undefined;
}

/** Spends what was spent, as far as the changed rules and the points that the member would have had allow. */
function priceChanged(
  receipt: Receipt,
  state: MemberState,
  traits: MemberState["traits"],
  programme: CompiledProgramme,
  activeAfterCents: PointsCents,
  budgetLeft: BudgetLeft | undefined,
  tally: Tally,
): Sided | undefined {
  const asked = receipt.spendCents;
  const at = (cents: PointsCents) => priceAs(receipt, state, state.after, traits, programme, cents, budgetLeft);
  if (asked === 0) return at(0);
  const extra = extraAt(state, receipt.at);
  const has = extra >= 0 ? asked : Math.max(0, Math.min(asked, asked + activeAfterCents + extra));
  const whole = has === asked ? at(asked) : undefined;
  if (whole !== undefined) return whole;
  const standing = { traits, capUse: state.after, firstPurchaseAt: state.firstPurchaseAt, activeCents: has };
  const free = price({ ...receipt, spendCents: 0 }, standing, programme);
  if (!free.ok) return undefined;
  tally.cutSpends++;
  return at(Math.min(has, free.value.spendableCents)) ?? at(0);
}

function isSameUse(state: MemberState): boolean {
  if (state.before.size !== state.after.size) return false;
  for (const [key, used] of state.before) if (state.after.get(key) !== used) return false;
  return true;
}

function keepUse(state: MemberState, seq: number, was: Priced, would: Priced): void {
  for (const { key, amount } of was.capUse) if (!isSharedKey(key)) addUse(state.before, key, amount);
  for (const { key, amount } of would.capUse) if (!isSharedKey(key)) addUse(state.after, key, amount);
  state.uses?.set(seq, { before: was.capUse, after: would.capUse });
}

/** What a receipt asks of budgets: of one that a budget cut, priced again as if there were enough. */
function addDemand(
  demand: Demand,
  row: PurchaseRow,
  state: MemberState,
  traits: MemberState["traits"],
  sides: Sides,
  was: Sided,
  would: Sided,
  booked: BudgetLeft | undefined,
): void {
  const { receipt } = row;
  const free = (used: ReadonlyMap<string, number>, own: MemberState["traits"], side: "before" | "after", as: Sided) =>
    booked === undefined ? as : (priceAs(receipt, state, used, own, sides[side], as.spentCents, endless(booked)) ?? as);
  const limitOf = (key: string, { caps }: CompiledProgramme) =>
    caps.get(budgetOf(key))?.limit ?? Number.POSITIVE_INFINITY;
  demand.add({
    at: receipt.at,
    booked: was.priced.capUse,
    before: free(state.before, state.traits, "before", was).priced.capUse,
    after: free(state.after, traits, "after", would).priced.capUse,
    cuts: (key) => row.rules.some(({ cappedBy }) => cappedBy === budgetOf(key)),
    limits: (key) => [limitOf(key, sides.before), limitOf(key, sides.after)],
  });
}

function isCounted({ view }: ReplayContext, row: PurchaseRow): boolean {
  return view === undefined || row.receipt.partner === view.partner;
}

/** What the change gives beside what was booked can be spent later, and what it takes can't. */
function keepExtra(state: MemberState, was: Sided, would: Sided, at: number): void {
  if (was === would) return;
  const spent = was.spentCents - would.spentCents;
  if (spent !== 0) state.extra.push({ availableAt: at, cents: spent });
  const difference = would.priced.earnedCents - was.priced.earnedCents;
  if (difference === 0) return;
  const part = would.priced.earned[0] ?? was.priced.earned[0];
  state.extra.push({ availableAt: part?.availableAt ?? at, cents: difference });
}

function addWhose(
  tally: Tally,
  state: MemberState,
  traits: MemberState["traits"],
  row: PurchaseRow,
  sides: Sides,
  gave: Given,
): void {
  const { at } = row.receipt;
  const levelWas = levelOf(state.traits, at, sides.before);
  const levelWould = traits === state.traits ? levelWas : levelOf(traits, at, sides.after);
  pairOf(tally.levels, levelWas).before += gave.before;
  pairOf(tally.levels, levelWould).after += gave.after;
  for (const segment of segmentsOf(state.traits, at)) {
    const pair = pairOf(tally.segments, segment);
    pair.before += gave.before;
    pair.after += gave.after;
  }
}

/** Whether pricing it again as it was gives what was booked: rule by rule, funder by funder. */
function checkBooked(tally: Tally, row: PurchaseRow, priced: Priced, sides: Sides, member: number): void {
  let booked = 0;
  for (const { pointsCents } of row.rules) booked += pointsCents;
  tally.bookedCents += booked;
  if (isReproduced(row, priced)) {
    tally.reproduced++;
    return;
  }
  const why: Why = !sides.isBooked
    ? "version"
    : row.isStopped
      ? "stopped"
      : priced.reserved.length > 0
        ? "deposit"
        : isCutByShared(row, sides.before)
          ? "budget"
          : "other";
  const known = tally.deviations.get(why);
  if (known === undefined) {
    tally.deviations.set(why, { receipts: 1, cents: priced.earnedCents - booked, example: { member, seq: row.seq } });
  } else {
    known.receipts++;
    known.cents += priced.earnedCents - booked;
  }
}

function isReproduced({ rules, shares }: PurchaseRow, priced: Priced): boolean {
  if (rules.length !== priced.rules.length) return false;
  for (let i = 0; i < rules.length; i++) {
    const [was, is] = [rules[i], priced.rules[i]];
    if (was?.rule !== is?.rule || was?.pointsCents !== is?.pointsCents) return false;
  }
  let place = 0;
  for (const { funders, amountCents } of priced.earned) {
    for (let f = 0; f < funders.length; f++, place++) {
      if (shares[place]?.funder !== funders[f] || shares[place]?.cents !== amountCents[f]) return false;
    }
  }
  return place === shares.length;
}

function turnoverOf(receipt: Receipt): number {
  let total = receipt.deliveryFeeKopecks;
  for (const line of receipt.lines) total += line.amountKopecks;
  return total;
}
