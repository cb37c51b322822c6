import { invariant } from "#kernel/invariant.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { CompiledProgramme } from "./compile/compiled.ts";

/** All versions, compiled: a receipt is priced with the version of its own time. */
export type Programmes = {
  /** The version in force now. */
  current(): CompiledProgramme;
  /** The version in force at a time; before the first one's time, the first. */
  at(at: EpochMs): CompiledProgramme;
  /** A version by number, as operations store it; throws when there is none. */
  version(version: number): CompiledProgramme;
  /** The version applied last; undefined before the first. */
  readonly latest: CompiledProgramme | undefined;
};

/**
 * In force is the highest version whose time has come: a version that was applied later replaces those before it from
 * its own time on, also one that was still to come.
 */
export function createProgrammes(versions: () => readonly CompiledProgramme[], now: () => EpochMs): Programmes {
  const at = (time: EpochMs): CompiledProgramme => {
    const all = versions();
    for (let i = all.length - 1; i > 0; i--) {
      const version = all[i] as CompiledProgramme;
      if (version.effectiveFromAt <= time) return version;
    }
    const first = all[0];
    invariant(first, "a programme has been applied");
    return first;
  };
  return {
    at,
    current: () => at(now()),
    version: (version) => {
      const found = versions()[version - 1];
      invariant(found?.version === version, `programme version ${version} exists`);
      return found;
    },
    get latest() {
      return versions().at(-1);
    },
  };
}
