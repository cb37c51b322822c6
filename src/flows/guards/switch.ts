import type { Pool } from "pg";
import { endStop, putStop, type Stop, type Stopped, type StopScope } from "#domains/guards/index.ts";
import { readMission } from "#domains/missions/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Clock } from "#platform/clock.ts";

export type SwitchDeps = { readonly pool: Pool; readonly clock: Clock; readonly programmes: Programmes };

export type StopRequest = {
  readonly scope: StopScope;
  /** The partner or mission; of the programme, none. */
  readonly id?: string;
  readonly what: Stopped;
  readonly reason: string;
  readonly by: string;
};

export type StopFailure =
  | { readonly code: "no-programme" }
  | { readonly code: "stop-subject"; readonly pointer: string; readonly value: string };

/** Stops earning or spending; every process knows within half a second. What is stopped already stays as it was. */
export async function stop(
  { pool, clock, programmes }: SwitchDeps,
  { scope, id, what, reason, by }: StopRequest,
): Promise<Result<{ readonly stop: Stop; readonly isNew: boolean }, StopFailure>> {
  if (!programmes.latest) return err({ code: "no-programme" });
  const subject = scope === "programme" ? programmes.current().document.programme.id : (id ?? "");
  const isKnown =
    scope === "programme" ||
    (scope === "mission" ? await readMission(pool, subject) : programmes.current().partners.has(subject));
  if (!isKnown) return err({ code: "stop-subject", pointer: "/id", value: subject });
  return ok(await putStop(pool, { scope, subject, what, reason, stoppedBy: by, stoppedAt: clock.now() }));
}

/** Undefined when there is no such stop; one that was resumed already stays as it was. */
export function resume(
  { pool, clock }: Pick<SwitchDeps, "pool" | "clock">,
  request: { readonly stopId: number; readonly by: string; readonly reason: string },
): Promise<Stop | undefined> {
  return endStop(pool, { id: request.stopId, by: request.by, at: clock.now(), reason: request.reason });
}
