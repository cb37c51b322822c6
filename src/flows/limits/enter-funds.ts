import type { Pool } from "pg";
import { type DepositFailure, enterDeposit, type FunderEntry } from "#domains/limits/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { Kopecks } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Clock } from "#platform/clock.ts";

export type FundsDeps = { readonly pool: Pool; readonly clock: Clock; readonly programmes: Programmes };

export type FundsRequest = {
  readonly funder: PartnerId;
  readonly key: string;
  readonly kind: FunderEntry["kind"];
  readonly amountKopecks: Kopecks;
  readonly note: string;
  readonly by: string;
};

export type FundsFailure =
  | DepositFailure
  | { readonly code: "no-programme" }
  | { readonly code: "unknown-funder" }
  /** A postpaid partner pays by the monthly act; its guarantee stands in the programme. */
  | { readonly code: "funder-not-prepaid"; readonly funder: PartnerId };

export type FundsEntered = { readonly entry: FunderEntry; readonly isReplay: boolean };

/** Enters what a prepaid partner pays in, or is paid back; at the value of a point that is in force now, rounded down. */
export async function enterFunds(
  { pool, clock, programmes }: FundsDeps,
  request: FundsRequest,
): Promise<Result<FundsEntered, FundsFailure>> {
  if (!programmes.latest) return err({ code: "no-programme" });
  const programme = programmes.current();
  const { funder, key, kind, amountKopecks, note, by } = request;
  const partner = programme.partners.get(funder);
  if (!partner) return err({ code: "unknown-funder" });
  if (kind === "deposit" && partner.funding !== "prepaid") return err({ code: "funder-not-prepaid", funder });
  const amountCents = Number((BigInt(amountKopecks) * 100n) / BigInt(programme.pointValueKopecks));
  const entered = await enterDeposit(
    pool,
    { funder, key, kind, amountKopecks, amountCents, note, enteredBy: by },
    clock.now(),
  );
  return entered.ok ? ok(entered.value) : err(entered.failure);
}
