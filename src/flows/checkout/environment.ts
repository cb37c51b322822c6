import type { Pool } from "pg";
import type { Guards } from "#domains/guards/index.ts";
import type { IdentifierKey } from "#domains/identity/index.ts";
import type { CompiledProgramme, Programmes } from "#domains/program/index.ts";
import type { Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import type { CheckoutFailure } from "./answers.ts";
import type { BatchContext } from "./batch-context.ts";
import type { Posted, Task } from "./task.ts";

/** What the use cases share; built once in `createCheckout`. */
export type Environment = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly batch: Omit<BatchContext, "budgets">;
  /** Stops, blocks and velocity rules; nothing is guarded without. */
  readonly guards: Guards | undefined;
  /** A keyed hash of somebody who is no member: a cashier, a device, a payment card. */
  readonly subjectKey: (kind: string, value: string) => Uint8Array;
  readonly identifierKey: (kind: string, value: string) => IdentifierKey;
  /** Puts a task into the next batch and waits for what becomes of it. */
  readonly submit: (task: Omit<Task, "now" | "settle" | "fail">) => Promise<Result<Posted, CheckoutFailure>>;
};

/** Kopecks that one whole point pays for. */
export function kopecksPerPoint(programme: CompiledProgramme): number {
  return programme.pointValueKopecks;
}

/** Whether a document's own time can be accepted now: not too late, not from the future. */
export function checkTime(programme: CompiledProgramme, at: EpochMs, now: EpochMs): CheckoutFailure | undefined {
  const { policies, calendar } = programme;
  if (at > now + policies.futureToleranceMs) return { code: "receipt-in-future" };
  if (calendar.dayOf(now) - calendar.dayOf(at) > policies.lateWindowDays) {
    return { code: "receipt-too-late", days: policies.lateWindowDays };
  }
  return undefined;
}
