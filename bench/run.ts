/**
 * `npm run bench -- NAME [--option value ...]`: runs one bench. Progress goes to stderr; stdout gets one JSON line.
 */
import { type BenchModule, parseOptions, UsageError } from "./lib/bench.ts";

type Entry = { readonly about: string; load(): Promise<BenchModule & { readonly options: readonly string[] }> };

const BENCHES: Readonly<Record<string, Entry>> = {
  checkout: { about: "the whole stack over HTTP, a million members", load: () => import("./checkout/bench.ts") },
  ledger: { about: "the checkout without HTTP, in one process", load: () => import("./ledger.ts") },
  http: { about: "HTTP alone: a receipt without the checkout", load: () => import("./http.ts") },
  price: { about: "the pure pricing function", load: () => import("./price.ts") },
  settle: { about: "closing a month of 10 million receipts", load: () => import("./settle.ts") },
  lookup: { about: "look-ups over HTTP among five million identifiers", load: () => import("./lookup.ts") },
  profiles: { about: "profile upserts with resolution, without HTTP and with it", load: () => import("./profiles.ts") },
  verify: { about: "rebuilding wallets and lots from operations", load: () => import("./verify.ts") },
  events: { about: "partner events, 100 live missions", load: () => import("./events.ts") },
  budgets: { about: "what ten budgets on every receipt cost", load: () => import("./budgets.ts") },
  simulate: { about: "receipts replayed under two programmes", load: () => import("./simulate.ts") },
  link: { about: "record linkage of a million generated records", load: () => import("./link.ts") },
};

const [name = "", ...args] = process.argv.slice(2);
const entry = BENCHES[name];
if (entry === undefined) {
  const list = Object.entries(BENCHES).map(([each, { about }]) => `  ${each.padEnd(10)} ${about}`);
  console.error(`usage: npm run bench -- NAME [--option value ...]\n${list.join("\n")}`);
  process.exit(2);
}
try {
  const bench = await entry.load();
  const result = await bench.run(parseOptions(args, bench.options));
  process.stdout.write(`${JSON.stringify(result)}\n`);
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
