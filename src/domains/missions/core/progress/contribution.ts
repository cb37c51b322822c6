import type { Contribution } from "#domains/rewards/index.ts";

export type { Contribution };

import type { Kopecks } from "#kernel/money.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { EventData } from "../event.ts";
import type { Deed, MissionTerms } from "../terms.ts";

/** What happened, as missions look at it. `source` names it for good: `e:partner:id` or `o:seq`. */
export type Happening =
  | {
      readonly kind: "event";
      readonly source: string;
      readonly partner: string;
      readonly type: string;
      readonly at: EpochMs;
      readonly data: EventData;
    }
  | {
      readonly kind: "purchase";
      readonly source: string;
      readonly partner: string;
      readonly at: EpochMs;
      readonly lines: readonly Line[];
    }
  | {
      readonly kind: "return";
      readonly source: string;
      /** The purchase's source. */
      readonly cites: string;
      readonly partner: string;
      readonly at: EpochMs;
      readonly lines: readonly Line[];
    };

export type Line = { readonly category: string; readonly amount: Kopecks };

/** What a happening contributes to a mission, whenever that mission counts; empty when it is not its matter. */
export function contributionsOf(happening: Happening, mission: Pick<MissionTerms, "steps">): Contribution[] {
  const found: Contribution[] = [];
  for (const { id: step, deed } of mission.steps) {
    const amount = amountOf(happening, deed);
    if (amount === 0) continue;
    const { source, at } = happening;
    if (happening.kind === "return") found.push({ step, source, cites: happening.cites, at, amount: -amount });
    else found.push({ step, source, at, amount });
  }
  return found;
}

function amountOf(happening: Happening, deed: Deed): number {
  if (deed.kind === "event") {
    if (happening.kind !== "event" || happening.type !== deed.type || happening.partner !== deed.partner) return 0;
    return deed.where.every(([field, value]) => happening.data[field] === value) ? 1 : 0;
  }
  if (happening.kind === "event" || deed.partners?.has(happening.partner) === false) return 0;
  let amount = 0;
  for (const line of happening.lines) {
    if (deed.categories === undefined || deed.categories.has(line.category)) amount += line.amount;
  }
  return amount;
}
