/** The API process. Ends in order on SIGTERM, and when the process that started it has died. */
import { createClickhouse } from "#platform/clickhouse/client.ts";
import { systemClock } from "#platform/clock.ts";
import { createLogger } from "#platform/log.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { onStop } from "#platform/process/stop.ts";
import { createServer } from "./http-server.ts";
import { settingsFromEnvironment } from "./process-settings.ts";

const settings = settingsFromEnvironment();
const log = createLogger({ name: "api" });
const pool = createPool({ url: settings.pgUrl, applicationName: "dolka api", max: 20 });
const clickhouse = createClickhouse({ url: settings.clickhouseUrl, application: "dolka-api" });
const server = await createServer({ pool, clickhouse, clock: systemClock, log });

onStop(log, async () => {
  await server.close(); // answers what it has taken, takes nothing more
  await Promise.allSettled([pool.end(), clickhouse.close()]);
});
await server.listen({ host: settings.host, port: settings.port });
log.info({ address: `http://${settings.host}:${settings.port}` }, "the API listens");
