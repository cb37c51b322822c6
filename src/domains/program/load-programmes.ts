import type { Pool } from "pg";
import type { Clock } from "#platform/clock.ts";
import { compileProgramme } from "./core/compile/compile.ts";
import type { CompiledProgramme } from "./core/compile/compiled.ts";
import { createProgrammes, type Programmes } from "./core/programmes.ts";
import { readLatestNumber, readVersions } from "./store/programme-versions.ts";

/** All versions of the programme, kept in this process. */
export type LoadedProgrammes = Programmes & {
  /** Reads versions that others applied since; true when there were any. One row by primary key when there are none. */
  refresh(): Promise<boolean>;
  /** Refreshes every `intervalMs` until stopped; failures go to `onError` and the next turn tries again. */
  watch(intervalMs: number, onError: (error: unknown) => void): { stop(): void };
};

export type ProgrammeDeps = { readonly pool: Pool; readonly clock: Clock };

export async function loadProgrammes(deps: ProgrammeDeps): Promise<LoadedProgrammes> {
  let versions: readonly CompiledProgramme[] = [];
  const readNew = async () => {
    const known = versions.length;
    const rows = await readVersions(deps.pool, known);
    // Another refresh may have been quicker.
    const added = rows.filter((row) => row.version > versions.length);
    if (added.length === 0) return false;
    versions = [...versions, ...added.map((row) => compileProgramme(row.document, row.version, row.effectiveFromAt))];
    return true;
  };
  const refresh = async () => ((await readLatestNumber(deps.pool)) > versions.length ? readNew() : false);
  await readNew();
  return Object.assign(
    createProgrammes(
      () => versions,
      () => deps.clock.now(),
    ),
    { refresh, watch: (intervalMs: number, onError: (error: unknown) => void) => watch(refresh, intervalMs, onError) },
  );
}

function watch(refresh: () => Promise<unknown>, intervalMs: number, onError: (error: unknown) => void) {
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    refresh()
      .catch(onError)
      .finally(() => {
        isBusy = false;
      });
  }, intervalMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
