/** The worker process: loops that move the feed, book expiries, and so on. Ends in order on SIGTERM. */
import { createServer } from "node:http";
import { createClickhouse } from "#platform/clickhouse/client.ts";
import { systemClock } from "#platform/clock.ts";
import { createLogger } from "#platform/log.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { runLoops } from "#platform/process/loops.ts";
import { onStop } from "#platform/process/stop.ts";
import { identifierSecret as readIdentifierSecret } from "./identifier-secret.ts";
import { identitySettings } from "./identity-settings.ts";
import { masterKey } from "./master-key.ts";
import { paymentProvider } from "./payment-provider.ts";
import { settingsFromEnvironment } from "./process-settings.ts";
import { createLoops } from "./worker-loops.ts";

const settings = settingsFromEnvironment();
const log = createLogger({ name: "worker" });
const pool = createPool({ url: settings.pgUrl, applicationName: "dolka worker", max: 6 });
const clickhouse = createClickhouse({ url: settings.clickhouseUrl, application: "dolka-worker" });
const identifierSecret = readIdentifierSecret(settings.home);
const gameSecret = masterKey(settings.home);
const stopping = new AbortController();
const loops = runLoops(
  createLoops({
    ...{ pool, clickhouse, clock: systemClock, log, identifierSecret, gameSecret },
    masterKey: masterKey(settings.home),
    identity: identitySettings(settings.home),
    paymentProvider: paymentProvider(settings.home, systemClock),
  }),
  stopping.signal,
  log,
);

/** Health for the supervisor and for `dolka status`: 503 while a loop waits after a failure. */
const server = createServer((request, response) => {
  const health = loops.health();
  const isReady = health.every(({ state }) => state === "running");
  const status = request.url === "/readyz" && !isReady ? 503 : 200;
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify({ status: isReady ? "ok" : "unavailable", loops: health }));
});
server.listen(settings.port, "127.0.0.1");

onStop(log, async () => {
  stopping.abort();
  server.close();
  server.closeAllConnections();
  await loops.ended;
  await Promise.allSettled([pool.end(), clickhouse.close()]);
});
log.info("the worker runs");
