import type { Pool } from "pg";
import type { CompiledProgramme, Programmes, VelocityTerms } from "#domains/program/index.ts";
import { DAY_MS, MINUTE_MS } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { type Blocks, blockedOf, blocksOf, NO_BLOCKS } from "./core/blocks.ts";
import { createStoppedProgrammes } from "./core/stopped-programme.ts";
import { NO_STOPS, type Stop, type Stops, stopsOf } from "./core/stops.ts";
import { bytesOf, type Counters, count, createCounters, keyed, LATE_MS, subjectsIn } from "./core/velocity/counters.ts";
import { type GuardFacts, SUBJECT_INDEX, SUBJECTS } from "./core/velocity/facts.ts";
import { readJournal } from "./core/velocity/journal.ts";
import { judge, type Verdict } from "./core/velocity/judge.ts";
import { type BatchHost, beginBatch, type GuardBatch } from "./guard-batch.ts";
import { countVerdict, type GuardStats } from "./guard-stats.ts";
import { countOpenAlerts, putRefused, type RefusedAlert } from "./store/alerts.ts";
import { type JournalEntry, loadJournal, lookForNews, newWriter } from "./store/journal.ts";
import { readStandingBlocks, readStandingStops } from "./store/switchboard.ts";

/** How often what others posted, stopped and blocked is looked for: known everywhere within half a second. */
export const LOOK_EVERY_MS = 250;
/** How often the queue of decisions is counted. */
const COUNT_ALERTS_EVERY_MS = 5_000;
/** Refusals kept for the next look; an attack makes more, of which the rest is only counted. */
const MOST_REFUSED = 2_000;
/** Rows older than this are in no window: 31 days, and what comes late. */
export const LONGEST_JOURNAL_MS = 32 * DAY_MS;
/** A row in doubt that has not been seen by then was not committed. */
const DOUBT_MS = MINUTE_MS;

export type GuardDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  /** Counts from the start on; else nothing is read of what others post until somebody asks for it. True unless given. */
  readonly counts?: boolean;
};

/** What one process knows of stops, blocks and recent operations. Checkout asks; nothing here waits for a database. */
export type Guards = {
  readonly stops: Stops;
  /** What of a request is blocked now. */
  blocked(keys: readonly number[]): ReturnType<typeof blockedOf>;
  /** Which keys of a request anybody looks at, by the order of subjects; undefined when none. */
  readonly needs: readonly boolean[] | undefined;
  /** The programme as it prices while something is stopped. */
  pricing(programme: CompiledProgramme, seller: string): CompiledProgramme;
  /** Whether velocity rules are judged here. What is posted is told to others all the same. */
  readonly isCounting: boolean;
  /** Reads what was posted within the longest window, and counts from now on. */
  startCounting(): Promise<void>;
  /** For a quote: nothing is counted. */
  judge(facts: GuardFacts): Verdict | undefined;
  begin(): GuardBatch;
  /** A request was refused; it is written soon, and told once however often it comes. */
  noteRefusal(alert: RefusedAlert): void;
};

export type WatchedGuards = Guards & {
  /** Looks once, now. */
  refresh(): Promise<void>;
  /** Looks every quarter of a second until stopped. */
  watch(onError: (error: unknown) => void): { stop(): Promise<void> };
  readonly stats: GuardStats;
};

type State = {
  readonly host: BatchHost & { number: number };
  isCountingWanted: boolean;
  isCounting: boolean;
  counters: Counters | undefined;
  velocity: readonly VelocityTerms[];
  /** Names the rules and stores that the counters are made for. */
  signature: string;
  ofProgramme: CompiledProgramme | undefined;
  snapshot: string | undefined;
  change: number;
  stops: Stops;
  blocks: Blocks;
  pricing: Guards["pricing"];
  needs: readonly boolean[] | undefined;
  refused: Map<string, RefusedAlert>;
  droppedRefusals: number;
  standing: readonly Stop[];
  openAlerts: GuardStats["openAlerts"];
  openAlertsAt: number;
};

