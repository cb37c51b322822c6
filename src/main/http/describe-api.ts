import { systemClock } from "#platform/clock.ts";
import type { OpenApiDocument } from "#platform/http/openapi.ts";
import { silentLogger } from "#platform/log.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { createServer, type ServerDeps } from "./server.ts";

/** The API's own description, without engines: for the documentation. It could not answer a request. */
export async function describeApi(): Promise<OpenApiDocument> {
  const pool = createPool({ url: "postgresql://localhost/none", applicationName: "docs", max: 1 });
  const server = await createServer({
    ...absent<ServerDeps>(),
    pool,
    identifierSecret: Buffer.alloc(32),
    clock: systemClock,
    log: silentLogger(),
    rateLimit: "off",
    modules: [],
    gauges: [],
    histograms: [],
  });
  const document = server.openApi();
  await server.close();
  await pool.end();
  return document;
}

/** Stands for dependencies that describing never calls. */
function absent<Deps>(): Deps {
  return {} as Deps;
}
