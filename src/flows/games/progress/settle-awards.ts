import type { Pool, PoolClient } from "pg";
import {
  type GameTerms,
  type GivenAward,
  gameBudget,
  listDueAwards,
  lockAwards,
  putGivenAwards,
  type StoredAward,
} from "#domains/games/index.ts";
import {
  type EarnPart,
  loadSurvivors,
  NEVER,
  type StoredOperation,
  type TakeBackItem,
  type Trait,
} from "#domains/ledger/index.ts";
import { BUDGET_PREFIX, type CompiledProgramme, type Programmes } from "#domains/program/index.ts";
import type { Checkout, RewardOperationBody } from "#flows/checkout/index.ts";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";
import type { Clock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { activeGames } from "../active-games.ts";

export type SettleDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly checkout: Pick<Checkout, "reward">;
};

/** A batch or two of the checkout; noted in one transaction. */
const AT_ONCE = 512;

/**
 * Brings what is given and what was won together, for all that is due: one operation each, whose idempotency key is
 * (game, award, member, turn), as rewards of missions. A crash between the operation and the note of it leads to the
 * same key again, and the operation is answered, not repeated. Gives the number settled.
 */
export async function settleAwards(deps: SettleDeps): Promise<number> {
  const { pool, programmes } = deps;
  if (!programmes.latest) return 0;
  const programme = programmes.current();
  const games = new Map((await activeGames(pool, programme)).map((game) => [game.id, game]));
  let settled = 0;
  let after = { bucket: -1, member: 0 };
  for (;;) {
    const due = await listDueAwards(pool, after, AT_ONCE);
    if (due.length === 0) return settled;
    const answers = await Promise.all(
      due.map(async (row) => {
        const game = games.get(row.game);
        return game === undefined ? undefined : settleOne(deps, programme, game, row);
      }),
    );
    settled += await note(
      deps,
      answers.filter((answer) => answer !== undefined),
    );
    const last = due[due.length - 1] as StoredAward;
    // A page may end within a member: the rest of his stays due and is met in the next round.
    after = { bucket: bucketOf(last.member), member: last.member };
  }
}

/** What became of one award; `operation` is absent when nothing was posted. */
type Settled = {
  readonly row: StoredAward;
  readonly turn: number;
  readonly operation?: StoredOperation;
  readonly refused?: string;
};

async function settleOne(
  deps: SettleDeps,
  programme: CompiledProgramme,
  game: GameTerms,
  row: StoredAward,
): Promise<Settled | undefined> {
  const turn = row.turn + 1;
  const outcome = await deps.checkout.reward(requestOf(deps, programme, game, row, turn));
  if (outcome.ok) return { row, turn, operation: outcome.value.body };
  const { code } = outcome.failure;
  if (code === "budget-exhausted") return { row, turn, refused: code };
  // A member erased meanwhile: nothing to give any more. Whatever else refuses is asked again in the next round.
  return code === "unknown-member" ? { row, turn } : undefined;
}

function requestOf(
  deps: SettleDeps,
  programme: CompiledProgramme,
  game: GameTerms,
  row: StoredAward,
  turn: number,
): Parameters<Checkout["reward"]>[0] {
  const { desired, given, member, key, cause } = row;
  const traits: Trait[] = [];
  // A boost that moves or is taken back ends where it began: it then holds at no time.
  if (given?.from !== undefined && given.key !== undefined) {
    traits.push({ kind: "boost", key: given.key, fromAt: given.from, untilAt: given.from });
  }
  if (desired?.kind === "boost") {
    const { from, until } = desired;
    traits.push({ kind: "boost", key: desired.key, fromAt: from, ...(until === null ? {} : { untilAt: until }) });
  }
  const now = deps.clock.now();
  const earned: EarnPart | undefined =
    desired?.kind === "points"
      ? {
          availableAt: now,
          expiresAt: desired.expiresAt ?? programme.defaultLot.times(now).expiresAt ?? NEVER,
          funders: game.funders,
          amountCents: splitByLargestRemainder(desired.cents, game.weights),
        }
      : undefined;
  const takeBack: TakeBackItem[] = [];
  if (desired === undefined && given?.cents !== undefined) {
    const shares = splitByLargestRemainder(given.cents, game.weights);
    for (const [f, funder] of game.funders.entries()) {
      takeBack.push({ seq: given.seq, funder, cents: shares[f] as number });
    }
  }
  return {
    // Won by somebody who was merged since: the key stays his.
    idempotencyKey: ["game", game.id, key, cause.member ?? member, turn],
    member,
    partner: game.partner,
    traits,
    ...(earned === undefined ? {} : { earned }),
    ...(takeBack.length === 0 ? {} : { takeBack }),
    ...(game.budgetCents === undefined || desired?.kind !== "points"
      ? {}
      : {
          budget: {
            key: `${BUDGET_PREFIX}${gameBudget(game.id)}|all`,
            limitCents: game.budgetCents,
            short: programme.policies.budget,
          },
        }),
    cause: { ...cause, award: key, turn },
  };
}

/** Notes what operations have done, once: rows are locked, and a turn that is noted already stays as it is. */
async function note(deps: SettleDeps, settled: readonly Settled[]): Promise<number> {
  if (settled.length === 0) return 0;
  return transaction(deps.pool, async (client) => {
    const locked = await lockAwards(
      client,
      settled.map(({ row }) => row),
    );
    const stored = new Map(locked.map((row) => [`${row.member} ${row.game} ${row.key}`, row]));
    const shifts = await shiftsOf(client, settled);
    const noted: Omit<StoredAward, "desired" | "cause">[] = [];
    for (const { row, turn, operation, refused } of settled) {
      const { member, game, key, desired } = row;
      const now = stored.get(`${member} ${game} ${key}`);
      if (now === undefined || now.turn !== row.turn) continue;
      const given = operation === undefined ? undefined : givenOf(operation, row, shifts);
      // What was won may have changed while the operation was posted: then it is due again.
      const isStill = JSON.stringify(now.desired ?? null) === JSON.stringify(desired ?? null);
      noted.push({
        ...{ member, game, key, turn },
        ...(given === undefined ? {} : { given }),
        ...(refused === undefined ? {} : { refused }),
        isDue: !isStill,
      });
    }
    await putGivenAwards(client, noted);
    return noted.length;
  });
}

type Shifts = ReadonlyMap<MemberId, number>;

/** Of members whose operation stands in another's stream, since they were merged while it was posted. */
async function shiftsOf(client: PoolClient, settled: readonly Settled[]): Promise<Shifts> {
  const moved = settled.flatMap(({ row, operation }) =>
    operation === undefined || operation.member === row.member ? [] : [operation.member, row.member],
  );
  if (moved.length === 0) return new Map();
  const survivors = await loadSurvivors(client, [...new Set(moved)]);
  return new Map([...survivors].map(([member, { shift }]) => [member, shift]));
}

/** What was given, with the operation's number as the row's own member counts. */
function givenOf(
  { member, seq: number, body }: StoredOperation,
  { member: own, desired }: StoredAward,
  shifts: Shifts,
): GivenAward | undefined {
  if (desired === undefined) return undefined;
  const seq = number + (shifts.get(member) ?? 0) - (shifts.get(own) ?? 0);
  if (desired.kind === "points") return { seq, cents: (body as RewardOperationBody).cents };
  return { seq, key: desired.key, from: desired.from, until: desired.until };
}
