/** Partner events: taken into the log, then followed by missions and rewarded, in one process without HTTP. */
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { applyProgramme, loadProgrammes } from "#domains/program/index.ts";
import { createCheckout } from "#flows/checkout/index.ts";
import {
  changeMissionState,
  createEventLog,
  draftMissions,
  followStream,
  makeForecast,
  settleRewards,
} from "#flows/missions/index.ts";
import { systemClock as clock } from "#platform/clock.ts";
import { cardOf } from "./checkout/members.ts";
import { populate } from "./checkout/population.ts";
import { programmeFile } from "./checkout/programme.ts";
import { type BenchOptions, type BenchResult, rounded, step } from "./lib/bench.ts";
import { conditions } from "./lib/conditions.ts";
import { BENCH_SECRET, benchHome, startBenchPostgres } from "./lib/engine.ts";

export const options = ["quick", "events", "members", "missions", "home", "pg"] as const;

const AT_ONCE = 512;

export async function run(given: BenchOptions): Promise<BenchResult> {
  const isQuick = given.flag("quick");
  const members = given.number("members", isQuick ? 20_000 : 100_000);
  const count = given.number("events", isQuick ? 20_000 : 60_000);
  const missions = given.number("missions", 100);
  const home = benchHome(given);
  const postgres = await step("PostgreSQL", () => startBenchPostgres(home, given));
  try {
    const { pool } = postgres;
    const identifierKey = createIdentifierKeys(BENCH_SECRET);
    await step("members", () => populate(pool, { members, now: Date.now(), identifierKey }));
    const applied = { file: programmeFile(), appliedBy: "bench", comment: "", effectiveFromAt: 0 };
    if (!(await applyProgramme({ pool, clock }, applied)).ok) throw new Error("the bench's programme was refused");
    const programmes = await loadProgrammes({ pool, clock });
    const deps = { pool, clock, programmes };
    await step(`${missions} missions`, () => goLive(deps, missions));
    const log = createEventLog({ ...deps, identifierKey });
    const checkout = createCheckout({ ...deps, identifierSecret: BENCH_SECRET });
    const taken = await timed("taken", async () => {
      const asker = { keyId: "bench", role: "operator" } as const;
      const send = async (i: number): Promise<void> => {
        const member = { by: "identifier", kind: "card", value: cardOf(1 + ((i * 7919) % members)) } as const;
        const type = `e${i % missions}`;
        const event = { partner: "bravo", id: `${i}`, type, member, at: clock.now(), data: { i } };
        const outcome = await log.post(event, asker);
        if (!outcome.ok) throw new Error(outcome.failure.code);
      };
      let next = 0;
      const lane = async (): Promise<void> => {
        while (next < count) await send(next++);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
    });
    const followed = await timed("followed", async () => {
      while (await followStream(deps));
    });
    let rewards = 0;
    const settled = await timed("rewarded", async () => {
      rewards = await settleRewards({ ...deps, checkout });
    });
    return {
      bench: "events",
      takenPerSecond: rounded(count / taken),
      followedPerSecond: rounded(count / followed),
      rewardsPerSecond: rounded(rewards / settled),
      throughPerSecond: rounded(count / (taken + followed + settled)),
      events: count,
      rewards,
      missions,
      members,
      conditions: await conditions(pool),
    };
  } finally {
    await postgres.stop();
    home.remove();
  }
}

async function timed(name: string, work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await step(name, work);
  return (performance.now() - startedAt) / 1000;
}

/** Live missions, one event type each; every tenth gives points for three events. */
async function goLive(deps: Parameters<typeof draftMissions>[0], missions: number): Promise<void> {
  const today = new Date(clock.now() - 86_400_000).toISOString().slice(0, 10);
  const one = (i: number): string =>
    `  m${i}: { partner: bravo, name: M, from: ${today}, until: 2099-12-31, goal: { event: e${i}${i % 10 === 0 ? ", times: 3 times" : ""} }, reward: { points: 1 point }, funders: { bravo: 1 } }`;
  const text = `format: 1\nmissions:\n${Array.from({ length: missions }, (_, i) => one(i)).join("\n")}\n`;
  const drafted = await draftMissions(deps, { file: { name: "bench", text }, who: "a", comment: "" });
  if (!drafted.ok) throw new Error(JSON.stringify(drafted.failure));
  for (const { id } of drafted.value) {
    const forecast = await makeForecast(deps, { mission: id, who: "a" });
    const approved = await changeMissionState(deps, { mission: id, action: "approve", who: "b", comment: "" });
    if (!forecast.ok || !approved.ok) throw new Error("a mission did not go live");
  }
}
