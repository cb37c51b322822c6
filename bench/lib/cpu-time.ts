import { readdirSync, readFileSync } from "node:fs";

/** Linux counts a process's time in ticks of 10 ms (sysconf(_SC_CLK_TCK) is 100 on every platform that we run on). */
const TICKS_PER_SECOND = 100;

type Stat = { readonly parent: number; readonly ownTicks: number; readonly waitedForTicks: number };

export type CpuMeter = {
  /** Processor seconds since the meter was started, by name. */
  read(): Record<string, number>;
};

/**
 * Starts counting for named processes, each with its descendants but for those that have a name of their own; dead
 * children count as far as they were waited for. Zeros on systems without /proc.
 */
export function startCpuMeter(pids: Readonly<Record<string, number>>): CpuMeter {
  const names = Object.entries(pids);
  const named = new Set(Object.values(pids));
  const now = () => {
    const all = readStats();
    return new Map(names.map(([name, pid]) => [name, ticksOf(pid, all, named) / TICKS_PER_SECOND]));
  };
  const before = now();
  return {
    read: () => {
      const after = now();
      return Object.fromEntries(names.map(([name]) => [name, (after.get(name) ?? 0) - (before.get(name) ?? 0)]));
    },
  };
}

function ticksOf(pid: number, all: ReadonlyMap<number, Stat>, named: ReadonlySet<number>): number {
  const stat = all.get(pid);
  if (stat === undefined) return 0;
  let ticks = stat.ownTicks + stat.waitedForTicks;
  for (const [child, { parent }] of all) if (parent === pid && !named.has(child)) ticks += ticksOf(child, all, named);
  return ticks;
}

/** Processor seconds that everybody on this machine used since the start, whoever they are. */
export function startMachineMeter(): { read(): { busySeconds: number } } {
  const before = machineBusyTicks();
  return { read: () => ({ busySeconds: (machineBusyTicks() - before) / TICKS_PER_SECOND }) };
}

function machineBusyTicks(): number {
  if (process.platform !== "linux") return 0;
  // proc(5): user nice system idle iowait irq softirq steal; idle and iowait are not work.
  const fields = (readFileSync("/proc/stat", "utf8").split("\n")[0] ?? "").trim().split(/\s+/).slice(1).map(Number);
  return [0, 1, 2, 5, 6].reduce((ticks, field) => ticks + (fields[field] ?? 0), 0);
}

function readStats(): Map<number, Stat> {
  const all = new Map<number, Stat>();
  if (process.platform !== "linux") return all;
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, "utf8");
      // Fields after the command in parentheses; proc(5): 4 ppid, 14 utime, 15 stime, 16 cutime, 17 cstime.
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      const at = (field: number) => Number(fields[field - 3]);
      all.set(Number(name), { parent: at(4), ownTicks: at(14) + at(15), waitedForTicks: at(16) + at(17) });
    } catch {
      // ended meanwhile
    }
  }
  return all;
}
