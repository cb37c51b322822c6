import type { Codes } from "#domains/offers/index.ts";
import {
  beginExport,
  dropExport,
  endExport,
  issueCode,
  lockUse,
  openUse,
  type PromoUse,
  promoStore,
  putCodes,
  readUse,
  type StoredPromo,
} from "#domains/offers/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { OfferDeps } from "../deps.ts";

type MakeDeps = Pick<OfferDeps, "pool" | "clock" | "codes"> & { readonly random: (count: number) => Uint8Array };

/** Codes written in one statement: a few tens of milliseconds. */
const PAGE = 10_000;
const SALT_BYTES = 16;

export type CodesFailure =
  | { readonly code: "unknown-promotion" }
  | { readonly code: "promo-shared" }
  | { readonly code: "promo-codes-gone" }
  | { readonly code: "promo-used-up" }
  | { readonly code: "promo-codes-not-ready"; readonly generated: number; readonly of: number };

/**
 * Makes a promo's codes, as keyed hashes; goes on where it was interrupted, since the n-th code is a function of secret,
 * salt and n. A shared code is one row. Gives whether all are there.
 */
export async function makeCodes(
  deps: MakeDeps,
  promo: StoredPromo,
  signal?: AbortSignal,
  onProgress: (made: number, of: number) => void = () => {},
): Promise<boolean> {
  const { pool, codes } = deps;
  await openUse(pool, promo.id, deps.random(SALT_BYTES));
  const shared = promo.document.code;
  if (shared !== undefined) {
    const use = await readUse(pool, promo.id);
    if (use?.generated === 0) await putCodes(pool, promo.id, 0, [codes.keyOf(shared)]);
    return true;
  }
  const of = promo.document.unique ?? 0;
  for (;;) {
    const use = (await readUse(pool, promo.id)) as PromoUse;
    onProgress(use.generated, of);
    if (use.generated >= of || use.salt === undefined) return true;
    if (signal?.aborted) return false;
    const count = Math.min(PAGE, of - use.generated);
    const keys = Array.from({ length: count }, (_, i) => codes.keyOf(codeOf(codes, promo.id, use, use.generated + i)));
    await putCodes(pool, promo.id, use.generated, keys);
  }
}

function codeOf(codes: Codes, promo: string, use: PromoUse, number: number): string {
  return codes.make(promo, use.salt as Buffer, number);
}

/**
 * The codes, once: when the last has been taken, the salt is wiped and nobody can make them again. An export that was cut
 * off may be begun again (at once when it said so, else after ten minutes).
 */
export async function exportCodes(
  deps: Pick<MakeDeps, "pool" | "clock" | "codes">,
  id: string,
  partner: string | undefined,
): Promise<Result<AsyncGenerator<string>, CodesFailure>> {
  const ready = await uniqueCodes(deps, id, partner);
  if (!ready.ok) return ready;
  const begun = await beginExport(deps.pool, id, deps.clock.now());
  if (!begun) return err({ code: "promo-codes-gone" });
  return ok(listCodes(deps, id, begun));
}

async function* listCodes(
  { pool, clock, codes }: Pick<MakeDeps, "pool" | "clock" | "codes">,
  id: string,
  { salt, generated }: { readonly salt: Buffer; readonly generated: number },
): AsyncGenerator<string> {
  let isWhole = false;
  try {
    for (let number = 0; number < generated; number++) yield codes.make(id, salt, number);
    isWhole = true;
  } finally {
    if (isWhole) await endExport(pool, id, clock.now());
    else await dropExport(pool, id);
  }
}

/** A code of its own for a member, the same one however often asked; nobody else can use it. */
export async function issueTo(
  deps: Pick<MakeDeps, "pool" | "clock" | "codes">,
  promo: StoredPromo,
  member: MemberId,
): Promise<Result<string, CodesFailure>> {
  const ready = await uniqueCodes(deps, promo.id, undefined);
  if (!ready.ok) return ready;
  return transaction(deps.pool, async (client) => {
    const use = await lockUse(client, promo.id);
    if (use?.salt === undefined || use.exportingAt !== undefined) return err({ code: "promo-codes-gone" } as const);
    const number = await issueCode(client, promo.id, member, use);
    if (number === undefined) return err({ code: "promo-used-up" } as const);
    return ok(codeOf(deps.codes, promo.id, use, number));
  });
}

async function uniqueCodes(
  { pool }: Pick<MakeDeps, "pool">,
  id: string,
  partner: string | undefined,
): Promise<Result<StoredPromo, CodesFailure>> {
  const promo = await promoStore.read(pool, id);
  if (!promo || (partner !== undefined && promo.partner !== partner)) return err({ code: "unknown-promotion" });
  const of = promo.document.unique;
  if (of === undefined) return err({ code: "promo-shared" });
  const use = await readUse(pool, id);
  if (use === undefined || use.generated < of) {
    return err({ code: "promo-codes-not-ready", generated: use?.generated ?? 0, of });
  }
  return ok(promo);
}
