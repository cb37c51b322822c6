import { randomUUID } from "node:crypto";
import type { Pool } from "pg";
import { createGuard, keyRoutes } from "#domains/access/http/index.ts";
import { type Keyring, permissionOf } from "#domains/access/index.ts";
import type { WatchedGuards } from "#domains/guards/index.ts";
import { lookupRoute } from "#domains/identity/http/index.ts";
import { createLedgerReads, memberRoutes } from "#domains/ledger/http/index.ts";
import { programmeRoutes } from "#domains/program/http/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { actRoutes, createSettlementReads, settlementRoutes } from "#domains/settlement/http/index.ts";
import type { PaymentProvider } from "#domains/subscription/index.ts";
import { batchRoute, holdRoutes, receiptRoutes } from "#flows/checkout/http/index.ts";
import type { Checkout } from "#flows/checkout/index.ts";
import { closeRoute } from "#flows/close-month/http/index.ts";
import { createCloseDeps, termsOf } from "#flows/close-month/index.ts";
import { gamesRoutes } from "#flows/games/http/index.ts";
import { householdRoutes } from "#flows/household/http/index.ts";
import { budgetRoute, funderRoutes } from "#flows/limits/http/index.ts";
import { linkageRoutes } from "#flows/link-population/http/index.ts";
import type { LinkMembersDeps } from "#flows/link-population/index.ts";
import { eventBatchRoute, eventRoutes, favouriteRoutes, missionRoutes } from "#flows/missions/http/index.ts";
import type { EventLog } from "#flows/missions/index.ts";
import { peopleRoutes, profileRoutes } from "#flows/profiles/http/index.ts";
import { createMaySeePerson, historyStreams, type Profiles } from "#flows/profiles/index.ts";
import { ratingRoute } from "#flows/rate-receipt/http/index.ts";
import { simulateRoutes } from "#flows/simulate/http/index.ts";
import { storeDayRoute } from "#flows/store-days/http/index.ts";
import { invariant } from "#kernel/invariant.ts";
import type { Month } from "#kernel/time.ts";
import type { ClickHouseClient } from "#platform/clickhouse/client.ts";
import type { Clock } from "#platform/clock.ts";
import { type App, createApp, type RouteModule } from "#platform/http/app.ts";
import { collectOpenApi, openApiDocument, serveDocs } from "#platform/http/docs.ts";
import type { Histogram, MetricSource } from "#platform/http/metrics.ts";
import type { OpenApiDocument } from "#platform/http/openapi.ts";
import { createRateLimiter, type RateLimitOptions } from "#platform/http/rate-limit.ts";
import { jobRoutes } from "#platform/jobs/job-routes.ts";
import { createJobs } from "#platform/jobs/jobs.ts";
import type { Logger } from "#platform/log.ts";
import { isConnectionLost } from "#platform/postgres/pool.ts";
import { API_INFO } from "./api-info.ts";
import type { FindMember } from "./find-member.ts";
import { guardModules } from "./guard-modules.ts";
import { membershipModules } from "./membership-modules.ts";
import { offerModules } from "./offer-modules.ts";
import { operatingRoutes, type Readiness } from "./operations-routes.ts";
import { problemRegistry } from "./problems.ts";

export type ServerDeps = {
  readonly clock: Clock;
  readonly log: Logger;
  readonly pool: Pool;
  readonly clickhouse: ClickHouseClient;
  readonly random: (count: number) => Uint8Array;
  readonly programmes: Programmes;
  readonly checkout: Checkout;
  readonly keyring: Keyring;
  readonly events: EventLog;
  /** What stops, blocks and limits receipts; told of a change at once. */
  readonly guards?: WatchedGuards;
  /** The member of an identifier as it was read. */
  readonly findMember: FindMember;
  /** Who members are. Without it its routes are described and answer nothing. */
  readonly profiles?: Profiles;
  /** Keys the hashes of identifiers and of codes. Without it codes are those of nobody's secret: for descriptions only. */
  readonly identifierSecret?: Uint8Array;
  /** Takes the money of subscriptions; the built-in sandbox unless given. */
  readonly paymentProvider?: PaymentProvider;
  /** Makes server seeds of draws. Without it games are described and nothing can be drawn. */
  readonly gameSecret?: Uint8Array;
  readonly readiness: () => Promise<Readiness>;
  /** Numbers that others keep, for /metrics: feed lag, waiting requests, batch sizes. */
  readonly gauges?: readonly MetricSource[];
  readonly histograms?: readonly Histogram[];
  /** Requests per key; generous if not said, "off" for benches. */
  readonly rateLimit?: RateLimitOptions | "off";
  readonly logRequests?: boolean;
  /** Routes of folders that are wired elsewhere. */
  readonly modules?: readonly RouteModule[];
};

export type HttpServer = {
  readonly app: App;
  readonly openApi: () => OpenApiDocument;
  /** Resolves to the address it listens on. */
  listen(where: { readonly host: string; readonly port: number }): Promise<string>;
  /** Answers what has been begun, takes nothing more. */
  close(timeoutMs?: number): Promise<void>;
};

