import type { Pool } from "pg";
import {
  type Assumptions,
  contributionsOf,
  evaluate,
  type Forecast,
  forecast,
  list,
  lockMission,
  logMission,
  type Measured,
  type MissionTerms,
  missionTerms,
  putMission,
  readMission,
  type StoredMission,
  shareInterval,
} from "#domains/missions/index.ts";
import { type CompiledProgramme, quantities } from "#domains/program/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { DAY_MS, type EpochMs } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { countMembers, type SampledMember, sampleHistories } from "../store/sample-histories.ts";
import type { StateFailure } from "./change-state.ts";
import type { ManageDeps } from "./draft-missions.ts";

export type ForecastRequest = {
  readonly mission: string;
  readonly who: string;
  readonly partner?: string;
  /** The author's, in place of what is measured or assumed. */
  readonly doing?: Assumptions["doing"];
  readonly spendBp?: number;
};

/** What is looked back on, and how many members stand for all. */
const SAMPLE_DAYS = 28;
const SAMPLE_MEMBERS = 400;
/** Of an event nothing is known before: 2 in 100, between 0.5 and 5, until the author says better. */
const STATED: Assumptions["doing"] = { lowBp: 50, expectedBp: 200, highBp: 500 };

/** Forecasts a draft's cost by a sample of the last 28 days, and keeps the forecast with the draft. */
export async function makeForecast(
  deps: ManageDeps,
  request: ForecastRequest,
): Promise<Result<StoredMission, StateFailure>> {
  if (!deps.programmes.latest) return err({ code: "no-programme" });
  const seen = await readMission(deps.pool, request.mission);
  if (!seen || (request.partner !== undefined && seen.partner !== request.partner)) {
    return err({ code: "unknown-mission" });
  }
  if (seen.state !== "draft") return err({ code: "mission-state", state: seen.state, action: "forecast" });
  const made = await compute(deps, seen, request);
  return transaction(deps.pool, async (client) => {
    const mission = await lockMission(client, request.mission);
    if (!mission) return err({ code: "unknown-mission" } as const);
    if (mission.state !== "draft") {
      return err({ code: "mission-state", state: mission.state, action: "forecast" } as const);
    }
    const changed: StoredMission = { ...mission, forecast: made };
    await putMission(client, changed);
    const { revision, hash } = mission;
    const { who } = request;
    await logMission(client, mission.id, {
      at: deps.clock.now(),
      who,
      action: "forecast",
      revision,
      hash,
      comment: "",
    });
    return ok(changed);
  });
}

async function compute(deps: ManageDeps, mission: StoredMission, request: ForecastRequest): Promise<Forecast> {
  const programme = deps.programmes.current();
  const now = deps.clock.now();
  const fromAt = now - SAMPLE_DAYS * DAY_MS;
  const terms = missionTerms(mission.id, mission.document, [], programme);
  const sample = await sampleHistories(deps.pool, SAMPLE_MEMBERS, fromAt, now);
  const audience = sample.filter((member) => belongs(member, terms, now));
  const measured = await measure(deps.pool, mission, programme, sample.length, audience);
  const { doing, doingIs } = request.doing
    ? { doing: request.doing, doingIs: "stated" as const }
    : doingOf(terms, audience, fromAt, now, programme);
  const { reward, funders } = mission.document;
  return forecast(
    {
      hash: mission.hash,
      madeAt: now,
      rateBp: rateOf(mission, programme),
      boostDays: daysOf(terms),
      fixedCents: terms.reward.kind === "points" ? terms.reward.cents : 0,
      mostCents:
        reward.caps?.total === undefined ? Number.MAX_SAFE_INTEGER : quantities.pointsCentsOf(reward.caps.total),
      funders,
      operator: programme.operator,
      feeKopecks: terms.feeKopecks,
      budgetCents: terms.budgetCents,
      pointKopecks: programme.pointValueKopecks,
    },
    { doing, doingIs, spendBp: request.spendBp ?? 10_000 },
    measured,
  );
}

