import { type BenchOptions, rounded, step } from "./bench.ts";
import { preparePgbench } from "./pgbench.ts";

export type Compared<T> = {
  readonly ran: T;
  /** Fields for the result: what was measured, divided by the mean of pgbench before and after. */
  ratioOf(perSecond: number, cpuMicros: number): Record<string, unknown>;
};

/** Runs `work` with pgbench right before and right after it, on the same server. */
export async function besidePgbench<T>(
  options: BenchOptions,
  server: { readonly url: string; readonly pid: number },
  work: () => Promise<T>,
): Promise<Compared<T>> {
  const seconds = options.number("pgbench-seconds", options.flag("quick") ? 0 : 10);
  const scale = options.number("scale", 50);
  const pgbench = seconds === 0 ? undefined : await step("pgbench's tables", () => preparePgbench(server, scale));
  const before = await pgbench?.measure(seconds);
  const ran = await work();
  const after = await pgbench?.measure(seconds);
  return {
    ran,
    ratioOf: (perSecond, cpuMicros) => {
      if (before === undefined || after === undefined) return { ratio: null, pgbenchTps: null };
      return {
        ratio: rounded(perSecond / ((before.tps + after.tps) / 2), 2),
        pgbenchTps: [rounded(before.tps), rounded(after.tps)],
        // What the ratio would be if the processor were all that counts and nobody else used it.
        cpuRatio: rounded((before.cpuMicros + after.cpuMicros) / 2 / cpuMicros, 2),
        pgbenchCpuMicros: [rounded(before.cpuMicros), rounded(after.cpuMicros)],
      };
    },
  };
}
