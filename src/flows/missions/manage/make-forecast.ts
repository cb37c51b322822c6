import type { Pool } from "pg";
import {
  list,
  listMissions,
  type MissionTerms,
  missionKey,
  missionTerms,
  periodOf,
  type Stated,
  type StoredMission,
} from "#domains/missions/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import { type ForecastFailure, keepForecast } from "#flows/publishing/index.ts";
import type { Result } from "#kernel/result.ts";
import { DAY_MS, type EpochMs } from "#kernel/time.ts";
import { boostDays, forecastMission, type Unfit } from "../forecast/forecast-mission.ts";
import type { Finished, Past } from "../forecast/past.ts";
import { knownFrom, readPast } from "../forecast/read-past.ts";
import { countCompletions, earnedByDoers } from "../store/mission-outcomes.ts";
import { countMembers } from "../store/sample-histories.ts";
import type { ManageDeps } from "./draft-missions.ts";
import { MISSIONS } from "./mission-kind.ts";

export type ForecastRequest = {
  readonly mission: string;
  readonly who: string;
  readonly partner?: string;
  /** The author's, in place of what is measured, learnt or taken as likely. */
  readonly assumptions?: Stated;
};

/** Looked back on as many days as the mission has, within these. */
const DAYS = { least: 28, most: 84 } as const;
/** Members whose events are read, and members whose receipts are. */
const SAMPLE = { events: 4_096, receipts: 1_000 } as const;
/** Missions that are learnt from: the last that ended; and of each as many doers. */
const FINISHED = { missions: 24, doers: 60, fewest: 10 } as const;
/** A forecast works so long at a stretch, then others have their turn. */
const STRETCH_MS = 5;

/** Forecasts a draft's cost by members' own past and finished missions, and keeps the forecast with the draft. */
export function makeForecast(
  deps: ManageDeps,
  { mission, assumptions = {}, ...request }: ForecastRequest,
): Promise<Result<StoredMission, ForecastFailure<"mission"> | Unfit>> {
  return keepForecast(deps, MISSIONS, { ...request, id: mission }, async (draft) => {
    const programme = deps.programmes.current();
    const past = await pastFor(deps, draft, programme);
    return forecastMission(draft, programme, past, assumptions, createBreath());
  });
}

async function pastFor({ pool, clock }: ManageDeps, draft: StoredMission, programme: CompiledProgramme): Promise<Past> {
  const now = clock.now();
  const period = periodOf(draft.document, programme.calendar);
  const terms = missionTerms(draft.id, draft.document, [period], programme);
  const days = Math.ceil((period.untilAt - Math.max(now, period.fromAt)) / DAY_MS);
  const asked = now - Math.min(DAYS.most, Math.max(DAYS.least, days)) * DAY_MS;
  const needsReceipts = terms.steps.some(({ deed }) => deed.kind === "purchase");
  const needsEvents = terms.steps.some(({ deed }) => deed.kind === "event");
  const common = { fromAt: asked, now, missions: [terms] };
  const buyers = await readPast(pool, programme, {
    ...{ ...common, members: SAMPLE.receipts, events: needsEvents, receipts: true },
  });
  const deeds = needsReceipts
    ? buyers
    : await readPast(pool, programme, { ...common, members: SAMPLE.events, events: true, receipts: false });
  const stored = await listMissions(pool);
  return {
    fromAt: Math.min(knownFrom(buyers, asked, now), knownFrom(deeds, asked, now)),
    ...{ now, members: await countMembers(pool), deeds, buyers },
    finished: await finishedBefore(pool, stored, programme, now),
    expectedBpOf: (id) => expectedBp(stored.find((mission) => mission.id === id)),
  };
}

/** Forecasts that were made before missions were forecast in this way say nothing that could be learnt from. */
function forecastOf({ forecast }: StoredMission) {
  return forecast?.coverageBp === undefined ? undefined : forecast;
}

function expectedBp(mission: StoredMission | undefined): number {
  const forecast = mission && mission.state !== "ended" ? forecastOf(mission) : undefined;
  const audience = forecast?.assumptions.audience?.expected ?? 0;
  if (forecast === undefined || audience <= 0) return 0;
  return Math.min(10_000, Math.round((forecast.completions.expected / audience) * 10_000));
}

async function finishedBefore(
  pool: Pool,
  stored: readonly StoredMission[],
  programme: CompiledProgramme,
  now: EpochMs,
): Promise<Finished[]> {
  const over = stored
    .flatMap((mission) => {
      const live = mission.liveSpans.map(([fromAt, untilAt]) => ({
        fromAt,
        untilAt: untilAt ?? Number.MAX_SAFE_INTEGER,
      }));
      const terms = missionTerms(mission.id, mission.document, live, programme);
      const endedAt = terms.live.at(-1)?.untilAt;
      const forecast = forecastOf(mission);
      if (endedAt === undefined || endedAt > now || forecast === undefined) return [];
      return [{ id: mission.id, terms, forecast, endedAt }];
    })
    .sort((a, b) => a.endedAt - b.endedAt)
    .slice(-FINISHED.missions);
  if (over.length === 0) return [];
  const completions = await countCompletions(
    pool,
    over.map(({ id }) => id),
  );
  const finished: Finished[] = [];
  for (const { id, terms, forecast, endedAt } of over) {
    const { audience, ready } = forecast.assumptions;
    // Who it was open to is what had been measured: what a person stated may have been a wish.
    if (audience === undefined || audience.source === "stated" || ready?.source === "stated") continue;
    const { measured } = forecast;
    const spent =
      endedAt + boostDays(terms) * DAY_MS > now
        ? undefined
        : await spentOf(pool, terms, programme, measured.perMemberCents);
    finished.push({
      audience: Math.round((audience.expected * (ready?.expected ?? 10_000)) / 10_000),
      completions: completions.get(id) ?? 0,
      natural: measured.natural,
      days: terms.live.reduce((sum, { fromAt, untilAt }) => sum + (untilAt - fromAt) / DAY_MS, 0),
      valueKopecks: measured.valueKopecks,
      ...(spent === undefined ? {} : { spent }),
    });
  }
  return finished;
}

async function spentOf(
  pool: Pool,
  { id, reward }: MissionTerms,
  programme: CompiledProgramme,
  perMemberCents: number,
): Promise<number | undefined> {
  if (reward.kind !== "boost" || perMemberCents <= 0) return undefined;
  const rules = Object.entries(programme.document.rules)
    .filter(([rule, { when }]) => rule === missionKey(id) || list(when?.boost).includes(reward.key))
    .map(([rule]) => rule);
  const { doers, cents } = await earnedByDoers(pool, id, rules, FINISHED.doers);
  return doers < FINISHED.fewest || cents <= 0 ? undefined : cents / doers / perMemberCents;
}

function createBreath() {
  let sinceMs = performance.now();
  return () => {
    if (performance.now() - sinceMs < STRETCH_MS) return undefined;
    return new Promise<void>((resolve) => {
      setImmediate(() => {
        sinceMs = performance.now();
        resolve();
      });
    });
  };
}
