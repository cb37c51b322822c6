import type { Profile } from "#domains/identity/index.ts";
import type { ProfileOutcome } from "./decide-batch.ts";
import type { ProfileDeps } from "./deps.ts";
import { putProfiles } from "./put-profiles.ts";

const MOST_IN_BATCH = 200;
const MOST_WAITING = 5_000;

type Waiting = {
  readonly profile: Profile;
  readonly name: string;
  readonly settle: (outcome: ProfileOutcome | "overloaded") => void;
  readonly fail: (error: unknown) => void;
};

export type ProfileQueue = {
  /** `overloaded`: too many wait already; come again. */
  put(profile: Profile): Promise<ProfileOutcome | "overloaded">;
  drain(): Promise<void>;
};

/**
 * Gathers profiles into batches: while one is being written, what arrives waits and makes the next. One batch at a time, so
 * that within a process two profiles of one person never race; the same person of the same partner is once in a batch.
 */
export function createProfileQueue(deps: ProfileDeps): ProfileQueue {
  let waiting: Waiting[] = [];
  let running: Promise<void> | undefined;

  const next = (): Waiting[] => {
    const batch: Waiting[] = [];
    const names = new Set<string>();
    const left: Waiting[] = [];
    for (const each of waiting) {
      if (batch.length >= MOST_IN_BATCH || names.has(each.name)) left.push(each);
      else {
        names.add(each.name);
        batch.push(each);
      }
    }
    waiting = left;
    return batch;
  };
  const run = async (): Promise<void> => {
    while (waiting.length > 0) await write(deps, next());
    running = undefined;
  };
  return {
    put: (profile) => {
      if (waiting.length >= MOST_WAITING) return Promise.resolve("overloaded");
      return new Promise((settle, fail) => {
        waiting.push({ profile, name: `${profile.partner} ${profile.externalId}`, settle, fail });
        // What arrives in this turn of the event loop goes together.
        running ??= new Promise((done) => setImmediate(done)).then(run);
      });
    },
    drain: async () => {
      while (running) await running;
    },
  };
}

/** One that can't be written never takes its neighbours down: halves are tried by themselves, down to the one. */
async function write(deps: ProfileDeps, batch: readonly Waiting[]): Promise<void> {
  try {
    const outcomes = await putProfiles(
      deps,
      batch.map(({ profile }) => profile),
    );
    for (const [index, each] of batch.entries()) each.settle(outcomes[index] as ProfileOutcome);
  } catch (error) {
    if (batch.length === 1) {
      batch[0]?.fail(error);
      return;
    }
    const middle = batch.length >> 1;
    await write(deps, batch.slice(0, middle));
    await write(deps, batch.slice(middle));
  }
}
