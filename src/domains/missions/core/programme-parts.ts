import type { ProgrammeDocument } from "#domains/program/index.ts";
import { invariant } from "#kernel/invariant.ts";
import type { MissionDocument } from "./document/schema.ts";
import { budgetCap, missionKey } from "./terms.ts";

export type ProgrammeParts = {
  readonly boosts: ProgrammeDocument["boosts"];
  readonly caps: ProgrammeDocument["caps"];
  readonly rules: ProgrammeDocument["rules"];
};

/** Higher than 0 and below the base rules: a mission's boost is shown among the extras. */
const PRIORITY = 60;

/**
 * The boost, caps and rule that a percentage mission brings into the programme, in the programme's own words; undefined
 * when it brings none (a fixed award, or a boost whose rules stand there already).
 */
export function programmeParts(id: string, mission: MissionDocument): ProgrammeParts | undefined {
  const { reward, name } = mission;
  if (reward.percent === undefined) return undefined;
  const key = missionKey(id);
  invariant(key.length <= 63, "a mission's id leaves room for its prefix");
  const periods = { receipt: "receipt", day: "day", month: "month", total: "member" } as const;
  const caps: [string, ProgrammeDocument["caps"][string]][] = [];
  for (const [period, per] of Object.entries(periods) as [
    keyof typeof periods,
    (typeof periods)[keyof typeof periods],
  ][]) {
    const limit = reward.caps?.[period];
    if (limit !== undefined) caps.push([`${key}-${period}`.slice(0, 63), { name, per, limit }]);
  }
  if (mission.budget !== undefined) {
    caps.push([budgetCap(id), { name, per: "member", limit: mission.budget, of: "everyone" }]);
  }
  const { at, category, exceptCategory } = reward;
  return {
    boosts: { [key]: { name, ...(reward.lasts === undefined ? {} : { lasts: reward.lasts }) } },
    caps: Object.fromEntries(caps),
    rules: {
      [key]: {
        name,
        when: {
          ...(at === undefined ? {} : { partner: at }),
          ...(category === undefined ? {} : { category }),
          ...(exceptCategory === undefined ? {} : { exceptCategory }),
          boost: key,
        },
        earn: { percent: reward.percent },
        funders: mission.funders,
        priority: PRIORITY,
        ...(caps.length === 0 ? {} : { caps: caps.map(([cap]) => cap) }),
        ...(reward.expiry === undefined ? {} : { expiry: { after: reward.expiry } }),
        note: `Mission ${id} of ${mission.partner}.`,
      },
    },
  };
}
