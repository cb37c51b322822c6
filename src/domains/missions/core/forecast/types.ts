import type { Kopecks, PointsCents } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { Belief } from "./belief.ts";
import type { Natural } from "./uplift.ts";

/** Whole numbers: the value lies between low and high in `coverageBp` of cases; expected is the mean. */
export type Range = Belief;

/**
 * What a forecast rests on, each of which its author may state instead. `audience`: members whom it is open to. `ready`:
 * those of them who will have done what comes before it. `natural`: those who would do it in its days anyway. `won`: of the
 * others, those whom the mission moves. `spend`: what doers earn by the reward, of what their receipts replayed say.
 */
export type AssumptionKey = "audience" | "ready" | "natural" | "won" | "spend";

/** `measured` of members' events and receipts, `learnt` of finished missions, `prior`: nothing is known yet, `stated` by a person. */
export type AssumptionSource = "measured" | "learnt" | "prior" | "stated";

export type Assumption = Range & {
  /** Members, or basis points: of `audience` for the shares, of the replay for `spend`. */
  readonly unit: "members" | "bp";
  readonly source: AssumptionSource;
  readonly text: { readonly ru: string; readonly en: string };
};

/** What a person states in place of what is measured, learnt or believed; an interval of the same coverage. */
export type Stated = Partial<Readonly<Record<AssumptionKey, Range>>>;

/** What was looked at. */
export type Measured = {
  readonly members: number;
  readonly sampledMembers: number;
  readonly sampledDays: number;
  readonly natural: Natural;
  /** How many missions have taught what is learnt. */
  readonly finishedMissions: number;
  readonly replayedMembers: number;
  readonly replayedReceipts: number;
  /** What the reward gives a member of the audience by the replay, hundredths of a point, and what that is worth. */
  readonly perMemberCents: PointsCents;
  readonly valueKopecks: Kopecks;
};

/** What a mission is expected to bring and cost, and what that rests on. Sums are for the whole of it, with all boosts it gives. */
export type Forecast = {
  /** Of the document that it is about. */
  readonly hash: string;
  readonly madeAt: EpochMs;
  readonly coverageBp: number;
  readonly assumptions: Readonly<Partial<Record<AssumptionKey, Assumption>>>;
  readonly measured: Measured;
  /** Members who begin it. */
  readonly participants: Range;
  readonly completions: Range;
  /** Those of them who would not have done it without the mission. */
  readonly wonCompletions: Range;
  readonly pointsCents: Range;
  readonly byFunder: Readonly<Record<string, Range>>;
  /** By the partner whose receipts earn the points; of a fixed award the mission's own. */
  readonly byPartner: Readonly<Record<string, Range>>;
  readonly feeKopecks: Range;
  /** The operator's: fees less the points that it funds, in kopecks. */
  readonly operatorResultKopecks: Range;
  /** Whether the budget would stop it, by the expected sum without it, and how likely that is. */
  readonly exceedsBudget: boolean;
  readonly budgetChanceBp: number;
};
