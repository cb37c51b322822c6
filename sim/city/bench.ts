/**
 * How fast the city makes receipts: `node sim/city/bench.ts [people]`. Prints one JSON line per form, for one whole week of
 * everybody. `perCpuSecond` counts the process's CPU time on all threads, so that a busy machine shows in `perSecond` only.
 */
import { createCity } from "./city.ts";

const people = Number(process.argv[2] ?? 250_000);
const WEEK = { from: "2025-03-03", to: "2025-03-10" } as const;
const MESSY = { lateShareBp: 200, retryShareBp: 100, returns: true } as const;
const WARM_UP = 50_000;

const city = createCity({ seed: 1, people, ...WEEK });

const FORMS: Readonly<Record<string, () => Iterable<unknown>>> = {
  "receipts in numbers": () => city.receipts(),
  "receipts as request bodies": function* () {
    for (const receipt of city.receipts()) yield city.toReceiptBody(receipt);
  },
  "receipts as JSON text": function* () {
    for (const receipt of city.receipts()) yield JSON.stringify(city.toReceiptBody(receipt));
  },
  "deliveries with late ones, retries and returns": () => city.deliveries(MESSY),
  profiles: function* () {
    for (let person = 0; person < people; person++) yield* city.profiles(person);
  },
};

function take(stream: Iterable<unknown>, atMost: number): number {
  let taken = 0;
  for (const _ of stream) if (++taken === atMost) break;
  return taken;
}

for (const [form, stream] of Object.entries(FORMS)) {
  take(stream(), WARM_UP);
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  const made = take(stream(), Number.POSITIVE_INFINITY);
  const seconds = (performance.now() - before) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const perSecond = Math.round(made / seconds);
  const perCpuSecond = Math.round((made / (user + system)) * 1_000_000);
  const residentMb = Math.round(process.memoryUsage().rss / 1_000_000);
  console.log(JSON.stringify({ form, people, made, perSecond, perCpuSecond, residentMb }));
}