function belongs({ traits }: SampledMember, { segments, levels }: MissionTerms, at: EpochMs): boolean {
  const has = (kind: string, keys: readonly string[]): boolean =>
    keys.length === 0 ||
    traits.some(
      (trait) =>
        trait.kind === kind &&
        keys.includes(trait.key) &&
        trait.fromAt <= at &&
        (trait.untilAt === undefined || at < trait.untilAt),
    );
  return has("segment", segments) && has("level", levels);
}

async function measure(
  pool: Pool,
  mission: StoredMission,
  programme: CompiledProgramme,
  sampled: number,
  audience: readonly SampledMember[],
): Promise<Measured> {
  const members = await countMembers(pool);
  const fits = whereBoosted(mission, programme);
  let kopecks = 0;
  for (const { receipts } of audience) {
    for (const { partner, lines } of receipts) {
      for (const line of lines) if (fits(partner, line.category)) kopecks += line.amount;
    }
  }
  return {
    audience: sampled === 0 ? 0 : Math.round((members * audience.length) / sampled),
    sampledMembers: sampled,
    sampledDays: SAMPLE_DAYS,
    spendPerDayKopecks: audience.length === 0 ? 0 : Math.round(kopecks / audience.length / SAMPLE_DAYS),
  };
}

/** Purchase goals: the share that would have done it in the last 28 days, as the progress engine judges. */
function doingOf(
  terms: MissionTerms,
  audience: readonly SampledMember[],
  fromAt: EpochMs,
  now: EpochMs,
  { calendar }: CompiledProgramme,
): Pick<Assumptions, "doing" | "doingIs"> {
  if (terms.steps.some(({ deed }) => deed.kind === "event")) return { doing: STATED, doingIs: "stated" };
  const past = { ...terms, live: [{ fromAt, untilAt: now }] };
  const hits = audience.filter(({ receipts }) => {
    const rows = receipts.flatMap((receipt) => contributionsOf({ kind: "purchase", ...receipt }, past));
    return evaluate(rows, past, calendar).done !== undefined;
  }).length;
  return { doing: shareInterval(hits, audience.length), doingIs: "measured" };
}

function rateOf({ document }: StoredMission, programme: CompiledProgramme): number {
  const { percent, boost } = document.reward;
  if (percent !== undefined) return quantities.percentBp(percent);
  if (boost === undefined) return 0;
  const rules = [...programme.rules.values()].filter(({ id }) =>
    list(programme.document.rules[id]?.when?.boost).includes(boost),
  );
  return rules.reduce((sum, { effect }) => sum + (effect.kind === "percent" ? effect.rateBp : 0), 0);
}

function daysOf({ reward }: MissionTerms): number {
  if (reward.kind !== "boost") return 0;
  if (reward.lasts === undefined) return 365;
  return reward.lasts.unit === "month" ? reward.lasts.count * 30 : reward.lasts.count;
}

function whereBoosted({ document }: StoredMission, programme: CompiledProgramme) {
  const { at, category, exceptCategory, boost } = document.reward;
  const { categories } = programme;
  const isUnder = (above: string, below: string): boolean => {
    const [a, b] = [categories.numbers.get(above), categories.numbers.get(below)];
    return a !== undefined && b !== undefined && categories.isUnder[a * categories.ids.length + b] === 1;
  };
  const rules = Object.values(programme.document.rules).filter(({ when }) => list(when?.boost).includes(boost ?? ""));
  const places =
    boost === undefined
      ? [{ partner: at, category, exceptCategory }]
      : rules.map(({ when }) => ({
          partner: when?.partner,
          category: when?.category,
          exceptCategory: when?.exceptCategory,
        }));
  return (partner: string, line: string): boolean =>
    places.some(
      (place) =>
        (place.partner === undefined || list(place.partner).includes(partner)) &&
        (place.category === undefined || list(place.category).some((each) => isUnder(each, line))) &&
        !list(place.exceptCategory).some((each) => isUnder(each, line)),
    );
}
