import { randomBytes, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import { createKeyWrapper } from "#domains/identity/index.ts";
import type { CoverAlert } from "#domains/limits/index.ts";
import { createCodes } from "#domains/offers/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import type { PaymentProvider } from "#domains/subscription/index.ts";
import { runCardFeed } from "#flows/card-feed/index.ts";
import { type CheckoutOptions, createCheckout } from "#flows/checkout/index.ts";
import { runFeed } from "#flows/feed/index.ts";
import { createStream, type Stream } from "#flows/follow-stream/index.ts";
import { runGames } from "#flows/games/index.ts";
import { runLevels } from "#flows/levels/index.ts";
import { runFunders } from "#flows/limits/index.ts";
import { runNightlyLinkage } from "#flows/link-population/index.ts";
import { runMissions } from "#flows/missions/index.ts";
import { runOffers } from "#flows/offers/index.ts";
import type { IdentitySettings } from "#flows/profiles/index.ts";
import { runReferral } from "#flows/referral/index.ts";
import { runSubscriptions } from "#flows/subscription/index.ts";
import { sweepWallets } from "#flows/sweep/index.ts";
import { MINUTE_MS } from "#kernel/time.ts";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";
import type { Clock } from "#platform/clock.ts";
import type { Logger } from "#platform/log.ts";
import type { Loop } from "#platform/process/loops.ts";
import { runGuards, workerGuards } from "./worker-guards.ts";

export type LoopDeps = {
  readonly pool: Pool;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
  readonly log: Logger;
  /** Keys the hashes of identifiers, as in the API. */
  readonly identifierSecret: Uint8Array;
  /** Wraps the members' data keys, as in the API. */
  readonly masterKey: Uint8Array;
  readonly identity: IdentitySettings;
  /** Takes the money of subscriptions, as in the API. */
  readonly paymentProvider: PaymentProvider;
  /** Makes server seeds of draws, as in the API. */
  readonly gameSecret: Uint8Array;
};

/** With the stream of operations that all followers of the process read together. */
type FollowingDeps = LoopDeps & { readonly stream: Stream };

/** The end of the stream is looked at so often; a follower sees a receipt so much later at most. */
const STREAM_BEAT_MS = 200;

/** The loops of the worker process, wired. */
export function createLoops(given: LoopDeps): Loop[] {
  const deps: FollowingDeps = { ...given, stream: createStream(given.pool, { beatMs: STREAM_BEAT_MS }) };
  return [
    { name: "feed", run: (signal) => feed(deps, signal) },
    { name: "missions", run: (signal) => missions(deps, signal) },
    { name: "offers", run: (signal) => offers(deps, signal) },
    { name: "cards", run: (signal) => cards(deps, signal) },
    { name: "referral", run: (signal) => referral(deps, signal) },
    { name: "levels", run: (signal) => levels(deps, signal) },
    { name: "subscriptions", run: (signal) => subscriptions(deps, signal) },
    { name: "funders", run: (signal) => funders(deps, signal) },
    { name: "games", run: (signal) => games(deps, signal) },
    { name: "sweep", run: (signal) => sweepDaily(deps, signal) },
    { name: "guards", run: (signal) => runGuards(deps, signal) },
    { name: "linkage", run: (signal) => linkNightly(deps, signal) },
  ];
}

/** Moves operations to the warehouse. The ledger is on one node so far. */
function feed(deps: LoopDeps, signal: AbortSignal): Promise<void> {
  const { pool, clickhouse, clock, log } = deps;
  return runFeed(
    {
      pool,
      nodes: [{ node: 0, pool }],
      warehouse: clickhouse,
      clock,
      onEvent: (event) => {
        if (event.event === "failed")
          log.error({ err: event.error, failures: event.failuresInARow }, "the feed failed");
        if (event.event === "rewound") log.warn(event, "the warehouse was empty: everything is sent again");
      },
    },
    signal,
  );
}

/** What a loop posts with: the programme as it is now, and a checkout of its own that remembers so many members. */
async function openPosting(deps: LoopDeps, guards: CheckoutOptions["guards"], rememberMembers: number) {
  const { pool, clock, identifierSecret } = deps;
  const programmes = await loadProgrammes(deps);
  const checkout = createCheckout({ pool, clock, programmes, guards, identifierSecret, lanes: 1, rememberMembers });
  return { pool, clock, programmes, checkout, refresh: programmes.refresh };
}

/** Progress in missions and what it brings; rewards are operations like any other, posted by a checkout of its own. */
async function missions(deps: FollowingDeps, signal: AbortSignal): Promise<void> {
  const posting = await openPosting(deps, await workerGuards(deps), 10_000);
  await runMissions({ ...posting, stream: deps.stream }, signal);
  await posting.checkout.drain();
}

/** Levels by what receipts spent or earned, as traits of members. */
async function levels(deps: FollowingDeps, signal: AbortSignal): Promise<void> {
  const posting = await openPosting(deps, await workerGuards(deps), 10_000);
  await runLevels({ ...posting, stream: deps.stream }, signal);
  await posting.checkout.drain();
}

/** Renewals of subscriptions, payments that failed or are on their way, and the benefits that follow. */
async function subscriptions(deps: LoopDeps, signal: AbortSignal): Promise<void> {
  const posting = await openPosting(deps, await workerGuards(deps), 1_000);
  const onUnanswered = (error: unknown) => deps.log.warn({ err: error }, "the payment provider did not answer");
  await runSubscriptions({ ...posting, provider: deps.paymentProvider, onUnanswered }, signal);
  await posting.checkout.drain();
}

/** What is given in each funder's name, and what waits for its deposit; posted by a checkout of its own. */
async function funders(deps: FollowingDeps, signal: AbortSignal): Promise<void> {
  const { log } = deps;
  const posting = await openPosting(deps, await workerGuards(deps), 1_000);
  const onAlert = (alert: CoverAlert) => {
    const told = `the cover of ${alert.funder} is ${alert.state}`;
    if (alert.state === "ok") log.info(alert, told);
    else log.warn(alert, told);
  };
  await runFunders({ ...posting, stream: deps.stream, onAlert }, signal);
  await posting.checkout.drain();
}

/** Boards, achievements, draws and what they bring; awards are posted by a checkout of its own. */
async function games(deps: FollowingDeps, signal: AbortSignal): Promise<void> {
  const posting = await openPosting(deps, await workerGuards(deps), 10_000);
  await runGames({ ...posting, stream: deps.stream, gameSecret: deps.gameSecret, random: randomBytes }, signal);
  await posting.checkout.drain();
}

/** Card payments outside of the coalition become receipts of the bank's card processing, and returns of them. */
async function cards(deps: LoopDeps, signal: AbortSignal): Promise<void> {
  const posting = await openPosting(deps, await workerGuards(deps), 10_000);
  await runCardFeed(posting, signal);
  await posting.checkout.drain();
}

/** Invitations: what new members bought, what stayed bought, and the rewards of both sides. */
async function referral(deps: FollowingDeps, signal: AbortSignal): Promise<void> {
  const posting = await openPosting(deps, await workerGuards(deps), 1_000);
  await runReferral({ ...posting, stream: deps.stream }, signal);
  await posting.checkout.drain();
}

/** Codes are made, benefits that a process left are given, vouchers expire, the programme has the offers that are live. */
async function offers(deps: LoopDeps, signal: AbortSignal): Promise<void> {
  const posting = await openPosting(deps, await workerGuards(deps), 1_000);
  await runOffers({ ...posting, codes: createCodes(deps.identifierSecret), random: randomBytes }, signal);
  await posting.checkout.drain();
}

/** Links all stored profiles each night (identity.yaml). */
async function linkNightly(deps: LoopDeps, signal: AbortSignal): Promise<void> {
  const { pool, clickhouse, clock, log, masterKey, identity } = deps;
  const programmes = await loadProgrammes(deps);
  await runNightlyLinkage(
    {
      ...{ pool, clickhouse, clock, programmes, settings: identity, newId: randomUUID },
      keys: createKeyWrapper(masterKey, randomBytes),
      refresh: programmes.refresh,
      onRun: ({ run, report }) => log.info({ run, ...report }, "the stored profiles were linked"),
    },
    signal,
  );
}

const LOOK_EVERY_MS = MINUTE_MS;

/** Books the expiries and time-outs of idle members once each business day, soon after it began. */
async function sweepDaily(deps: LoopDeps, signal: AbortSignal): Promise<void> {
  const programmes = await loadProgrammes(deps);
  let sweptDay = 0;
  while (!signal.aborted) {
    await programmes.refresh();
    const today = programmes.latest ? programmes.current().calendar.dayOf(deps.clock.now()) : sweptDay;
    if (today !== sweptDay) {
      const report = await sweepWallets({ ...deps, programmes }, { signal });
      if (report.operations > 0) deps.log.info(report, "booked what was due for idle members");
      sweptDay = today;
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