/** The API: rules of conduct, the guard, and the routes of every folder. */
export async function createServer(deps: ServerDeps): Promise<HttpServer> {
  const { clock, log, pool, random, programmes, checkout, keyring } = deps;
  const problems = problemRegistry();
  const rateLimiter = deps.rateLimit === "off" ? undefined : createRateLimiter(clock, deps.rateLimit);
  const { app, metrics, isDraining, close } = createApp({
    clock,
    log,
    problems,
    guard: createGuard({ keyring, rateLimiter }),
    isUnavailable: isConnectionLost,
    logRequests: deps.logRequests ?? false,
  });
  app.decorateRequest("principal", null);

  const isPartner = (partner: string) => programmes.latest?.partners.has(partner) === true;
  const kopecksPerPoint = () => programmes.latest?.pointValueKopecks ?? 100;
  const till = { checkout, problems, kopecksPerPoint, isUnavailable: isConnectionLost };
  const maySeeMember = createMaySeePerson(pool);
  const reads = createLedgerReads({
    pool,
    now: () => clock.now(),
    calendar: () => programmes.current().calendar,
    operator: () => programmes.current().operator,
    historyOf: (member) => historyStreams(pool, member),
  });
  const jobs = createJobs({
    clock,
    newId: () => `job_${randomUUID().replaceAll("-", "")}`,
    onError: (err, job) => log.error({ err, job: job.id, kind: job.kind }, "a job failed"),
  });
  const settlements = {
    pool,
    warehouse: deps.clickhouse,
    clock,
    terms: (month: Month) => termsOf(pool, programmes, month),
  };
  const settlementDeps = { ...settlements, problems, reads: createSettlementReads(settlements) };
  const closeDeps = () => createCloseDeps({ pool, warehouse: deps.clickhouse, clock, programmes });
  const profiles = (): Profiles => {
    invariant(deps.profiles, "this server was given no profiles");
    return deps.profiles;
  };
  const gameSecret = (): Uint8Array => {
    invariant(deps.gameSecret, "this server was given no secret of games");
    return deps.gameSecret;
  };
  const modules: RouteModule[] = [
    receiptRoutes(till),
    batchRoute({ ...till, log }),
    holdRoutes(till),
    eventRoutes({ events: deps.events, problems }),
    eventBatchRoute({ events: deps.events, problems, log, isUnavailable: isConnectionLost }),
    budgetRoute({ pool }),
    ...guardModules(deps, problems),
    funderRoutes({ pool, clock, programmes, problems }),
    favouriteRoutes({ pool, clock, programmes, checkout, problems, maySeeMember }),
    missionRoutes({ pool, clock, programmes, problems, maySeeMember }),
    ...membershipModules({ ...deps, problems, maySeeMember }),
    gamesRoutes({ pool, clock, programmes, problems, maySeeMember, random, gameSecret }),
    ...offerModules({ ...deps, problems, maySeeMember }),
    ratingRoute({ pool, clock, checkout, problems }),
    storeDayRoute({ pool, clock, programmes, problems }),
    memberRoutes({ problems, reads, maySeeMember }),
    lookupRoute({ problems, findMember: deps.findMember }),
    profileRoutes({ problems, profiles, isPartner }),
    peopleRoutes({ problems, profiles, maySeeMember }),
    householdRoutes({ pool, clock, programmes, problems }),
    linkageRoutes({ jobs, problems, linking: () => linkingOf(deps, profiles()) }),
    programmeRoutes({ pool, problems, programmes }),
    settlementRoutes(settlementDeps),
    actRoutes(settlementDeps),
    closeRoute({ jobs, problems, closeDeps }),
    simulateRoutes({ pool, clickhouse: deps.clickhouse, programmes, jobs, problems }),
    jobRoutes({ jobs, problems }),
    keyRoutes({ pool, clock, random, isPartner, keyring, problems }),
    operatingRoutes({
      readiness: deps.readiness,
      isDraining,
      metrics,
      sources: deps.gauges ?? [],
      histograms: deps.histograms ?? [],
    }),
    ...(deps.modules ?? []),
  ];
  const openApi = { problems, rolesOf };
  await collectOpenApi(app, API_INFO);
  for (const register of modules) register(app);
  await serveDocs(app, openApi, API_INFO);
  await app.ready();
  return {
    app,
    openApi: () => openApiDocument(app, openApi),
    listen: (where) => app.listen(where),
    close: async (timeoutMs) => {
      // Jobs can be asked for again: what they do goes on from where it stopped.
      await Promise.all([close(timeoutMs), jobs.close()]);
    },
  };
}

/** What the linkage of all profiles works with; it reads them as the API does. */
function linkingOf({ pool, clickhouse, clock, programmes }: ServerDeps, { keys, settings }: Profiles): LinkMembersDeps {
  return { pool, clickhouse, clock, programmes, keys, settings, newId: randomUUID };
}

/** For x-roles of the document. */
function rolesOf(operationId: string): object | undefined {
  const permission = permissionOf(operationId);
  return permission === undefined || permission === "public" ? undefined : permission.roles;
}
