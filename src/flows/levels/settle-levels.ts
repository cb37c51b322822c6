import type { Pool } from "pg";
import type { Trait } from "#domains/ledger/index.ts";
import {
  givenAfter,
  listDueLevels,
  loadStandings,
  putGivenLevels,
  type StoredStanding,
  traitChanges,
} from "#domains/levels/index.ts";
import type { CompiledProgramme, Programmes } from "#domains/program/index.ts";
import type { Checkout, RewardRequest } from "#flows/checkout/index.ts";
import { excessFavourites } from "#flows/missions/index.ts";
import { type RewardLedger, settleDue } from "#flows/settle-rewards/index.ts";
import { ok } from "#kernel/result.ts";
import type { Clock } from "#platform/clock.ts";

export type LevelSettleDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly checkout: Pick<Checkout, "reward">;
};

/**
 * Makes the levels that members reached their traits, by one operation each, whose idempotency key is (member, turn).
 * Gives the number settled.
 */
export async function settleLevels(deps: LevelSettleDeps): Promise<number> {
  if (!deps.programmes.latest) return 0;
  const programme = deps.programmes.current();
  return settleDue(deps, async () => levelLedger(programme), listDueLevels);
}

function levelLedger(programme: CompiledProgramme): RewardLedger<StoredStanding> {
  return {
    request: async (row, turn) => requestOf(programme, row, turn),
    keyOf: ({ member }) => String(member),
    lock: (client, rows) =>
      loadStandings(
        client,
        rows.map(({ member }) => member),
        "lock",
      ),
    note: (client, settled) =>
      putGivenLevels(
        client,
        settled.map(({ row, now, turn, operation }) => {
          // What the operation says counts: one from before a crash may have given what was desired then.
          const given = operation === undefined ? row.given : givenAfter(row.given, operation.facts?.traits ?? []);
          const isDue = operation !== undefined && traitChanges(given, now.desired).length > 0;
          return { member: row.member, given, turn, isDue };
        }),
      ),
  };
}

function requestOf(
  programme: CompiledProgramme,
  { member, given, desired }: StoredStanding,
  turn: number,
): RewardRequest {
  const changes = traitChanges(given, desired);
  return {
    idempotencyKey: ["level", member, turn],
    member,
    partner: programme.operator,
    traits: (known, now) => ok([...changes, ...excessFavourites(programme, withChanges(known, changes), now)]),
    cause: { level: changes.at(-1)?.key ?? "", turn },
  };
}

function withChanges(known: readonly Trait[], changes: readonly Trait[]): Trait[] {
  const isChanged = (trait: Trait) =>
    changes.some(({ kind, key, fromAt }) => kind === trait.kind && key === trait.key && fromAt === trait.fromAt);
  const isSome = ({ fromAt, untilAt }: Trait) => untilAt === undefined || untilAt > fromAt;
  return [...known.filter((trait) => !isChanged(trait)), ...changes.filter(isSome)];
}
