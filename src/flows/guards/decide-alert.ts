import type { Pool } from "pg";
import { type Alert, decideAlert as noteDecision, readAlert } from "#domains/guards/index.ts";
import type { Checkout, CheckoutFailure } from "#flows/checkout/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Clock } from "#platform/clock.ts";

export type AlertDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly checkout: Pick<Checkout, "decideReview">;
};

export type AlertDecisionRequest = {
  readonly alertId: string;
  readonly decision: "release" | "take-back";
  readonly by: string;
  readonly note: string;
};

export type AlertFailure =
  | { readonly code: "unknown-alert" }
  | { readonly code: "alert-not-open"; readonly state: Alert["state"] };

const STATE = { release: "released", "take-back": "taken-back" } as const;

/**
 * Decides an alert whose points wait: first by an operation whose key is the alert, then by a note of it. A crash
 * between the two leaves an open alert; decided again it finds its operation, and is noted. The same decision again is
 * answered as the first was, the other one refused.
 */
export async function decideAlert(
  deps: AlertDeps,
  { alertId, decision, by, note }: AlertDecisionRequest,
): Promise<Result<Alert, AlertFailure | CheckoutFailure>> {
  const alert = await readAlert(deps.pool, alertId);
  if (!alert) return err({ code: "unknown-alert" });
  if (alert.state === STATE[decision]) return ok(alert);
  if (alert.state !== "open") return err({ code: "alert-not-open", state: alert.state });
  const { member, seq } = alert;
  if (member === undefined || seq === undefined) return err({ code: "unknown-alert" });
  const outcome = await deps.checkout.decideReview({ alertId, member, seq, decision, by, note });
  if (!outcome.ok && outcome.failure.code === "unknown-member") {
    // Erased meanwhile: its points are gone, and nothing is left to let go or to take.
    const noted = { state: "taken-back" as const, at: deps.clock.now(), by, note };
    return ok((await noteDecision(deps.pool, alertId, noted)) ?? alert);
  }
  if (!outcome.ok) {
    const isOther = outcome.failure.code === "idempotency-conflict";
    const other = decision === "release" ? "take-back" : "release";
    return isOther ? err({ code: "alert-not-open", state: STATE[other] }) : outcome;
  }
  const operation = { member: outcome.value.body.member, seq: outcome.value.body.seq };
  const noted = { state: STATE[decision], at: deps.clock.now(), by, note, operation };
  return ok((await noteDecision(deps.pool, alertId, noted)) ?? alert);
}
