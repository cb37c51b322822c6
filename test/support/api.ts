import { randomBytes } from "node:crypto";
import { after } from "node:test";
import type { Pool } from "pg";
import { createKey, createKeyring, type Role } from "#domains/access/index.ts";
import { openGuards, type WatchedGuards } from "#domains/guards/index.ts";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { applyProgramme, loadProgrammes, type Programmes } from "#domains/program/index.ts";
import { createCheckout, type RunningCheckout } from "#flows/checkout/index.ts";
import { createEventLog } from "#flows/missions/index.ts";
import { createProfiles, DEFAULT_IDENTITY, type IdentitySettings, type Profiles } from "#flows/profiles/index.ts";
import { createFindMember } from "#main/http/find-member.ts";
import { createServer, type HttpServer, type ServerDeps } from "#main/http/server.ts";
import { type ManualClock, manualClock } from "#platform/clock.ts";
import { silentLogger } from "#platform/log.ts";
import { type TestEngines, testEngines } from "../engines.ts";
import { programmesOf, SMALL_COALITION } from "./programmes.ts";

/** JSON that a test looks into without saying its shape first. */
export interface Json {
  readonly [name: string]: Json;
}

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
  readonly text: string;
};

export type Call = {
  readonly method?: string;
  readonly key?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

export type TestApi = {
  readonly url: string;
  readonly engines: TestEngines;
  readonly clock: ManualClock;
  readonly checkout: RunningCheckout;
  readonly programmes: Programmes;
  readonly profiles: Profiles;
  readonly guards: WatchedGuards;
  readonly server: HttpServer;
  makeKey(role: Role, partner?: string): Promise<{ key: string; id: string }>;
  /** A key of each kind. `till` is alfa's. */
  readonly keys: Readonly<Record<"till" | "partner" | "analyst" | "operator" | "admin", string>>;
  /** One request as a client would make it. A body that is no text is sent as JSON. */
  call(path: string, call?: Call): Promise<Answer>;
  /** Rows of every table that a request could write to. */
  countRows(): Promise<number>;
};

/** The API on real engines with its own database, listening on loopback; closed when the file's tests are over. */
export async function testApi(
  over: Partial<ServerDeps> & {
    readonly programme?: string;
    readonly now?: string;
    /** Applied to the database, so that missions can add to it. */
    readonly isStored?: boolean;
    /** Over the usual settings of identity. */
    readonly identity?: Partial<IdentitySettings>;
  } = {},
): Promise<TestApi> {
  const engines = await testEngines();
  const { pool } = engines;
  const { programme = SMALL_COALITION, now = "2026-06-15T12:00:00+03:00", isStored: _, identity, ...deps } = over;
  const clock = manualClock(Date.parse(now));
  const programmes: Programmes = over.isStored
    ? await storedProgrammes(engines.pool, clock, programme)
    : programmesOf(clock.now, programme);
  const secret = Buffer.from("test");
  const guards = await openGuards({ pool, clock, programmes });
  const checkout = createCheckout({ pool, clock, programmes, guards, identifierSecret: secret });
  const profiles = createProfiles({
    ...{ pool, clock, programmes, identifierSecret: secret },
    masterKey: randomBytes(32),
    settings: {
      ...DEFAULT_IDENTITY,
      attributeRules: [{ key: "eats-at-home", categories: ["food"], enough: 2, halfLifeDays: 60, leastBp: 1_000 }],
      ...identity,
    },
    random: randomBytes,
  });
  const server = await createServer({
    clock,
    log: silentLogger(),
    pool,
    clickhouse: engines.clickhouse,
    random: randomBytes,
    programmes,
    checkout,
    guards,
    keyring: createKeyring(pool, clock),
    events: createEventLog({ pool, clock, programmes, identifierKey: createIdentifierKeys(secret) }),
    identifierSecret: secret,
    findMember: createFindMember(pool, secret),
    profiles,
    gameSecret: Buffer.from("test games"),
    readiness: async () => ({ ready: true, parts: { postgres: true } }),
    rateLimit: "off",
    ...deps,
  });
  const url = await server.listen({ host: "127.0.0.1", port: 0 });
  after(async () => {
    await server.close();
    await checkout.drain();
  });
  const isPartner = (partner: string) => programmes.current().partners.has(partner);
  const makeKey = async (role: Role, partner?: string) => {
    const request = { role, name: `${role} of the test`, ...(partner === undefined ? {} : { partner }) };
    const made = await createKey({ pool, clock, random: randomBytes, isPartner }, request);
    if (!made.ok) throw new Error(made.failure.code);
    return { key: made.value.secret, id: made.value.key.keyId };
  };
  const keys = {
    till: (await makeKey("till", "alfa")).key,
    partner: (await makeKey("partner", "alfa")).key,
    analyst: (await makeKey("analyst")).key,
    operator: (await makeKey("operator")).key,
    admin: (await makeKey("admin")).key,
  };
  return {
    url,
    engines,
    clock,
    checkout,
    programmes,
    profiles,
    guards,
    server,
    makeKey,
    keys,
    call: (path, call) => request(url + path, call),
    countRows: () => countRows(engines),
  };
}

/** The programme as the API has it: versions in the database, refreshed when asked. */
async function storedProgrammes(pool: Pool, clock: ManualClock, text: string): Promise<Programmes> {
  const file = { name: "programme", text };
  const applied = await applyProgramme({ pool, clock }, { file, appliedBy: "test", comment: "", effectiveFromAt: 0 });
  if (!applied.ok) throw new Error(JSON.stringify(applied.failure));
  return loadProgrammes({ pool, clock });
}

async function request(url: string, call: Call = {}): Promise<Answer> {
  const { body, key } = call;
  const isText = typeof body === "string" || body instanceof Uint8Array;
  const response = await fetch(url, {
    method: call.method ?? (body === undefined ? "GET" : "POST"),
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...call.headers,
    },
    ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /[/+]json\b/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : {}) as Json };
}

const WRITTEN = [
  "wallet",
  "lot",
  "hold",
  "operation",
  "operation_key",
  "anonymous_receipt",
  "purchase_return",
  "identifier",
  "member_trait",
  "receipt_rating",
  "store_day_total",
  "api_key",
  "event_key",
  "partner_event",
];

async function countRows({ pool }: TestEngines): Promise<number> {
  const counts = WRITTEN.map((table) => `(select count(*) from ${table})`);
  const { rows } = await pool.query<{ total: number }>(`select ${counts.join(" + ")} as total`);
  return Number(rows[0]?.total);
}
