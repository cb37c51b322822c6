import type { Pool } from "pg";
import type { StoredOperation, Trait } from "#domains/ledger/index.ts";
import {
  givenAfter,
  listDueLevels,
  loadStandings,
  putGivenLevels,
  type StoredStanding,
  traitChanges,
} from "#domains/levels/index.ts";
import type { CompiledProgramme, Programmes } from "#domains/program/index.ts";
import type { Checkout } from "#flows/checkout/index.ts";
import { excessFavourites } from "#flows/missions/index.ts";
import { bucketOf } from "#kernel/ids.ts";
import { ok } from "#kernel/result.ts";
import type { Clock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";

export type LevelSettleDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly checkout: Pick<Checkout, "reward">;
};

/** A batch or two of the checkout; noted in one transaction. */
const AT_ONCE = 512;

/**
 * Makes the levels that members reached their traits, by one operation each, whose idempotency key is (member, turn): a
 * crash between the operation and the note of it leads to the same key again. Gives the number settled.
 */
export async function settleLevels(deps: LevelSettleDeps): Promise<number> {
  if (!deps.programmes.latest) return 0;
  const programme = deps.programmes.current();
  let settled = 0;
  let after = { bucket: -1, member: 0 };
  for (;;) {
    const due = await listDueLevels(deps.pool, after, AT_ONCE);
    if (due.length === 0) return settled;
    const done = await Promise.all(due.map(async (row) => ({ row, operation: await settleOne(deps, programme, row) })));
    settled += await note(deps.pool, done);
    const last = due[due.length - 1] as StoredStanding;
    after = { bucket: bucketOf(last.member), member: last.member };
  }
}

/** The operation that gave the traits, now or before a crash; an erased member gets none any more. */
async function settleOne(
  { checkout }: LevelSettleDeps,
  programme: CompiledProgramme,
  { member, given, desired, turn }: StoredStanding,
): Promise<StoredOperation | undefined> {
  const changes = traitChanges(given, desired);
  const outcome = await checkout.reward({
    idempotencyKey: ["level", member, turn + 1],
    member,
    partner: programme.operator,
    traits: (known, now) => ok([...changes, ...excessFavourites(programme, withChanges(known, changes), now)]),
    cause: { level: changes.at(-1)?.key ?? "", turn: turn + 1 },
  });
  if (outcome.ok) return outcome.value.body;
  if (outcome.failure.code === "unknown-member") return undefined;
  throw new Error(`a level was refused: ${outcome.failure.code}`);
}

function withChanges(known: readonly Trait[], changes: readonly Trait[]): Trait[] {
  const isChanged = (trait: Trait) =>
    changes.some(({ kind, key, fromAt }) => kind === trait.kind && key === trait.key && fromAt === trait.fromAt);
  const isSome = ({ fromAt, untilAt }: Trait) => untilAt === undefined || untilAt > fromAt;
  return [...known.filter((trait) => !isChanged(trait)), ...changes.filter(isSome)];
}

/** Notes what operations have done, once: rows are locked, and a turn that is noted already stays as it is. */
async function note(
  pool: Pool,
  settled: readonly { readonly row: StoredStanding; readonly operation: StoredOperation | undefined }[],
): Promise<number> {
  return transaction(pool, async (client) => {
    const members = settled.map(({ row }) => row.member);
    const stored = new Map((await loadStandings(client, members, "lock")).map((row) => [row.member, row]));
    const given: Omit<StoredStanding, "desired">[] = [];
    for (const { row, operation } of settled) {
      const now = stored.get(row.member);
      if (now === undefined || now.turn !== row.turn) continue;
      // What the operation says counts: one from before a crash may have given what was desired then.
      const holds = operation === undefined ? row.given : givenAfter(row.given, operation.facts?.traits ?? []);
      const isDue = operation !== undefined && traitChanges(holds, now.desired).length > 0;
      given.push({ member: row.member, given: holds, turn: row.turn + 1, isDue });
    }
    await putGivenLevels(client, given);
    return given.length;
  });
}
