import type { PostingContext } from "#domains/ledger/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import type { EpochMs } from "#kernel/time.ts";

export type MergeDeps = {
  readonly now: () => EpochMs;
  readonly programmes: Programmes;
};

export function postingContext(deps: MergeDeps, firstOpenDay: number): PostingContext {
  const programme = deps.programmes.current();
  return {
    now: deps.now(),
    calendar: programme.calendar,
    firstOpenDay,
    programmeVersion: programme.version,
    operator: programme.operator,
  };
}
