/** The API process. Ends in order on SIGTERM, and when the process that started it has died. */
import { randomBytes } from "node:crypto";
import { createKeyring } from "#domains/access/index.ts";
import { openGuards } from "#domains/guards/index.ts";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import { createCheckout } from "#flows/checkout/index.ts";
import { createEventLog } from "#flows/missions/index.ts";
import { createProfiles } from "#flows/profiles/index.ts";
import { createClickhouse, queryRows } from "#platform/clickhouse/client.ts";
import { systemClock as clock } from "#platform/clock.ts";
import { createLogger } from "#platform/log.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { onStop } from "#platform/process/stop.ts";
import { watchFeed } from "./feed-gauges.ts";
import { createFindMember } from "./http/find-member.ts";
import { checkoutGauges, guardGauges, processGauges } from "./http/gauges.ts";
import { createServer } from "./http/server.ts";
import { identifierSecret } from "./identifier-secret.ts";
import { identitySettings } from "./identity-settings.ts";
import { masterKey } from "./master-key.ts";
import { paymentProvider } from "./payment-provider.ts";
import { settingsFromEnvironment } from "./process-settings.ts";

/** How soon a version applied elsewhere is known here. */
const PROGRAMME_REFRESH_MS = 1_000;
/** Batches of the checkout under way at once (docs/performance.md). */
const LANES = 2;

const settings = settingsFromEnvironment();
const log = createLogger({ name: "api" });
const pool = createPool({ url: settings.pgUrl, applicationName: "dolka api", max: 20 });
const lanePool = createPool({ url: settings.pgUrl, applicationName: "dolka api lanes", max: LANES });
const clickhouse = createClickhouse({ url: settings.clickhouseUrl, application: "dolka-api" });

const programmes = await loadProgrammes({ pool, clock });
const watch = programmes.watch(PROGRAMME_REFRESH_MS, (error) =>
  log.warn({ err: error }, "the programme can't be read"),
);
const secret = identifierSecret(settings.home);
const guards = await openGuards({ pool, clock, programmes });
const watchGuards = guards.watch((error) => log.warn({ err: error }, "the guards can't look"));
const checkout = createCheckout({ pool, lanePool, lanes: LANES, clock, programmes, guards, identifierSecret: secret });

const events = createEventLog({ pool, clock, programmes, identifierKey: createIdentifierKeys(secret) });

const profiles = createProfiles({
  ...{ pool, clock, programmes, identifierSecret: secret },
  masterKey: masterKey(settings.home),
  settings: identitySettings(settings.home),
  random: randomBytes,
});

const answers = async (ask: () => Promise<unknown>): Promise<boolean> =>
  ask().then(
    () => true,
    () => false,
  );

const feed = watchFeed({ pool, nodes: [{ node: 0, pool }], clock });

const server = await createServer({
  clock,
  log,
  pool,
  clickhouse,
  random: randomBytes,
  programmes,
  checkout,
  guards,
  events,
  keyring: createKeyring(pool, clock),
  identifierSecret: secret,
  findMember: createFindMember(pool, secret, programmes, clock),
  profiles,
  gameSecret: masterKey(settings.home),
  paymentProvider: paymentProvider(settings.home, clock),
  gauges: [...feed.gauges, ...checkoutGauges(checkout.stats), ...guardGauges(guards.stats), ...processGauges()],
  ...(settings.isRateLimited ? {} : { rateLimit: "off" }),
  // Without ClickHouse receipts are still taken; what it shows and computes waits.
  readiness: async () => {
    const postgres = await answers(() => pool.query("select 1"));
    const warehouse = await answers(() => queryRows(clickhouse, "select 1"));
    return { ready: postgres, parts: { postgres, clickhouse: warehouse, programme: programmes.latest !== undefined } };
  },
});

onStop(log, async () => {
  watch.stop();
  feed.stop();
  await server.close(); // answers what it has taken, takes nothing more
  await watchGuards.stop();
  await Promise.all([checkout.drain(), events.drain(), profiles.drain()]);
  await Promise.allSettled([pool.end(), lanePool.end(), clickhouse.close()]);
});
await server.listen({ host: settings.host, port: settings.port });
log.info({ address: `http://${settings.host}:${settings.port}` }, "the API listens");
