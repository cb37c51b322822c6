import type { Pool } from "pg";
import {
  addMovements,
  type CoverAlert,
  type Exposure,
  exposureOf,
  funderPosition,
  lastAlerts,
  NO_SUMS,
  readDeposits,
  readFunderTotals,
  waitingByFunder,
} from "#domains/limits/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";
import { settledClaims } from "#domains/settlement/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { BasisPoints, PointsCents } from "#kernel/money.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { coverOf } from "./cover-terms.ts";
import { readTail } from "./read-stream.ts";

export type FunderNow = Exposure & {
  readonly funder: PartnerId;
  readonly issuedCents: PointsCents;
  readonly takenBackCents: PointsCents;
  readonly expiredCents: PointsCents;
  readonly ownRedeemedCents: PointsCents;
  /** Of a prepaid funder. */
  readonly depositedCents?: PointsCents;
  /** Awards that wait for its top-up. */
  readonly reservedCents: PointsCents;
  readonly lastAlert?: CoverAlert;
};

/** More than that behind the position is left to whoever follows it: the answer is then of the position. */
const TAIL = 50_000;

/** How every partner that funds or has funded points stands at this moment, by id. */
export async function readFunders(
  pool: Pool,
  programme: CompiledProgramme,
  redemptionBp: BasisPoints,
): Promise<FunderNow[]> {
  return transaction(
    pool,
    async (client) => {
      const tail = await readTail(client, await funderPosition.read(client), TAIL);
      const sums = addMovements(await readFunderTotals(client), tail.lines);
      const [settled, deposits, waiting, alerts] = [
        await settledClaims(client),
        await readDeposits(client),
        await waitingByFunder(client),
        await lastAlerts(client),
      ];
      const funding = [...programme.partners.values()].filter(({ canFund }) => canFund).map(({ id }) => id);
      return [...new Set([...funding, ...sums.keys(), ...deposits.keys()])].sort().map((funder) => {
        const of = sums.get(funder) ?? NO_SUMS;
        const deposited = deposits.get(funder);
        const lastAlert = alerts.get(funder);
        return {
          funder,
          issuedCents: of.issued,
          takenBackCents: of.takenBack,
          expiredCents: of.expired,
          ownRedeemedCents: of.ownRedeemed,
          ...exposureOf(of, settled.get(funder) ?? 0, coverOf(programme, funder, deposited), redemptionBp),
          ...(deposited === undefined ? {} : { depositedCents: deposited }),
          reservedCents: waiting.get(funder) ?? 0,
          ...(lastAlert === undefined ? {} : { lastAlert }),
        };
      });
    },
    { isolation: "repeatable read", readOnly: true },
  );
}
