/** The API with a checkout that answers at once: what is left is HTTP. Tells its CPU time when asked over IPC. */
import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { createKeyring } from "#domains/access/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { RECEIPT_ANSWER_EXAMPLE } from "#flows/checkout/http/index.ts";
import type { Checkout } from "#flows/checkout/index.ts";
import { createServer, type ServerDeps } from "#main/http/server.ts";
import { systemClock } from "#platform/clock.ts";
import { silentLogger } from "#platform/log.ts";

/** Every well-made key is a till's of this partner. */
const PARTNER = "kalitka";
const isLimited = process.argv.includes("--limited");

const keyRow = (hash: Buffer) => ({
  key_id: "key_bench",
  key_hash: hash,
  role: "till",
  partner: PARTNER,
  name: "bench",
  created_at: new Date(0),
  created_by: null,
  expires_at: null,
  revoked_at: null,
  revoked_by: null,
  last_used_day: "9999-12-31",
});
const pool = {
  query: async (_sql: string, [hashes]: [Buffer[]]) => ({ rows: hashes.map(keyRow) }),
} as unknown as Pool;
const checkout = {
  postReceipt: async () => ({ ok: true, value: { replayed: false, body: RECEIPT_ANSWER_EXAMPLE } }),
} as unknown as Checkout;

const server = await createServer({
  ...({} as ServerDeps),
  clock: systemClock,
  log: silentLogger(),
  pool,
  random: randomBytes,
  programmes: { latest: { pointValueKopecks: 100 } } as unknown as Programmes,
  checkout,
  keyring: createKeyring(pool, systemClock),
  ...(isLimited ? { rateLimit: { quota: 1_000_000, windowSeconds: 1 } } : { rateLimit: "off" }),
});
const address = await server.listen({ host: "127.0.0.1", port: 0 });
process.on("message", () => process.send?.({ cpu: process.cpuUsage() }));
process.on("disconnect", () => process.exit());
process.send?.({ port: Number(new URL(address).port) });
