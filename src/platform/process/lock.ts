import { linkSync, mkdirSync, readFileSync, rmdirSync, statSync, unlinkSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { birthOf } from "./alive.ts";

export type Lock = {
  /** Gives the lock back. Safe to call twice. */
  release(): void;
};

export type LockHolder = { readonly pid: number; readonly birth: string };

/** Somebody else holds the lock. */
export class LockedError extends Error {
  override name = "LockedError";
  readonly holder: LockHolder;

  constructor(holder: LockHolder, path: string) {
    super(`${path} is held by process ${holder.pid}`);
    this.holder = holder;
  }
}

/** A take-over of a dead holder's lock takes microseconds; one that began this long ago was broken off. */
const TAKEOVER_STALE_MS = 10_000;

/**
 * Takes a lock file for this process, or throws LockedError. A holder is a pid with the time the process began, so a
 * pid that is used again does not keep the lock of a dead one. Node has no flock(); link() makes taking it atomic.
 */
export function takeLock(path: string): Lock {
  const me: LockHolder = { pid: process.pid, birth: birthOf(process.pid) ?? "" };
  const candidate = `${path}.${process.pid}`;
  writeFileSync(candidate, JSON.stringify(me), { mode: 0o600 });
  try {
    for (;;) {
      if (tryLink(candidate, path)) return { release: () => releaseIfMine(path, me) };
      const holder = lockHolder(path);
      if (holder !== undefined) throw new LockedError(holder, path);
      removeStale(path);
    }
  } finally {
    unlinkSync(candidate);
  }
}

/** Like `takeLock`, but waits up to `limitMs` for the holder to end. */
export async function waitForLock(path: string, limitMs: number): Promise<Lock> {
  const deadline = Date.now() + limitMs;
  for (;;) {
    try {
      return takeLock(path);
    } catch (error) {
      if (!(error instanceof LockedError) || Date.now() > deadline) throw error;
      await delay(50);
    }
  }
}

/** The living process that holds the lock, if any. */
export function lockHolder(path: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, "utf8")) as LockHolder;
    return birthOf(holder.pid) === holder.birth ? holder : undefined;
  } catch {
    return undefined;
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** Only one at a time may remove a dead lock: else the second would remove the lock that the first has just taken. */
function removeStale(path: string): void {
  const guard = `${path}.takeover`;
  try {
    mkdirSync(guard);
  } catch {
    const begun = statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - begun > TAKEOVER_STALE_MS) rmdirSync(guard);
    return;
  }
  try {
    if (lockHolder(path) === undefined) unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  } finally {
    rmdirSync(guard);
  }
}

function releaseIfMine(path: string, me: LockHolder): void {
  const holder = lockHolder(path);
  if (holder?.pid === me.pid && holder.birth === me.birth) unlinkSync(path);
}
