import type { Pool, PoolClient } from "pg";
import { loadSurvivors, type StoredOperation } from "#domains/ledger/index.ts";
import { type DuePlace, type Given, givenBy } from "#domains/rewards/index.ts";
import type { Checkout, RewardRequest } from "#flows/checkout/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { transaction } from "#platform/postgres/transaction.ts";

type DueRow = { readonly member: MemberId; readonly turn: number };

/** What became of one turn. Neither an operation nor a refusal: the member is erased, there is nothing to give any more. */
export type Settled<Row extends DueRow> = {
  /** As it was when the operation was asked for. */
  readonly row: Row;
  /** As it is now, locked; of the same turn. */
  readonly now: Row;
  readonly turn: number;
  /** What was posted, now or before a crash. */
  readonly operation?: StoredOperation;
  /** What the operation says it gave, numbered as the row's own member counts; undefined for nothing. */
  readonly given?: Given;
  readonly refused?: string;
};

/** Where something keeps what is given, and what it asks to have what should hold. */
export type RewardLedger<Row extends DueRow> = {
  /** The operation of a row's next turn, whose idempotency key names the turn; undefined: it has to wait. */
  request(row: Row, turn: number): Promise<RewardRequest | undefined>;
  keyOf(row: Row): string;
  /** In the order of the key. */
  lock(client: PoolClient, rows: readonly Row[]): Promise<Row[]>;
  note(client: PoolClient, settled: readonly Settled<Row>[]): Promise<void>;
};

export type SettleDueDeps = { readonly pool: Pool; readonly checkout: Pick<Checkout, "reward"> };

/** A batch or two of the checkout; noted in one transaction. */
const AT_ONCE = 512;

/** A switch, or too much at once: it stays due, and is asked for again. */
const LATER: ReadonlySet<string> = new Set(["earning-stopped", "overloaded", "no-programme"]);

/**
 * Brings what is given and what should hold together, for all that is due: one operation each, whose idempotency key has
 * the turn in it. A crash between the operation and the note of it leads to the same key again: the operation is answered,
 * not repeated, and what it says it gave is noted, whatever is desired by now. Gives the number settled; throws, once the
 * rest is settled, for a refusal that nobody expects. The ledger is opened when something is due.
 */
export async function settleDue<Row extends DueRow>(
  deps: SettleDueDeps,
  open: () => Promise<RewardLedger<Row>>,
  listDue: (pool: Pool, after: DuePlace, limit: number) => Promise<Row[]>,
): Promise<number> {
  let ledger: RewardLedger<Row> | undefined;
  const unexpected = new Set<string>();
  let settled = 0;
  let after: DuePlace = { bucket: -1, member: 0 };
  for (;;) {
    const due = await listDue(deps.pool, after, AT_ONCE);
    const last = due.at(-1);
    if (last === undefined) break;
    ledger ??= await open();
    const opened = ledger;
    const asked = await Promise.all(due.map((row) => ask(deps, opened, row, unexpected)));
    settled += await note(
      deps.pool,
      opened,
      asked.filter((each) => each !== undefined),
    );
    // A page may end within a member: the rest of his stays due and is met in the next round.
    after = { bucket: bucketOf(last.member), member: last.member };
  }
  if (unexpected.size > 0) throw new Error(`a reward was refused: ${[...unexpected].join(", ")}`);
  return settled;
}

type Asked<Row> = { readonly row: Row; readonly operation?: StoredOperation; readonly refused?: string };

/** Undefined: it stays due. */
async function ask<Row extends DueRow>(
  { checkout }: SettleDueDeps,
  ledger: RewardLedger<Row>,
  row: Row,
  unexpected: Set<string>,
): Promise<Asked<Row> | undefined> {
  const request = await ledger.request(row, row.turn + 1);
  if (request === undefined) return undefined;
  const outcome = await checkout.reward(request);
  if (outcome.ok) return { row, operation: outcome.value.body };
  const { code } = outcome.failure;
  if (code === "budget-exhausted") return { row, refused: code };
  if (code === "unknown-member") return { row };
  if (!LATER.has(code)) unexpected.add(code);
  return undefined;
}

/** Notes what operations have done, once: rows are locked, and a turn that is noted already stays as it is. */
async function note<Row extends DueRow>(
  pool: Pool,
  ledger: RewardLedger<Row>,
  asked: readonly Asked<Row>[],
): Promise<number> {
  if (asked.length === 0) return 0;
  return transaction(pool, async (client) => {
    const rows = asked.map(({ row }) => row);
    const locked = new Map((await ledger.lock(client, rows)).map((row) => [ledger.keyOf(row), row]));
    const shifts = await shiftsOf(client, asked);
    const settled = asked.flatMap(({ row, operation, refused }): Settled<Row>[] => {
      const now = locked.get(ledger.keyOf(row));
      if (now === undefined || now.turn !== row.turn) return [];
      const given = operation && givenBy({ ...operation, seq: ownSeq(operation, row.member, shifts) });
      return [
        {
          ...{ row, now, turn: row.turn + 1 },
          ...(operation === undefined ? {} : { operation }),
          ...(given === undefined ? {} : { given }),
          ...(refused === undefined ? {} : { refused }),
        },
      ];
    });
    await ledger.note(client, settled);
    return settled.length;
  });
}

type Shifts = ReadonlyMap<MemberId, number>;

/** Of members whose operation stands in another's stream, since they were merged before or while it was posted. */
async function shiftsOf(client: PoolClient, asked: readonly Asked<DueRow>[]): Promise<Shifts> {
  const moved = asked.flatMap(({ row, operation }) =>
    operation === undefined || operation.member === row.member ? [] : [operation.member, row.member],
  );
  if (moved.length === 0) return new Map();
  const survivors = await loadSurvivors(client, [...new Set(moved)]);
  return new Map([...survivors].map(([member, { shift }]) => [member, shift]));
}

function ownSeq({ member, seq }: StoredOperation, own: MemberId, shifts: Shifts): number {
  return member === own ? seq : seq + (shifts.get(member) ?? 0) - (shifts.get(own) ?? 0);
}