/** Reads what stands and what was posted within the longest window; then it is known here as it was before a restart. */
export async function openGuards(deps: GuardDeps): Promise<WatchedGuards> {
  const writer = await newWriter(deps.pool);
  const state = newState(writer, deps.counts ?? true);
  let looking: Promise<void> | undefined;
  // One look at a time, whoever asks; who asks while one is under way wants what comes after.
  const refresh = async (): Promise<void> => {
    await looking?.catch(() => {});
    looking ??= look(deps, state).finally(() => {
      looking = undefined;
    });
    return looking;
  };
  await refresh();
  return {
    stats: statsOf(state),
    refresh,
    watch: (onError) => watch(refresh, onError),
    get stops() {
      return state.stops;
    },
    get needs() {
      return state.needs;
    },
    get isCounting() {
      return state.isCounting;
    },
    startCounting: () => {
      state.isCountingWanted = true;
      return refresh();
    },
    blocked: (keys) => (state.blocks.count === 0 ? undefined : blockedOf(state.blocks, keys, deps.clock.now())),
    pricing: (programme, seller) => state.pricing(programme, seller),
    judge: (facts) => state.counters && judge(keyed(state.counters, facts), state.counters),
    begin: () => beginBatch(state.host),
    noteRefusal: (alert) => {
      countVerdict(state.host.verdicts, alert.hits, "refuse");
      const known = state.refused.get(alert.alertId);
      if (known) state.refused.set(alert.alertId, { ...alert, attempts: known.attempts + 1 });
      else if (state.refused.size < MOST_REFUSED) state.refused.set(alert.alertId, alert);
      else state.droppedRefusals++;
    },
  };
}

function newState(writer: number, isCountingWanted: boolean): State {
  const state: State = {
    host: {
      writer,
      number: 0,
      counters: () => state.counters,
      isCounted: () => state.velocity.length > 0,
      nextNumber: () => ++state.host.number,
      verdicts: new Map(),
      inFlight: new Set(),
      doubted: new Map(),
      isLoading: false,
      loaded: new Set(),
    },
    isCountingWanted,
    isCounting: false,
    counters: undefined,
    velocity: [],
    signature: "",
    ofProgramme: undefined,
    snapshot: undefined,
    change: -1,
    stops: NO_STOPS,
    blocks: NO_BLOCKS,
    pricing: (programme) => programme,
    needs: undefined,
    refused: new Map(),
    droppedRefusals: 0,
    standing: [],
    openAlerts: undefined,
    openAlertsAt: 0,
  };
  return state;
}

function statsOf(state: State): GuardStats {
  return {
    verdicts: state.host.verdicts,
    subjects: () => (state.counters ? subjectsIn(state.counters) : 0),
    bytes: () => (state.counters ? bytesOf(state.counters) : 0),
    get droppedRefusals() {
      return state.droppedRefusals;
    },
    get openAlerts() {
      return state.openAlerts;
    },
    get stops() {
      return state.standing;
    },
    get blocks() {
      return state.blocks.count;
    },
  };
}

function watch(refresh: () => Promise<void>, onError: (error: unknown) => void): { stop(): Promise<void> } {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  const next = (): void => {
    timer = setTimeout(() => {
      last = refresh()
        .catch(onError)
        .finally(() => {
          if (!isStopped) next();
        });
    }, LOOK_EVERY_MS);
    timer.unref();
  };
  next();
  return {
    stop: async () => {
      isStopped = true;
      clearTimeout(timer);
      await last;
      // What was refused since the last look is written too.
      await refresh().catch(onError);
    },
  };
}

