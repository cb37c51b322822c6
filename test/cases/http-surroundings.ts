import { randomBytes } from "node:crypto";
import { createKey, createKeyring } from "#domains/access/index.ts";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { applyProgramme, loadProgrammes } from "#domains/program/index.ts";
import { previewSettlement, readStored, type SettlementTerms } from "#domains/settlement/index.ts";
import { createCheckout } from "#flows/checkout/index.ts";
import { type CloseDeps, closeMonth } from "#flows/close-month/index.ts";
import { type FeedDeps, moveBatch } from "#flows/feed/index.ts";
import { createEventLog } from "#flows/missions/index.ts";
import { sweepWallets } from "#flows/sweep/index.ts";
import { invariant } from "#kernel/invariant.ts";
import { monthOf, parseMonth } from "#kernel/time.ts";
import { createFindMember } from "#main/http/find-member.ts";
import { createServer } from "#main/http/server.ts";
import { manualClock } from "#platform/clock.ts";
import { createLogger } from "#platform/log.ts";
import type { TestEngines } from "../engines.ts";
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
    rateLimit: "off",
    readiness: async () => ({ ready: true, parts: {} }),
  });
  const baseUrl = await server.listen({ host: "127.0.0.1", port: 0 });
  const keys = new Map<string, Promise<string>>();
  const key = (role: "till" | "operator", partner?: string): Promise<string> => {
    const name = `${role} ${partner ?? ""}`;
    const known = keys.get(name) ?? makeKey(role, partner);
    keys.set(name, known);
    return known;
  };
  const makeKey = async (role: "till" | "operator", partner?: string): Promise<string> => {
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
    ...settling(engines, clock, programmes),
    verify: async () => {
      const report = await verifyProjections(pool, { calendar: programmes.current().calendar, now: clock.now });
      return report.differences.map((difference) => JSON.stringify(difference));
    },
    close: async () => {
      await server.close();
      await checkout.drain();
    },
  };
}

type Programmes = Awaited<ReturnType<typeof loadProgrammes>>;

function settling({ pool, clickhouse }: TestEngines, clock: { now(): number }, programmes: Programmes) {
  const node = { node: 0, pool };
  const feed: FeedDeps = { pool, nodes: [node], warehouse: clickhouse, clock };
  const never = new AbortController().signal;
  const feedAll = async (): Promise<void> => {
    while (await moveBatch(feed, node, 50_000, never));
  };
  const terms = (redemptionBp: number): SettlementTerms => {
    const { operator, partners, pointValueKopecks } = programmes.current();
    const parties = [...partners.values()].map(({ id, name }) => ({ id, title: name, legalName: id }));
    return { operator, parties, pointKopecks: pointValueKopecks, redemptionBp, fees: [] };
  };
  const deps = (): CloseDeps => ({
    pool,
    warehouse: clickhouse,
    feed,
    clock,
    calendar: programmes.current().calendar,
    sweep: async () => void (await sweepWallets({ pool, clock, programmes })),
    terms: async () => terms(8_000),
    pollMs: 5,
  });
  const settle = (month: number, redemptionBp: number) =>
    previewSettlement(pool, clickhouse, month, terms(redemptionBp));
  return {
    closeMonth: async (month: string) => {
      let isOver = false;
      const feeding = (async () => {
        while (!isOver) await moveBatch(feed, node, 1_000, never);
      })();
      const closed = await closeMonth(deps(), parseMonth(month) as number, never).finally(() => {
        isOver = true;
      });
      await feeding;
      return closed.ok
        ? ({ ok: true, replayed: false, value: undefined } as const)
        : ({ ok: false, code: closed.failure.code, status: 0 } as const);
    },
    settlement: async (month: string) => {
      await feedAll();
      const number = parseMonth(month) as number;
      const stored = await readStored(pool, number);
      const { lines, positions } =
        stored?.document === undefined ? await settle(number, 8_000) : JSON.parse(stored.document);
      const cells = new Map<string, { funder: string; redeemer: string; cents: number }>();
      for (const { funder, redeemer, cents } of lines) {
        const cell = `${funder} ${redeemer}`;
        cells.set(cell, { funder, redeemer, cents: (cells.get(cell)?.cents ?? 0) + cents });
      }
      const net = new Map<string, number>(
        positions.map((each: { partner: string; netKopecks: number }) => [each.partner, each.netKopecks]),
      );
      return { cells: [...cells.values()].filter((cell) => cell.cents !== 0), net };
    },
    outstanding: async (funder: string, redemptionBp: number) => {
      await feedAll();
      const month = monthOf(programmes.current().calendar.dayOf(clock.now()));
      const { balances } = await settle(month, redemptionBp);
      const { outstandingCents, expectedClaimCents } = balances.find((each) => each.funder === funder) ?? {
        outstandingCents: 0,
        expectedClaimCents: 0,
      };
      return { outstandingCents, expectedClaimCents };
    },
  };
}
