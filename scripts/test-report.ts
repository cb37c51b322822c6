import { relative } from "node:path";
import type { run } from "node:test";
import { inspect } from "node:util";

type Events = ReturnType<typeof run>;
type Finished = {
  readonly name: string;
  readonly file?: string | undefined;
  readonly nesting: number;
  readonly details: { readonly duration_ms: number; readonly type?: string | undefined; readonly error?: Error };
};

const SLOWEST_SHOWN = 8;

/** Counts tests, names each failure when it happens, and tells all about them at the end with the totals. */
export function createReport() {
  let passed = 0;
  let failed = 0;
  const msByFile = new Map<string, number>();
  const failures: string[] = [];

  const count = (test: Finished) => {
    if (test.nesting === 0 && test.file !== undefined) {
      msByFile.set(test.file, (msByFile.get(test.file) ?? 0) + test.details.duration_ms);
    }
  };
  const onPass = (test: Finished) => {
    count(test);
    if (test.details.type !== "suite") passed++;
  };
  const onFail = (test: Finished) => {
    count(test);
    const cause = test.details.error?.cause ?? test.details.error;
    if ((test.details.error as { failureType?: string } | undefined)?.failureType === "subtestsFailed") return;
    failed++;
    const where = test.file === undefined ? "" : ` (${relative(process.cwd(), test.file)})`;
    const title = `FAILED: ${test.name}${where}`;
    failures.push(`${title}\n${indent(inspect(cause, { depth: 6 }))}`);
    console.error(title);
  };

  return {
    /** Listens to a run of node's test runner until it is over. */
    async follow(events: Events): Promise<void> {
      events.on("test:pass", onPass);
      events.on("test:fail", onFail);
      events.on("test:stdout", ({ message }: { message: string }) => process.stdout.write(message));
      events.on("test:stderr", ({ message }: { message: string }) => process.stderr.write(message));
      for await (const _ of events); // the stream must be read, or it stops
    },
    /** Prints the summary; returns how many tests failed. */
    finish(): number {
      const slowest = [...msByFile].sort(([, a], [, b]) => b - a).slice(0, SLOWEST_SHOWN);
      if (slowest.length > 0) console.log("slowest files:");
      for (const [file, ms] of slowest) console.log(`  ${(ms / 1000).toFixed(1)} s  ${relative(process.cwd(), file)}`);
      if (failures.length > 0) console.log(`\n${failures.join("\n")}`);
      if (passed + failed === 0) console.log("no tests found");
      console.log(`${passed} passed, ${failed} failed`);
      return failed;
    },
  };
}

function indent(text: string): string {
  return text.replace(/^/gm, "    ");
}
