/**
 * Profile upserts with resolution, on a durable PostgreSQL in the bench's own process: half are of new people, the rest are
 * of people known at another partner (a verified phone tells), told again with a change, or prove two members to be one.
 */
import { randomBytes } from "node:crypto";
import type { Profile } from "#domains/identity/index.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { createProfiles } from "#flows/profiles/index.ts";
import { createRandom, type Random } from "#kernel/random.ts";
import { systemClock as clock } from "#platform/clock.ts";
import { benchProgrammes } from "./checkout/programme.ts";
import { type BenchOptions, type BenchResult, rounded, step } from "./lib/bench.ts";
import { conditions } from "./lib/conditions.ts";
import { startCpuMeter } from "./lib/cpu-time.ts";
import { BENCH_SECRET, benchHome, startBenchPostgres } from "./lib/engine.ts";
import { createLatencies } from "./lib/latencies.ts";

export const options = ["quick", "seconds", "connections", "seed", "home", "pg", "no-verify"] as const;

export async function run(given: BenchOptions): Promise<BenchResult> {
  const home = benchHome(given);
  try {
    const postgres = await step("PostgreSQL", () => startBenchPostgres(home, given));
    try {
      const { pool } = postgres;
      const programmes = benchProgrammes(clock);
      const profiles = createProfiles({
        ...{ pool, clock, programmes },
        identifierSecret: BENCH_SECRET,
        masterKey: randomBytes(32),
        random: randomBytes,
      });
      const people = createPeople(createRandom(given.number("seed", 1)));
      const latencies = createLatencies();
      const decisions: Record<string, number> = {};
      const until = performance.now() + 1000 * given.number("seconds", given.flag("quick") ? 5 : 20);
      const cpu = startCpuMeter({ postgres: postgres.server.pid, service: process.pid });
      const startedAt = performance.now();
      const client = async (): Promise<void> => {
        while (performance.now() < until) {
          const askedAt = performance.now();
          const outcome = await profiles.put(people.next());
          latencies.add(performance.now() - askedAt);
          const decision = outcome === "overloaded" ? outcome : outcome.decision;
          decisions[decision] = (decisions[decision] ?? 0) + 1;
        }
      };
      await Promise.all(Array.from({ length: given.number("connections", 128) }, client));
      const seconds = (performance.now() - startedAt) / 1000;
      const used = cpu.read();
      const count = Object.values(decisions).reduce((sum, each) => sum + each, 0);
      const { calendar } = programmes.current();
      const verified = given.flag("no-verify")
        ? undefined
        : await verifyProjections(pool, { calendar, now: clock.now });
      return {
        bench: "profiles",
        profilesPerSecond: rounded(count / seconds),
        decisions,
        cpuMicrosPerProfile: Object.fromEntries(
          Object.entries(used).map(([name, each]) => [name, rounded((each / count) * 1e6, 0)]),
        ),
        p50Ms: rounded(latencies.quantileMs(0.5), 1),
        p99Ms: rounded(latencies.quantileMs(0.99), 1),
        seconds: rounded(seconds, 1),
        verifyDifferences: verified?.differenceCount ?? null,
        conditions: await conditions(pool),
      };
    } finally {
      await postgres.stop();
    }
  } finally {
    home.remove();
  }
}

/** People by number: a phone and a card each; what a partner tells of them. */
function createPeople(random: Random): { next(): Profile } {
  let people = 0;
  let externals = 0;
  const phone = (n: number) => ({ kind: "phone" as const, value: `+79${String(100_000_000 + n)}`, verified: true });
  const card = (n: number) => ({ kind: "card" as const, value: `22${String(100_000_000_000 + n)}`, verified: true });
  const told: Profile[] = [];
  const profile = (partner: string, identifiers: Profile["identifiers"], n: number): Profile => ({
    partner,
    externalId: String(++externals),
    identifiers,
    name: `Фамилия${n} Имя${n % 97} Отчество${n % 89}`,
    birthDate: `19${String(50 + (n % 50))}-0${1 + (n % 9)}-1${n % 10}`,
    address: `Москва, улица ${n % 5_000}, дом ${n % 40}, квартира ${n % 300}`,
    at: clock.now(),
  });
  return {
    next: () => {
      const dice = random.next();
      const known = 1 + Math.floor(random.next() * Math.max(1, people));
      if (dice < 0.5 || told.length === 0) {
        const n = ++people;
        // Some are known by the card at one partner and by the phone at another.
        const made = profile("alfa", n % 10 === 0 ? [card(n)] : [phone(n), { ...phone(n + 7), verified: false }], n);
        if (told.length < 100_000) told.push(made);
        return made;
      }
      if (dice < 0.55) return profile("charlie", [phone(known)], known);
      if (dice < 0.75) return profile("bravo", [phone(known), card(known)], known);
      const again = told[Math.floor(random.next() * told.length)] as Profile;
      return { ...again, at: clock.now(), attributes: { visits: externals } };
    },
  };
}
