import type { PoolClient } from "pg";
import {
  findKeys,
  HOUSEHOLD_CAP,
  loadSurvivors,
  loadWholeMember,
  lockWallets,
  openDraft,
  postChanges,
  readFirstOpenDay,
  readOperation,
  type StoredOperation,
  type TransferChanges,
  type TransferFailure,
  type TransferredLot,
  transferPoints,
  transferredCents,
  undoTransfer,
  type WholeMember,
} from "#domains/ledger/index.ts";
import { requestKey } from "#flows/checkout/index.ts";
import { type MergeDeps, MergeRace, postingContext, racingTransaction } from "#flows/merge/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { PointsCents } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { formatMonth, lastDayOf, monthOf } from "#kernel/time.ts";
import { sharedOf } from "./agreements.ts";
import { type HouseholdDeps, type Person, peopleOf } from "./deps.ts";

/** What both operations of a transfer say of it; the taker's number is the transfer's id. */
export type TransferBody = {
  readonly v: 1;
  readonly role: "giver" | "taker";
  readonly by: string;
  readonly note: string;
  readonly giver: { readonly member: MemberId; readonly seq: number };
  readonly taker: { readonly member: MemberId; readonly seq: number };
  readonly cents: PointsCents;
  readonly lots: readonly TransferredLot[];
  /** Of an undoing: the transfer's own operations. */
  readonly undoes?: { readonly giverSeq: number; readonly takerSeq: number };
};

export type TransferRequest = {
  readonly from: MemberId;
  readonly to: MemberId;
  readonly pointsCents: PointsCents;
  readonly note: string;
  readonly by: string;
  readonly idempotencyKey: string;
};

export type UndoRequest = {
  readonly transfer: { readonly member: MemberId; readonly seq: number };
  readonly note: string;
  readonly by: string;
  readonly idempotencyKey: string;
};

export type HouseholdFailure =
  | TransferFailure
  | { readonly code: "unknown-member" }
  | { readonly code: "same-member" }
  | { readonly code: "household-not-allowed" }
  /** The giver has not agreed to it. */
  | { readonly code: "no-agreement" }
  | { readonly code: "unknown-transfer" }
  | { readonly code: "idempotency-conflict" };

export type Transferred = { readonly replayed: boolean; readonly operation: StoredOperation };

/**
 * Moves points of one member to another who may take them, at once and for both or not at all. The same key and request
 * again is the same answer.
 */
export async function transfer(
  deps: HouseholdDeps,
  request: TransferRequest,
): Promise<Result<Transferred, HouseholdFailure>> {
  const { from, to, pointsCents, note } = request;
  const key = requestKey("transfer", [request.by, request.idempotencyKey], ["give", from, to, pointsCents, note]);
  return keyed(deps, key, async (client) => {
    const { householdCents } = deps.programmes.current().policies;
    if (householdCents === 0) return err({ code: "household-not-allowed" });
    const people = await peopleOf(client, [from, to]);
    if (!people) return err({ code: "unknown-member" });
    const [giving, taking] = people as [Person, Person];
    if (giving.root === taking.root) return err({ code: "same-member" });
    const { takers } = await sharedOf(client, giving);
    if (!takers.some(({ member }) => member === taking.root)) return err({ code: "no-agreement" });
    const pair = await openPair(deps, client, giving.root, taking.root);
    const body = { v: 1, by: request.by, note } as const;
    return ok({
      ...pair,
      changes: transferPoints(pair.giver, pair.taker, {
        cents: pointsCents,
        cap: { ...capOf(deps), mostCents: householdCents },
        body: (_, role, lots) =>
          JSON.stringify({ ...body, role, ...sides(pair, role), cents: transferredCents(lots), lots }),
      }),
    });
  });
}

