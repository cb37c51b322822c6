import type { Trait } from "#domains/ledger/index.ts";
import { type Contribution, type GoalsAt, spansFrom } from "#domains/levels/index.ts";
import { type Calendar, type EpochMs, monthOf } from "#kernel/time.ts";
import type { MemberRows } from "./rows.ts";

export type LevelsUnder = { readonly goalsAt: GoalsAt; readonly calendar: Calendar; readonly fromAt: EpochMs };

/**
 * The levels that a member would have had under other goals, by the engine that gives them: from what was bought and
 * returned, and what was earned as booked. Gives what replaces the level traits.
 */
export function levelsUnder({ goalsAt, calendar }: LevelsUnder, { rows }: MemberRows) {
  const contributions: Contribution[] = [];
  for (const row of rows) {
    if (row.what === "earlier") {
      const { seq, at, partner } = row;
      contributions.push({ seq, at, partner, kopecks: row.turnoverKopecks, cents: row.earnedCents });
    } else if (row.what === "purchase") {
      const { seq, receipt, shares } = row;
      const kopecks = receipt.lines.reduce((sum, line) => sum + line.amountKopecks, 0);
      const cents = shares.reduce((sum, share) => sum + share.cents, 0);
      contributions.push({ seq, at: receipt.at, partner: receipt.partner, kopecks, cents });
    } else if (row.facts.returned !== undefined) {
      const { seq, at, partner, citesSeq } = row;
      const kopecks = row.facts.returned[1].lines.reduce((sum, back) => sum + back, 0);
      // Operations tell what has come back in all: only what is new counts.
      const already = returnedBefore(contributions, citesSeq);
      contributions.push({ seq, cites: citesSeq, at, partner, kopecks: -(kopecks - already), cents: 0 });
    }
  }
  const first = contributions.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY);
  const spans =
    contributions.length === 0 ? [] : spansFrom(monthOf(calendar.dayOf(first)), contributions, goalsAt, calendar);
  const derived: Trait[] = spans.map(({ level, fromAt, untilAt }) => ({ kind: "level", key: level, fromAt, untilAt }));
  return (traits: readonly Trait[]): readonly Trait[] => [...traits.filter(({ kind }) => kind !== "level"), ...derived];
}

function returnedBefore(contributions: readonly Contribution[], purchase: number): number {
  let kopecks = 0;
  for (const each of contributions) if (each.cites === purchase) kopecks -= each.kopecks;
  return kopecks;
}
