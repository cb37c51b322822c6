/** Where progress is shown: a terminal gets a bar that is redrawn, a pipe gets plain lines. */
export type ProgressStream = { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };

export type Progress = {
  /** Adds to what is done. */
  advance(count?: number): void;
  /** Says how much is done, and what is going on. */
  set(done: number, note?: string): void;
  /** Ends the line. */
  finish(note?: string): void;
};

export type ProgressOptions = {
  readonly label: string;
  /** Unknown when absent: then a count is shown instead of a share. */
  readonly total?: number;
  readonly stream?: ProgressStream;
  readonly now?: () => number;
};

const REDRAW_MS = 100;
/** In a pipe a line at every tenth, or after this long. */
const LINE_MS = 10_000;
const BAR_WIDTH = 28;

/** Shows how far something is, on stderr by default, so that stdout stays for results. */
export function createProgress(options: ProgressOptions): Progress {
  const stream = options.stream ?? process.stderr;
  const now = options.now ?? Date.now;
  const startedAt = now();
  const isBar = stream.isTTY === true;
  let done = 0;
  let note = "";
  let shownAt = Number.NEGATIVE_INFINITY;
  let shownTenth = 0;

  const show = () => {
    const at = now();
    if (isBar) {
      if (at - shownAt < REDRAW_MS) return;
      stream.write(`\r\u001b[2K${fit(line(at), stream.columns ?? 100)}`);
    } else {
      const tenth = options.total === undefined ? 0 : Math.floor((done / options.total) * 10);
      if (tenth <= shownTenth && at - Math.max(shownAt, startedAt) < LINE_MS) return;
      shownTenth = tenth;
      stream.write(`${line(at)}\n`);
    }
    shownAt = at;
  };
  const line = (at: number): string => {
    const suffix = note === "" ? "" : ` · ${note}`;
    if (options.total === undefined) return `${options.label} ${grouped(done)}${suffix}`;
    const share = options.total === 0 ? 1 : Math.min(1, done / options.total);
    const filled = Math.round(share * BAR_WIDTH);
    const bar = isBar ? `[${"█".repeat(filled)}${"░".repeat(BAR_WIDTH - filled)}] ` : "";
    const elapsedMs = at - startedAt;
    const left =
      share > 0.02 && share < 1 && elapsedMs > 1_000 ? ` · ${seconds((elapsedMs / share) * (1 - share))} left` : "";
    return `${options.label} ${bar}${Math.floor(share * 100)} % ${grouped(done)}/${grouped(options.total)}${left}${suffix}`;
  };

  return {
    advance: (count = 1) => {
      done += count;
      show();
    },
    set: (count, text = note) => {
      done = count;
      note = text;
      show();
    },
    finish: (text) => {
      const end = `${options.label}: ${text ?? grouped(done)} (${seconds(now() - startedAt)})`;
      stream.write(isBar ? `\r\u001b[2K${end}\n` : `${end}\n`);
    },
  };
}

export type Steps = {
  /** Runs one step and shows how long it took; what it throws goes through. */
  run<T>(name: string, work: () => Promise<T>): Promise<T>;
};

/** A list of steps with their times; on a terminal a bar over all of them while one is running. */
export function createSteps(
  total: number,
  stream: ProgressStream = process.stderr,
  now: () => number = Date.now,
): Steps {
  let done = 0;
  return {
    async run(name, work) {
      const startedAt = now();
      if (stream.isTTY) {
        const filled = Math.round((done / total) * BAR_WIDTH);
        stream.write(`\r\u001b[2K[${"█".repeat(filled)}${"░".repeat(Math.max(0, BAR_WIDTH - filled))}] ${name} ...`);
      }
      const result = await work();
      done++;
      stream.write(`${stream.isTTY ? "\r\u001b[2K" : ""}  ✓ ${name.padEnd(44)} ${seconds(now() - startedAt)}\n`);
      return result;
    },
  };
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

function seconds(ms: number): string {
  return ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

function fit(text: string, width: number): string {
  return text.length < width ? text : `${text.slice(0, width - 2)}…`;
}
