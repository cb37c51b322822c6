import Fastify, { type FastifyInstance } from "fastify";
import type { Pool } from "pg";
import { type ClickHouseClient, queryRows } from "#platform/clickhouse/client.ts";
import type { Clock } from "#platform/clock.ts";
import type { Logger } from "#platform/log.ts";

export type ServerDeps = {
  readonly pool: Pool;
  readonly clickhouse: ClickHouseClient;
  readonly clock: Clock;
  readonly log: Logger;
};

/** The HTTP server with what operating it needs: /healthz (the process lives) and /readyz (it can answer requests). */
export async function createServer(deps: ServerDeps): Promise<FastifyInstance> {
  const server = Fastify({ logger: false, forceCloseConnections: "idle" });
  server.get("/healthz", async () => ({ status: "ok" }));
  server.get("/readyz", async (_request, reply) => {
    const postgres = await answers(() => deps.pool.query("select 1"));
    // Without ClickHouse receipts are still taken; what it shows and computes waits.
    const clickhouse = await answers(() => queryRows(deps.clickhouse, "select 1"));
    return reply.code(postgres ? 200 : 503).send({ status: postgres ? "ok" : "unavailable", postgres, clickhouse });
  });
  return server;
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask();
    return true;
  } catch {
    return false;
  }
}
