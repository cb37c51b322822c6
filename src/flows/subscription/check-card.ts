import { err, ok, type Result } from "#kernel/result.ts";
import type { SubscriptionDeps } from "./deps.ts";

export type CardFailure = { readonly code: "payment-declined"; readonly decline: string };

/**
 * Whether a card that nothing is taken from yet will do. Only a plain no refuses: a provider that can't be reached stands
 * in nobody's way, and the card is asked for in earnest when its period is due.
 */
export async function checkCard(
  { provider, onUnanswered }: SubscriptionDeps,
  key: string,
  token: string,
): Promise<Result<undefined, CardFailure>> {
  const outcome = await provider.authorise({ key, token }).catch((error: unknown) => {
    onUnanswered?.(error);
    return undefined;
  });
  return outcome?.state === "declined" ? err({ code: "payment-declined", decline: outcome.decline }) : ok(undefined);
}
