/** What a bench prints on stdout: one JSON object in one line. */
export type BenchResult = Readonly<Record<string, unknown>>;

export type BenchModule = {
  run(options: BenchOptions): Promise<BenchResult>;
};

/** The command line after the bench's name: `--seconds 20 --quick`. Each bench reads what it knows. */
export type BenchOptions = {
  /** A whole number; throws a UsageError for anything else. */
  number(name: string, fallback: number): number;
  text(name: string): string | undefined;
  flag(name: string): boolean;
};

export class UsageError extends Error {
  override name = "UsageError";
}

/** Reads `--name value` and `--name`. A name that `known` lacks is a UsageError: a typo must not measure something else. */
export function parseOptions(args: readonly string[], known: readonly string[]): BenchOptions {
  const values = new Map<string, string>();
  for (let i = 0; i < args.length; i++) {
    const name = /^--([a-z-]+)$/.exec(args[i] as string)?.[1];
    if (name === undefined) throw new UsageError(`expected an option such as --seconds 20, got ${args[i]}`);
    if (!known.includes(name)) {
      throw new UsageError(`unknown option --${name}; known here: ${known.map((each) => `--${each}`).join(" ")}`);
    }
    const next = args[i + 1];
    const hasValue = next !== undefined && !next.startsWith("--");
    values.set(name, hasValue ? next : "");
    if (hasValue) i++;
  }
  return {
    number: (name, fallback) => {
      const text = values.get(name);
      if (text === undefined) return fallback;
      if (!/^\d+$/.test(text)) throw new UsageError(`--${name} needs a whole number`);
      return Number(text);
    },
    text: (name) => values.get(name),
    flag: (name) => values.has(name),
  };
}

/** Progress for the person who waits; stdout stays for the result. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Says how long a step took. */
export async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  const result = await work();
  say(`  ${name}: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
  return result;
}

export function rounded(value: number, digits = 0): number {
  const factor = 10 ** digits;
  return Math.round(value * factor) / factor;
}

export function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
