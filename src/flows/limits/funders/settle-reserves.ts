import type { Pool } from "pg";
import { NEVER, type StoredOperation, type TakeBackItem } from "#domains/ledger/index.ts";
import { listReturnedReserves, listWaiting, nextStep, putReserve, type Reserve } from "#domains/limits/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { Checkout } from "#flows/checkout/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import type { Clock } from "#platform/clock.ts";

export type ReserveDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly checkout: Pick<Checkout, "reward">;
};

const AT_ONCE = 256;

/**
 * Gives what waits for a deposit once it is there, in the order in which it was reserved; ends what has waited too long; takes
 * back what receipts that came back had been given so. Each is one operation, whose idempotency key is (operation, part, turn): a
 * crash between it and the note of it leads to the same key, and the operation is answered, not repeated. Gives how many it moved.
 */
export async function settleReserves(deps: ReserveDeps): Promise<number> {
  if (!deps.programmes.latest) return 0;
  let moved = 0;
  for (const reserve of await listReturnedReserves(deps.pool, AT_ONCE)) {
    await settleOne(deps, reserve, new Set());
    moved++;
  }
  /** Funders whose deposit has run out in this round: what stands behind waits too, so nobody overtakes. */
  const empty = new Set<PartnerId>();
  for (let after: Reserve | undefined; ; ) {
    const page = await listWaiting(deps.pool, after, AT_ONCE);
    for (const reserve of page) if (await settleOne(deps, reserve, empty)) moved++;
    after = page[page.length - 1];
    if (page.length < AT_ONCE) return moved;
  }
}

/** Whether something was given, taken back or ended. */
async function settleOne(deps: ReserveDeps, reserve: Reserve, empty: Set<PartnerId>): Promise<boolean> {
  const step = nextStep(reserve, deps.clock.now());
  if (step.kind === "none") return putReserve(deps.pool, reserve, reserve, false);
  if (step.kind === "end") return putReserve(deps.pool, reserve, { ...reserve, state: step.state }, false);
  if (step.kind === "take-back") return takeBack(deps, reserve, step.amountCents);
  if (reserve.funders.some((funder) => empty.has(funder))) return false;
  const given = await give(deps, reserve, step.amountCents);
  if (given === undefined) for (const funder of prepaid(deps, reserve.funders)) empty.add(funder);
  return given !== undefined;
}

function prepaid({ programmes }: ReserveDeps, funders: readonly PartnerId[]): PartnerId[] {
  return funders.filter((funder) => programmes.current().partners.get(funder)?.cover !== undefined);
}

/** Gives all that is lacking, or what the deposit has; undefined when it has nothing. */
async function give(deps: ReserveDeps, reserve: Reserve, lacks: readonly PointsCents[]): Promise<true | undefined> {
  const now = deps.clock.now();
  const outcome = await deps.checkout.reward({
    ...requestOf(reserve),
    waits: true,
    earned: {
      availableAt: Math.max(now, reserve.availableAt),
      expiresAt: reserve.expiresAt ?? NEVER,
      funders: reserve.funders,
      amountCents: lacks,
    },
  });
  if (!outcome.ok) {
    // Nothing to give yet; a member that is erased has nothing to get any more.
    if (outcome.failure.code === "budget-exhausted") return undefined;
    if (outcome.failure.code !== "unknown-member") throw new Error(`a reserve was refused: ${outcome.failure.code}`);
    await putReserve(deps.pool, reserve, { ...reserve, state: "lapsed" }, false);
    return true;
  }
  const operation = outcome.value.body;
  const added = issuedBy(operation);
  const given = reserve.given.map((cents, f) => cents + (added.get(reserve.funders[f] as PartnerId) ?? 0));
  const givenBy = [...reserve.givenBy, ...[...added].map(([funder, cents]) => [operation.seq, funder, cents] as const)];
  const after = { ...reserve, given, givenBy };
  const then = nextStep(after, now);
  await putReserve(deps.pool, reserve, then.kind === "end" ? { ...after, state: then.state } : after, true);
  return true;
}

/** The last given goes first. */
async function takeBack(deps: ReserveDeps, reserve: Reserve, over: readonly PointsCents[]): Promise<boolean> {
  const due = new Map(reserve.funders.map((funder, f) => [funder, over[f] as number]));
  const items: TakeBackItem[] = [];
  const left: (readonly [number, PartnerId, PointsCents])[] = [];
  for (const [seq, funder, cents] of reserve.givenBy.toReversed()) {
    const taken = Math.min(cents, due.get(funder) ?? 0);
    due.set(funder, (due.get(funder) ?? 0) - taken);
    if (taken > 0) items.push({ seq, funder, cents: taken });
    if (cents > taken) left.unshift([seq, funder, cents - taken]);
  }
  const outcome = await deps.checkout.reward({ ...requestOf(reserve), takeBack: items });
  if (!outcome.ok && outcome.failure.code !== "unknown-member") {
    throw new Error(`taking back a reserve was refused: ${outcome.failure.code}`);
  }
  const given = reserve.given.map((cents, f) => cents - (over[f] as number));
  const after = { ...reserve, given, givenBy: left };
  const then = nextStep(after, deps.clock.now());
  return putReserve(deps.pool, reserve, then.kind === "end" ? { ...after, state: then.state } : after, true);
}

function requestOf({ member, seq, part, partner, turn }: Reserve) {
  return {
    idempotencyKey: ["reserve", member, seq, part, turn],
    member,
    partner,
    traits: [],
    cause: { reserve: seq, part, turn },
  };
}

/** What an operation gave in each funder's name: told by itself, since it may be an earlier one that is answered again. */
function issuedBy({ movements }: StoredOperation): Map<PartnerId, PointsCents> {
  const issued = new Map<PartnerId, PointsCents>();
  for (const [from, , , , funder, , cents] of movements) {
    if (from === "ob") issued.set(funder, (issued.get(funder) ?? 0) + cents);
  }
  return issued;
}
