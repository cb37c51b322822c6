import fc from "fast-check";
import type { CaseProgramme } from "../cases/programme.ts";
import { type Command, command } from "./commands.ts";
import { playHistory, type Stand } from "./history.ts";

/** Long enough to cut 40 commands to a handful, at some 20 ms a try. */
const SHRINK_MS = 60_000;

/**
 * Plays random histories for so many seconds. The seed is said before the first; a failure is cut to the shortest
 * history that still fails and printed with its seed and number, which `DOLKA_TEST_SEED` and `DOLKA_TEST_PATH` repeat.
 */
export async function explore(
  stand: Stand,
  programme: CaseProgramme,
  options: { readonly seconds: number; readonly label: (text: string) => void },
): Promise<void> {
  const { DOLKA_TEST_SEED: seedText, DOLKA_TEST_PATH: path, DOLKA_TEST_SECONDS: secondsText } = process.env;
  const seed = seedText === undefined ? Date.now() % 2_147_483_647 : Number(seedText);
  const seconds = Number(secondsText ?? options.seconds);
  options.label(`seed ${seed}`);
  let inFlight: Promise<void> = Promise.resolve();
  const play = (commands: readonly Command[]): Promise<void> => {
    inFlight = playHistory(stand, programme, commands);
    return inFlight;
  };
  const history = fc.array(command, { minLength: 1, maxLength: 40, size: "max" });
  if (process.env.DOLKA_TEST_STORY) {
    await play(
      process.env.DOLKA_TEST_STORY.trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
    return;
  }
  const found = await fc.check(fc.asyncProperty(history, play), {
    seed,
    numRuns: 100_000,
    interruptAfterTimeLimit: seconds * 1_000,
    endOnFailure: true,
    ...(path === undefined ? {} : { path }),
  });
  if (found.failed && found.counterexample) {
    const { commands, error } = await shorten(found.counterexample[0], found.errorInstance, play);
    const story = commands.map((one) => JSON.stringify(one)).join("\n");
    const repeat = `DOLKA_TEST_SEED=${seed} DOLKA_TEST_PATH=${found.counterexamplePath}`;
    throw new Error(`${repeat}\n${commands.length} commands, the last of them differs:\n${story}`, { cause: error });
  }
  // When the time is up the last history is not waited for: it plays to its end here, so that nothing of it is half done.
  await inFlight;
  const tally = [...stand.tally].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, count]) => `${what} ${count}`);
  options.label(`${stand.runs} histories; ${tally.join(", ")}`);
}

/** Leaves out commands, many at once and then one by one, as long as what is left still fails. */
async function shorten(
  commands: readonly Command[],
  error: unknown,
  play: (commands: readonly Command[]) => Promise<void>,
): Promise<{ commands: readonly Command[]; error: unknown }> {
  const until = Date.now() + SHRINK_MS;
  let best = { commands, error };
  const attempt = async (shorter: readonly Command[]): Promise<boolean> => {
    if (Date.now() > until) return false;
    try {
      await play(shorter);
      return false;
    } catch (failure) {
      best = { commands: shorter, error: failure };
      return true;
    }
  };
  for (let size = Math.ceil(commands.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < best.commands.length; ) {
      const shorter = [...best.commands.slice(0, at), ...best.commands.slice(at + size)];
      if (!(await attempt(shorter))) at += size;
    }
  }
  for (let i = 0; i < best.commands.length; i++) {
    for (const simpler of simplerThan(best.commands[i] as Command)) {
      await attempt(best.commands.map((one, at) => (at === i ? simpler : one)));
    }
  }
  return best;
}

/** One request where there were several, no twins, one line where there were many. */
function simplerThan(one: Command): Command[] {
  if (one.do !== "ask") return [];
  const without =
    one.asks.length > 1 ? one.asks.map((_, i) => ({ ...one, asks: one.asks.filter((__, at) => at !== i) })) : [];
  const single = { ...one, asks: one.asks.map((ask) => ({ ...ask, twin: "none" as const, via: 0 })) };
  const short = {
    ...one,
    asks: one.asks.map((ask) =>
      ask.what.ask === "receipt" ? { ...ask, what: { ...ask.what, lines: ask.what.lines.slice(0, 1) } } : ask,
    ),
  };
  return [...without, single, short];
}
