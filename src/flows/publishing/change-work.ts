import { act, type LifeAction, type LifeFailure, type Published, type StoredWork } from "#domains/publishing/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { type BringFailure, bringParts } from "./bring-parts.ts";
import type { BroughtParts, ManageDeps, WorkKind } from "./work-kind.ts";

export type StateAction = Exclude<LifeAction, "draft" | "edit" | "forecast">;

export type ChangeRequest = {
  readonly id: string;
  readonly action: StateAction;
  readonly who: string;
  readonly comment: string;
  /** The partner that asks; any unless given. */
  readonly partner?: string;
};

export type ChangeFailure<Kind extends Published> =
  | LifeFailure<Kind>
  | { readonly code: `unknown-${Kind}` }
  | { readonly code: "no-programme" }
  | { readonly code: "programme-conflict"; readonly latestVersion: number }
  | { readonly code: `${Kind}-unfit`; readonly reason: string };

type Named = { readonly partner: PartnerId };
type Hashed = { readonly hash: string };

/**
 * Approves, pauses, resumes or ends a work. What it brings stands in the programme before it is live: until then nobody
 * can win it, so a crash between the two leaves a rule that never fits. Parts that leave with it do so at once; where
 * that was cut off, `syncParts` of the worker does it.
 */
export async function changeWork<Kind extends Published, Document extends Named, Forecast extends Hashed>(
  deps: ManageDeps,
  kind: WorkKind<Kind, Document, Forecast>,
  request: ChangeRequest,
): Promise<Result<StoredWork<Document, Forecast>, ChangeFailure<Kind>>> {
  type Work = StoredWork<Document, Forecast>;
  const unknown = err({ code: `unknown-${kind.kind}` as const });
  const isVisible = (work: Work | undefined): work is Work =>
    work !== undefined && (request.partner === undefined || work.partner === request.partner);
  const judge = (work: Work) => {
    const { calendar } = deps.programmes.current();
    return act(kind.kind, work, request.action, request.who, deps.clock.now(), kind.endsAt(work.document, calendar));
  };
  await deps.programmes.refresh?.();
  if (!deps.programmes.latest) return err({ code: "no-programme" });
  const seen = await kind.store.read(deps.pool, request.id);
  if (!isVisible(seen)) return unknown;
  if (request.action === "approve" || (request.action === "resume" && kind.leavingPrefix !== undefined)) {
    const judged = judge(seen);
    if (!judged.ok) return judged;
    const parts = kind.parts(seen.id, seen.document) ?? {};
    const brought = await bringParts(deps, { parts, name: `${kind.kind} ${seen.id}`, who: request.who });
    if (!brought.ok) return err(told(kind.kind, brought.failure));
  }
  const changed = await transaction(deps.pool, async (client) => {
    const work = await kind.store.lock(client, request.id);
    if (!isVisible(work)) return unknown;
    // Edited since it was looked at: the new revision has neither forecast nor rule.
    if (request.action === "approve" && work.hash !== seen.hash) {
      return err({ code: `${kind.kind}-needs-forecast` as const });
    }
    const judged = judge(work);
    if (!judged.ok) return judged;
    const next: Work = { ...work, ...judged.value };
    await kind.store.put(client, next);
    const { who, action, comment } = request;
    const { revision, hash } = work;
    await kind.store.log(client, work.id, { at: deps.clock.now(), who, action, revision, hash, comment });
    return ok(next);
  });
  const leaves = request.action === "pause" || request.action === "end";
  if (changed.ok && leaves && kind.leavingPrefix !== undefined) await syncParts(deps, kind, request.who);
  return changed;
}

function told<Kind extends Published>(kind: Kind, failure: BringFailure): ChangeFailure<Kind> {
  return failure.code === "unfit" ? { code: `${kind}-unfit` as const, reason: failure.reason } : failure;
}

/** Attempts at a programme that others change at the same time; then the worker goes on. */
const ATTEMPTS = 5;

/** Brings the programme's parts of a kind to those of its live works. Repeated, it changes nothing. */
export async function syncParts<Kind extends Published, Document extends Named, Forecast extends Hashed>(
  deps: ManageDeps,
  kind: WorkKind<Kind, Document, Forecast>,
  who: string,
): Promise<boolean> {
  if (kind.leavingPrefix === undefined || !deps.programmes.latest) return false;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const parts = { boosts: {}, campaigns: {}, caps: {}, rules: {} } satisfies BroughtParts;
    for (const work of await kind.store.list(deps.pool)) {
      if (work.state !== "live") continue;
      const own = kind.parts(work.id, work.document);
      for (const section of ["boosts", "campaigns", "caps", "rules"] as const) {
        Object.assign(parts[section], own?.[section]);
      }
    }
    const request = { parts, leavingPrefix: kind.leavingPrefix, name: `${kind.kind}s in force`, who };
    const brought = await bringParts(deps, request);
    if (brought.ok) return brought.value;
    if (brought.failure.code !== "programme-conflict") return false;
  }
  return false;
}
