import type { Pool, PoolClient } from "pg";
import type { Reserved, StreamFacts, StreamJoin } from "#domains/ledger/index.ts";
import {
  addMovements,
  type CoverAlert,
  correctCovers,
  coversUsed,
  exposureOf,
  type FunderSums,
  freedCents,
  funderPosition,
  giveBackToBudgets,
  insertAlert,
  insertReserves,
  lastAlerts,
  moveReserves,
  NO_SUMS,
  noteReturned,
  putFunderTotals,
  type ReturnedSoFar,
  readDeposits,
  readFunderTotals,
  waitingByFunder,
} from "#domains/limits/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { settledClaims, type TallyLine } from "#domains/settlement/index.ts";
import { followOnce, partsOf, type Subscriber } from "#flows/follow-stream/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { Clock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { coverOf } from "./cover-terms.ts";
import { readTail, tallyMovements } from "./read-stream.ts";

export type FollowDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  /** A funder's cover became short, ended, or is right again. */
  readonly onAlert?: (alert: CoverAlert) => void;
};

type Page = {
  readonly movements: readonly TallyLine[];
  readonly facts: readonly StreamFacts[];
  readonly joins: readonly StreamJoin[];
};

/**
 * Funders follow operations: of each stretch it is summed what was given, taken back, spent and expired of each funder's
 * points; reserves and what returns give back are noted. All in one transaction with the position.
 */
export const funderSubscriber: Subscriber<Page> = {
  position: funderPosition,
  read: async (stretch) => {
    const { movements, facts, joins } = await stretch.survey();
    if (movements === "") return undefined;
    return { movements: tallyMovements(movements), facts, joins };
  },
  take: async (client, { movements, facts, joins }) => {
    if (movements.length > 0) await putFunderTotals(client, addMovements(await readFunderTotals(client), movements));
    await noteSpecial(client, facts, joins);
  },
};

/** Takes the next page of operations, and brings covers in line once there are no more; true when there may be. */
export async function followFunders(deps: FollowDeps, pageSize?: number): Promise<boolean> {
  if (await followOnce(deps.pool, funderSubscriber, pageSize)) return true;
  await alignCovers(deps);
  return false;
}

/** In the order of the stream: what was reserved, or came back, before a merge moves with it. */
async function noteSpecial(
  client: PoolClient,
  facts: readonly StreamFacts[],
  joins: readonly StreamJoin[],
): Promise<void> {
  const back = new Map<string, PointsCents>();
  for (const { rows, join } of partsOf(facts, joins)) {
    for (const each of rows) {
      if (each.reserved !== undefined) await insertReserves(client, reservesOf(each, each.reserved));
      for (const [key, cents] of each.budgets ?? []) back.set(key, (back.get(key) ?? 0) + cents);
    }
    await noteReturned(
      client,
      rows.flatMap(({ member, returned }): ReturnedSoFar[] => {
        if (returned === undefined) return [];
        return [{ member, seq: returned[0], kopecks: returned[1].lines.reduce((sum, line) => sum + line, 0) }];
      }),
    );
    if (join?.kind === "merge") await moveReserves(client, join.merged, join.survivor, join.base);
  }
  await giveBackToBudgets(client, back);
}

function reservesOf({ member, seq, partner, postedAt }: StreamFacts, { untilAt, wholeKopecks, parts }: Reserved) {
  return parts.map(([availableAt, expiresAt, funders, asked], part) => ({
    ...{ member, seq, partner, reservedAt: postedAt },
    ...{ part, untilAt, wholeKopecks, availableAt, funders, asked },
    expiresAt: expiresAt ?? undefined,
  }));
}

/** More behind the position than this is followed first. */
const TAIL = 20_000;

/**
 * Brings covers in line with the sums: what came free may be used again, and what was given without a lease counts. Where
 * nothing is covered nothing is read. The position is held, so that the sums stay; then they, what is behind them, and the
 * leases are seen in one snapshot.
 */
export async function alignCovers(deps: FollowDeps): Promise<void> {
  const { pool, programmes } = deps;
  if (!programmes.latest) return;
  const isCovered = [...programmes.current().partners.values()].some(({ cover }) => cover !== undefined);
  if (!isCovered && (await coversUsed(pool)).size === 0) return;
  await transaction(pool, async (client) => {
    const from = await funderPosition.lock(client);
    const { tail, used } = await transaction(
      pool,
      async (reader) => ({ tail: await readTail(reader, from, TAIL), used: await coversUsed(reader) }),
      { isolation: "repeatable read", readOnly: true },
    );
    if (!tail.isWhole) return;
    await correct(deps, client, addMovements(await readFunderTotals(client), tail.lines), used);
  });
}

/** `sums` and `used` are of one snapshot: whatever was given with a lease since is in neither. */
async function correct(
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
