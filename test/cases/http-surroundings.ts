import { randomBytes } from "node:crypto";
import { createKey, createKeyring } from "#domains/access/index.ts";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { applyProgramme, loadProgrammes } from "#domains/program/index.ts";
import { createCheckout } from "#flows/checkout/index.ts";
import { type FeedDeps, moveBatch } from "#flows/feed/index.ts";
import { followFunders, settleReserves } from "#flows/limits/index.ts";
import { createEventLog, followStream, settleRewards } from "#flows/missions/index.ts";
import { createProfiles } from "#flows/profiles/index.ts";
import { invariant } from "#kernel/invariant.ts";
import { createFindMember } from "#main/http/find-member.ts";
import { createServer } from "#main/http/server.ts";
import { manualClock } from "#platform/clock.ts";
import { createLogger } from "#platform/log.ts";
import type { TestEngines } from "../engines.ts";
import { untilSeen } from "../feed.ts";
import type { HttpSurroundings } from "./http-system.ts";

/** The API in this process over a database of its own, with a clock that is told the time. */
export async function openHttpSurroundings(
  engines: TestEngines,
): Promise<HttpSurroundings & { close(): Promise<void> }> {
  const { pool } = engines;
  const clock = manualClock(0);
  const programmes = await loadProgrammes({ pool, clock });
  const identifierSecret = randomBytes(32);
  const checkout = createCheckout({ pool, clock, programmes, identifierSecret });
  const profiles = createProfiles({
    ...{ pool, clock, programmes, identifierSecret },
    ...{ masterKey: randomBytes(32), random: randomBytes },
  });
  const server = await createServer({
    clock,
    log: createLogger({ name: "cases", level: "silent" }),
    pool,
    clickhouse: engines.clickhouse,
    random: randomBytes,
    programmes,
    checkout,
    keyring: createKeyring(pool, clock),
    events: createEventLog({ pool, clock, programmes, identifierKey: createIdentifierKeys(identifierSecret) }),
    findMember: createFindMember(pool, identifierSecret),
    profiles,
    rateLimit: "off",
    readiness: async () => ({ ready: true, parts: {} }),
  });
  const node = { node: 0, pool };
  const feed: FeedDeps = { pool, nodes: [node], warehouse: engines.clickhouse, clock };
  const never = new AbortController().signal;
  const baseUrl = await server.listen({ host: "127.0.0.1", port: 0 });
  const keys = new Map<string, Promise<string>>();
  const key = (role: "till" | "partner" | "operator", partner?: string): Promise<string> => {
    const name = `${role} ${partner ?? ""}`;
    const known = keys.get(name) ?? makeKey(role, partner);
    keys.set(name, known);
    return known;
  };
  const makeKey = async (role: "till" | "partner" | "operator", partner?: string): Promise<string> => {
    const isPartner = (id: string): boolean => programmes.current().partners.has(id);
    const made = await createKey(
      { pool, clock, random: randomBytes, isPartner },
      { role, name: "cases", ...(partner ? { partner } : {}) },
    );
    invariant(made.ok, "a key for a partner of the programme");
    return made.value.secret;
  };
  return {
    baseUrl,
    setTime: clock.set,
    now: clock.now,
    applyProgramme: async (text) => {
      const file = { text, name: "case.yaml" };
      const applied = await applyProgramme({ pool, clock }, { file, appliedBy: "cases", comment: "" });
      invariant(applied.ok, applied.ok ? "" : JSON.stringify(applied.failure));
      await programmes.refresh();
    },
    tillKey: (partner) => key("till", partner),
    operatorKey: () => key("operator"),
    partnerKey: (partner) => key("partner", partner),
    feed: async () => {
      await untilSeen(pool);
      while (await moveBatch(feed, node, 50_000, never));
    },
    work: async () => {
      const deps = { pool, clock, programmes, checkout };
      await programmes.refresh();
      await untilSeen(pool);
      while ((await followStream(deps)) || (await settleRewards(deps)) > 0);
      // What a deposit has not is believed for a second.
      for (let i = 0; i < 2; i++) {
        await untilSeen(pool);
        while (await followFunders(deps)) {}
        clock.set(clock.now() + 1_001);
        await settleReserves(deps);
      }
      await untilSeen(pool);
      while (await followFunders(deps)) {}
      clock.set(clock.now() + 1_001);
    },
    verify: async () => {
      const report = await verifyProjections(pool, { calendar: programmes.current().calendar, now: clock.now });
      return report.differences.map((difference) => JSON.stringify(difference));
    },
    close: async () => {
      await server.close();
      await Promise.all([checkout.drain(), profiles.drain()]);
    },
  };
}
