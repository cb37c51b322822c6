import type { Pool, PoolClient } from "pg";
import {
  addMovements,
  type CoverAlert,
  correctCovers,
  coversUsed,
  exposureOf,
  type FunderSums,
  freedCents,
  giveBackToBudgets,
  insertAlert,
  insertReserves,
  lastAlerts,
  lockFunderPosition,
  moveFunderPosition,
  moveReserves,
  NO_SUMS,
  noteReturned,
  putFunderTotals,
  readDeposits,
  readFunderTotals,
  waitingByFunder,
} from "#domains/limits/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { settledClaims } from "#domains/settlement/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { Clock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { coverOf } from "./cover-terms.ts";
import { readStream, type SpecialOperation } from "./read-stream.ts";

export type FollowDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  /** A funder's cover became short, ended, or is right again. */
  readonly onAlert?: (alert: CoverAlert) => void;
};

/** More than a second brings. */
const PAGE = 20_000;

/**
 * Takes the next page of operations: sums what was given, taken back, spent and expired of each funder's points, notes
 * reserves and what returns give back, and moves the position, all in one transaction. Then brings covers in line with the
 * sums: what came free may be used again, and what was given without a lease counts. True when there is more.
 */
export async function followFunders(deps: FollowDeps, pageSize = PAGE): Promise<boolean> {
  const { pool } = deps;
  return transaction(pool, async (client) => {
    const from = await lockFunderPosition(client);
    // A snapshot of its own, taken once the position is ours: sums and leases are seen at one moment.
    const seen = await transaction(
      pool,
      async (reader) => ({ read: await readStream(reader, from, pageSize), used: await coversUsed(reader) }),
      { isolation: "repeatable read", readOnly: true },
    );
    const { read, used } = seen;
    const totals = addMovements(await readFunderTotals(client), read.page);
    if (read.page.length > 0) await putFunderTotals(client, totals);
    await noteSpecial(client, read.special);
    if (read.to > from) await moveFunderPosition(client, read.to);
    if (read.isCaughtUp && deps.programmes.latest)
      await alignCovers(deps, client, addMovements(totals, read.tail), used);
    return !read.isCaughtUp;
  });
}

async function noteSpecial(client: PoolClient, special: readonly SpecialOperation[]): Promise<void> {
  const back = new Map<string, PointsCents>();
  for (const { member, seq, partner, postedAt, facts } of special) {
    const { reserved, returned, budgets, state } = facts;
    if (state?.status === "open" && state.with !== undefined && state.base !== undefined) {
      await moveReserves(client, state.with, member, state.base);
    }
    if (reserved !== undefined) {
      const of = { member, seq, partner, reservedAt: postedAt };
      const { untilAt, wholeKopecks, parts } = reserved;
      const rows = parts.map(([availableAt, expiresAt, funders, asked], part) => ({
        ...{ ...of, part, untilAt, wholeKopecks, availableAt, funders, asked },
        expiresAt: expiresAt ?? undefined,
      }));
      await insertReserves(client, rows);
    }
    if (returned !== undefined) {
      const kopecks = returned[1].lines.reduce((sum, line) => sum + line, 0);
      await noteReturned(client, member, returned[0], kopecks);
    }
    for (const [key, cents] of budgets ?? []) back.set(key, (back.get(key) ?? 0) + cents);
  }
  await giveBackToBudgets(client, back);
}

/** `sums` and `used` are of one snapshot: whatever was given with a lease since is in neither. */
async function alignCovers(
  { programmes, clock, onAlert }: FollowDeps,
  client: PoolClient,
  sums: ReadonlyMap<PartnerId, FunderSums>,
  used: ReadonlyMap<PartnerId, PointsCents>,
): Promise<void> {
  const programme = programmes.current();
  const covered = [...programme.partners.values()].filter(({ cover }) => cover !== undefined);
  if (used.size === 0 && covered.length === 0) return;
  const settled = await settledClaims(client);
  const waiting = await waitingByFunder(client);
  const deposits = await readDeposits(client);
  await correctCovers(
    client,
    [...used].map(([funder, usedCents]) => {
      const of = sums.get(funder) ?? NO_SUMS;
      const mode = programme.partners.get(funder)?.funding ?? "postpaid";
      return {
        funder,
        driftCents: of.issued - usedCents,
        freedCents: freedCents(of, mode, settled.get(funder) ?? 0),
        waitingCents: waiting.get(funder) ?? 0,
      };
    }),
  );
  const last = await lastAlerts(client);
  for (const { id } of covered) {
    const of = sums.get(id) ?? NO_SUMS;
    const { cover } = exposureOf(of, settled.get(id) ?? 0, coverOf(programme, id, deposits.get(id)), 0);
    if (cover === undefined || cover.state === (last.get(id)?.state ?? "ok")) continue;
    const { state, usedCents, limitCents } = cover;
    const alert = { funder: id, at: clock.now(), state, usedCents, limitCents };
    await insertAlert(client, alert);
    onAlert?.(alert);
  }
}