/** Gives back what is left of a transfer; what was spent of it stays spent. Without an agreement too: it is the way out. */
export async function undo(deps: HouseholdDeps, request: UndoRequest): Promise<Result<Transferred, HouseholdFailure>> {
  const { transfer: id, note } = request;
  const key = requestKey("transfer", [request.by, request.idempotencyKey], ["undo", id.member, id.seq, note]);
  return keyed(deps, key, async (client) => {
    const stored = await readOperation(client, id.member, id.seq);
    const told = stored?.body as TransferBody | undefined;
    if (stored?.kind !== "transfer" || told?.role !== "taker" || told.undoes) return err({ code: "unknown-transfer" });
    const people = await peopleOf(client, [told.giver.member, told.taker.member]);
    if (!people) return err({ code: "unknown-member" });
    const [giving, taking] = people as [Person, Person];
    // Two that are one by now have nothing to give back to each other.
    if (giving.root === taking.root) return err({ code: "nothing-left" });
    const pair = await openPair(deps, client, giving.root, taking.root);
    const shifts = { giver: await shiftOf(client, told.giver.member), taker: await shiftOf(client, told.taker.member) };
    const cap = capOf(deps);
    const isSameMonth = monthOf(stored.accountingDay) === monthOf(cap.untilDay);
    const lots = told.lots.map((lot) => ({ ...lot, fromSeq: lot.fromSeq + shifts.giver }));
    const numbers = { giverSeq: told.giver.seq + shifts.giver, takerSeq: told.taker.seq + shifts.taker };
    const body = { v: 1, by: request.by, note, undoes: numbers } as const;
    return ok({
      ...pair,
      changes: undoTransfer(pair.giver, pair.taker, {
        ...{ ...numbers, lots },
        ...(isSameMonth ? { cap } : {}),
        body: (_, role, cents) => JSON.stringify({ ...body, role, ...sides(pair, role), cents, lots: [] }),
      }),
    });
  });
}

type Pair = {
  readonly giver: ReturnType<typeof openDraft>;
  readonly taker: ReturnType<typeof openDraft>;
  readonly firstOpenDay: number;
};

/** Both numbers as they will be: the giver's operation is written first. */
function sides({ giver, taker }: Pair, role: "giver" | "taker") {
  return {
    giver: { member: giver.before.member, seq: giver.seq },
    taker: { member: taker.before.member, seq: role === "giver" ? taker.seq + 1 : taker.seq },
  };
}

async function openPair(deps: HouseholdDeps, client: PoolClient, giver: MemberId, taker: MemberId): Promise<Pair> {
  await lockWallets(client, [giver, taker]);
  const [one, two] = [await loadWholeMember(client, giver), await loadWholeMember(client, taker)];
  if (one?.wallet.status !== "open" || two?.wallet.status !== "open") throw new MergeRace("merged or erased meanwhile");
  const firstOpenDay = await readFirstOpenDay(client);
  const merging: MergeDeps = { now: deps.clock.now, programmes: deps.programmes };
  const context = postingContext(merging, firstOpenDay);
  const open = (whole: WholeMember) => openDraft(whole.wallet, context, whole.closedLots);
  return { giver: open(one), taker: open(two), firstOpenDay };
}

/** What to add to a member's own numbers to have those of who answers for it. */
async function shiftOf(client: PoolClient, member: MemberId): Promise<number> {
  return (await loadSurvivors(client, [member])).get(member)?.shift ?? 0;
}

function capOf(deps: HouseholdDeps): { key: string; untilDay: number } {
  const { calendar } = deps.programmes.current();
  const month = monthOf(calendar.dayOf(deps.clock.now()));
  return { key: `${HOUSEHOLD_CAP}:${formatMonth(month)}`, untilDay: lastDayOf(month) };
}

type Decided = Pair & { readonly changes: Result<TransferChanges, TransferFailure> };

/** The key is claimed by the taker's operation, in the transaction that posts it. */
async function keyed(
  deps: HouseholdDeps,
  key: ReturnType<typeof requestKey>,
  decide: (client: PoolClient) => Promise<Result<Decided, HouseholdFailure>>,
): Promise<Result<Transferred, HouseholdFailure>> {
  return racingTransaction<Result<Transferred, HouseholdFailure>>(deps.pool, async (client) => {
    const [claimed] = await findKeys(client, [key]);
    if (claimed) {
      if (!claimed.bodyHash.equals(key.bodyHash)) return err({ code: "idempotency-conflict" });
      const operation = await readOperation(client, claimed.member ?? 0, claimed.seq ?? 0);
      return operation ? ok({ replayed: true, operation }) : err({ code: "unknown-transfer" });
    }
    const decided = await decide(client);
    if (!decided.ok) return decided;
    const { changes, firstOpenDay } = decided.value;
    if (!changes.ok) return changes;
    const { giver, taker } = changes.value;
    const inOrder = [giver, taker].sort((a, b) => a.after.bucket - b.after.bucket || a.after.member - b.after.member);
    const { member, seq } = taker.after;
    const { keyBucket, keyHash, bodyHash } = key;
    const keys = [{ keyBucket, keyHash, bodyHash, member, bucket: bucketOf(member), seq }];
    await postChanges(client, { changes: inOrder, keys, identifiers: [], anonymous: [], firstOpenDay });
    const operation = await readOperation(client, member, seq);
    return operation ? ok({ replayed: false, operation }) : err({ code: "unknown-transfer" });
  });
}