async function look(deps: GuardDeps, state: State): Promise<void> {
  const { pool, clock, programmes } = deps;
  const { host, isCountingWanted } = state;
  if (programmes.latest) await follow(deps, state, programmes.current());
  state.isCounting = isCountingWanted;
  const doubted = [...host.doubted.keys()];
  const since = state.counters ? state.snapshot : undefined;
  const seen = await lookForNews(pool, since, { writer: host.writer, doubted });
  if (state.counters) {
    for (const entry of seen.entries) take(state, state.counters, entry);
    state.snapshot = seen.snapshot;
  }
  const now = clock.now();
  for (const [number, at] of host.doubted) if (at < now - DOUBT_MS) host.doubted.delete(number);
  if (seen.change !== state.change) {
    const standing = await readStandingStops(pool);
    const stops = stopsOf(standing);
    const blocks = blocksOf(await readStandingBlocks(pool, now));
    Object.assign(state, { standing, stops, blocks, change: seen.change, pricing: createStoppedProgrammes(stops) });
    state.needs = needsOf(state);
  }
  const refused = [...state.refused.values()];
  state.refused = new Map();
  await putRefused(pool, refused);
  if (now >= state.openAlertsAt) {
    state.openAlertsAt = now + COUNT_ALERTS_EVERY_MS;
    state.openAlerts = await countOpenAlerts(pool);
  }
}

function take(state: State, counters: Counters, entry: JournalEntry): void {
  const { host } = state;
  // An own row in doubt that is there after all: it counts as any other.
  if (entry.writer === host.writer) host.doubted.delete(entry.number);
  for (const facts of readJournal(entry.facts)) count(counters, keyed(counters, facts), entry.postedAt);
}

/** Other rules, or other stores, need other counters: they are made of what was posted, and change places when ready. */
async function follow(deps: GuardDeps, state: State, programme: CompiledProgramme): Promise<void> {
  const isWaking = state.isCountingWanted && !state.isCounting;
  if (state.ofProgramme === programme && !isWaking) return;
  const { velocity, stores, calendar, document } = programme;
  const signature = JSON.stringify([document.velocity ?? {}, [...stores.keys()], calendar.timeZone]);
  if (signature !== state.signature || isWaking) {
    state.velocity = velocity;
    state.needs = needsOf(state);
    if (velocity.length === 0) state.counters = undefined;
    else if (state.isCountingWanted) {
      const placeOf = (store: string): number => stores.get(store)?.number ?? -1;
      await load(deps, state, createCounters({ rules: velocity, calendar, placeOf }));
    }
    state.signature = signature;
  }
  state.ofProgramme = programme;
}

async function load({ pool, clock }: GuardDeps, state: State, counters: Counters): Promise<void> {
  const { host } = state;
  host.isLoading = true;
  const { snapshot } = await lookForNews(pool, undefined, { writer: host.writer, doubted: [] });
  const longest = Math.max(...counters.groups.map(({ horizonMs }) => horizonMs));
  const loaded = new Set<number>();
  for await (const entry of loadJournal(pool, clock.now() - longest - LATE_MS, snapshot)) {
    if (entry.writer === host.writer) {
      loaded.add(entry.number);
      host.doubted.delete(entry.number);
    }
    for (const facts of readJournal(entry.facts)) count(counters, keyed(counters, facts), entry.postedAt);
  }
  host.loaded.clear();
  for (const number of host.inFlight) if (loaded.has(number)) host.loaded.add(number);
  Object.assign(state, { counters, snapshot });
  host.isLoading = false;
}

/** Keys that neither a rule nor a block looks at are not made. */
function needsOf({ velocity, blocks }: State): readonly boolean[] | undefined {
  if (velocity.length === 0 && blocks.count === 0) return undefined;
  const needs = SUBJECTS.map(() => false);
  for (const { of, distinct } of velocity) {
    for (const subject of of) needs[SUBJECT_INDEX[subject]] = true;
    if (distinct !== undefined) needs[SUBJECT_INDEX[distinct]] = true;
  }
  for (const [place] of blocks.places) needs[place] = true;
  needs[SUBJECT_INDEX.member] = true;
  return needs;
}
