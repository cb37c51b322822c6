import { setTimeout as sleep } from "node:timers/promises";
import { hadNightlyRun, hasSilentRun, type LinkRun } from "#domains/identity/index.ts";
import type { EpochMs } from "#kernel/time.ts";
import { HOUR_MS, MINUTE_MS } from "#kernel/time.ts";
import type { LinkMembersDeps } from "./deps.ts";
import { type LinkMembersReport, linkMembers, SILENT_MS } from "./link-members.ts";

/** A night that was missed is not caught up with by day, when people are served. */
const NIGHT_MS = 4 * HOUR_MS;

export type NightlyDeps = LinkMembersDeps & {
  /** Reads the programme anew. */
  readonly refresh: () => Promise<unknown>;
  readonly onRun: (run: LinkRun & { readonly report: LinkMembersReport }) => void;
};

/** Looks once: runs what is due now (the night's run, or one that a killed process left behind). */
export async function linkWhenDue(deps: NightlyDeps, signal: AbortSignal): Promise<boolean> {
  await deps.refresh();
  if (!deps.programmes.latest || !(await isDue(deps, deps.clock.now()))) return false;
  const done = await linkMembers(deps, { askedBy: "nightly", signal, isLeftWhenStopped: true });
  if (done.ok) deps.onRun(done.value);
  return true;
}

async function isDue(deps: NightlyDeps, now: EpochMs): Promise<boolean> {
  if (await hasSilentRun(deps.pool, now - SILENT_MS)) return true;
  const { nightlyAtMinute } = deps.settings.linkage;
  if (nightlyAtMinute === undefined) return false;
  const { calendar } = deps.programmes.current();
  const today = calendar.dayOf(now);
  const dueAt = calendar.startOf(today) + nightlyAtMinute * MINUTE_MS;
  return now >= dueAt && now < dueAt + NIGHT_MS && !(await hadNightlyRun(deps.pool, today));
}

const LOOK_EVERY_MS = MINUTE_MS;

/** The worker's loop. */
export async function runNightlyLinkage(deps: NightlyDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await linkWhenDue(deps, signal);
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => {});
  }
}
