/**
 * How fast the city makes receipts: `node sim/city/bench.ts [people] [receipts]`. Prints one JSON line per form. Each is
 * warmed up first; `perCpuSecond` counts the process's CPU time, so that a busy machine shows in `perSecond` only.
 */
import { createCity } from "./city.ts";

const people = Number(process.argv[2] ?? 1_000_000);
const wanted = Number(process.argv[3] ?? 400_000);
const WARM_UP = 50_000;

const city = createCity({ seed: 1, people, from: "2025-01-01", to: "2026-01-01" });
const days = { from: "2025-03-03", to: "2025-12-31" } as const;

const FORMS: Readonly<Record<string, () => Iterable<unknown>>> = {
  "receipts in numbers": () => city.receipts(days),
  "receipts as request bodies": function* () {
    for (const receipt of city.receipts(days)) yield city.toReceiptBody(receipt);
  },
  "receipts as JSON text": function* () {
    for (const receipt of city.receipts(days)) yield JSON.stringify(city.toReceiptBody(receipt));
  },
  "deliveries with late ones, retries and returns": () =>
    city.deliveries({ ...days, lateShareBp: 200, retryShareBp: 100, returns: true }),
  profiles: function* () {
    for (let person = 0; person < people; person++) yield* city.profiles(person);
  },
};

function take(stream: Iterable<unknown>, count: number): number {
  let taken = 0;
  for (const _ of stream) if (++taken === count) break;
  return taken;
}

for (const [form, stream] of Object.entries(FORMS)) {
  take(stream(), WARM_UP);
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  const made = take(stream(), wanted);
  const seconds = (performance.now() - before) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  const perSecond = Math.round(made / seconds);
  const perCpuSecond = Math.round((made / (user + system)) * 1_000_000);
  const residentMb = Math.round(process.memoryUsage().rss / 1_000_000);
  console.log(JSON.stringify({ form, people, made, perSecond, perCpuSecond, residentMb }));
}
