import type { PlacedGroup, PlacedRule } from "../compile/compiled.ts";
import { rateOf } from "./base.ts";
import type { Scratch } from "./scratch.ts";

/** Leaves each line to one rule of the group: the first by priority, or that with the highest rate. */
export function keepOnePerLine(group: PlacedGroup, rules: readonly PlacedRule[], s: Scratch): void {
  for (let i = 0; i < s.lineCount; i++) {
    let kept = -1;
    let keptRate = -1;
    for (const position of group.positions) {
      if (s.fits[position] === 0 || s.bases[position * s.lineCount + i] === 0) continue;
      const rate = rateOf((rules[position] as PlacedRule).terms.effect, s, i);
      if (kept >= 0 && !(group.mostPoints && rate > keptRate)) continue;
      kept = position;
      keptRate = rate;
    }
    for (const position of group.positions) {
      const cell = position * s.lineCount + i;
      if (position === kept || s.fits[position] === 0) continue;
      s.base[position] = (s.base[position] as number) - (s.bases[cell] as number);
      s.bases[cell] = 0;
    }
  }
  for (const position of group.positions) if ((s.base[position] as number) <= 0) s.fits[position] = 0;
}

/** Leaves one rule of the group: the first by priority, or that which gives most. */
export function keepOnePerReceipt(group: PlacedGroup, s: Scratch): void {
  let kept = -1;
  for (const position of group.positions) {
    if (s.fits[position] === 0 || s.points[position] === 0) continue;
    if (kept < 0) kept = position;
    else if (group.mostPoints && (s.points[position] as number) > (s.points[kept] as number)) kept = position;
  }
  for (const position of group.positions) if (position !== kept) s.fits[position] = 0;
}
