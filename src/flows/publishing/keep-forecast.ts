import type { LifeFailure, Published, StoredWork } from "#domains/publishing/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { BasisPoints } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { ManageDeps, WorkKind } from "./work-kind.ts";

export type ForecastRequest = { readonly id: string; readonly who: string; readonly partner?: string };

/** The author's assumptions, in place of the stated ones. */
export type StatedUse = {
  readonly using?: { readonly lowBp: BasisPoints; readonly expectedBp: BasisPoints; readonly highBp: BasisPoints };
  readonly spendBp?: BasisPoints;
};

export type ForecastFailure<Kind extends Published> =
  | LifeFailure<Kind>
  | { readonly code: `unknown-${Kind}` }
  | { readonly code: "no-programme" };

/**
 * Computes the forecast of a draft and keeps it with the draft; it counts for the revision that it names. Where it can't be
 * computed, nothing is kept and the failure is handed on.
 */
export async function keepForecast<
  Kind extends Published,
  Document extends { readonly partner: PartnerId },
  Forecast extends { readonly hash: string },
  Failure = never,
>(
  deps: ManageDeps,
  { kind, store }: WorkKind<Kind, Document, Forecast>,
  request: ForecastRequest,
  compute: (work: StoredWork<Document, Forecast>) => Promise<Result<Forecast, Failure>>,
): Promise<Result<StoredWork<Document, Forecast>, ForecastFailure<Kind> | Failure>> {
  if (!deps.programmes.latest) return err({ code: "no-programme" });
  const unknown = err({ code: `unknown-${kind}` as const });
  const seen = await store.read(deps.pool, request.id);
  if (!seen || (request.partner !== undefined && seen.partner !== request.partner)) return unknown;
  const refused = (state: typeof seen.state) =>
    err({ code: `${kind}-state` as const, state, action: "forecast" as const });
  if (seen.state !== "draft") return refused(seen.state);
  const computed = await compute(seen);
  if (!computed.ok) return computed;
  const forecast = computed.value;
  return transaction(deps.pool, async (client) => {
    const work = await store.lock(client, request.id);
    if (!work) return unknown;
    if (work.state !== "draft") return refused(work.state);
    const changed = { ...work, forecast };
    await store.put(client, changed);
    const { revision, hash } = work;
    const entry = { at: deps.clock.now(), who: request.who, action: "forecast", revision, hash, comment: "" } as const;
    await store.log(client, work.id, entry);
    return ok(changed);
  });
}
