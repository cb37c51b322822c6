import { monthsInTheWay, type Settlement } from "#domains/settlement/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Month } from "#kernel/time.ts";
import { type CloseDeps, type CloseFailure, closeMonth } from "./close-month.ts";

/**
 * Closes a month and, before it, every earlier one that has operations and is still open, in order. Stops at the first refusal;
 * what was closed before it stays closed.
 */
export async function closeUntil(
  deps: CloseDeps,
  month: Month,
  signal: AbortSignal,
  onMonth: (month: Month) => void = () => {},
): Promise<Result<readonly Settlement[], CloseFailure>> {
  const { earlier } = await monthsInTheWay(deps.pool, month);
  const settlements: Settlement[] = [];
  for (const each of [...earlier, month]) {
    onMonth(each);
    const closed = await closeMonth(deps, each, signal);
    if (!closed.ok) return err(closed.failure);
    settlements.push(closed.value);
  }
  return ok(settlements);
}
