import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import {
  type CompiledProgramme,
  compileProgramme,
  type MemberStanding,
  parseProgramme,
  price,
  type Receipt,
  type Trait,
} from "#domains/program/index.ts";
import { invariant } from "#kernel/invariant.ts";
import { createRandom, type Random } from "#kernel/random.ts";
import { HOUR_MS } from "#kernel/time.ts";
import { type BenchOptions, type BenchResult, rounded, say } from "./lib/bench.ts";

export const options = ["seconds", "receipts"];

/**
 * A checkout has just read the receipt and the member, so both lie in the core's caches: few enough of each stay there.
 * They are paired anew each round (their numbers have no common divisor), so that no branch can be learnt by heart.
 */
const DEFAULT_RECEIPTS = 211;
const MEMBERS = 256;
const DEFAULT_SECONDS = 4;
const BOOSTS = ["card-issued", "number-moved", "services-on", "policy-bought", "ticket-bought"];

/**
 * The pure function on one core: the demo programme (28 rules, caps, several funders), receipts of 3 lines at the
 * grocers by members with a subscription, favourites and boosts, so that 4 to 6 rules hit; 10 % spend points.
 * Counted by the processor time of the whole process, garbage collection too: the machine may be busy with other things.
 */
export async function run(asked: BenchOptions): Promise<BenchResult> {
  const seconds = asked.number("seconds", DEFAULT_SECONDS);
  const count = asked.number("receipts", DEFAULT_RECEIPTS);
  const programme = loadDemo();
  const random = createRandom(2026);
  const receipts = Array.from({ length: count }, (_, i) => makeReceipt(random, i)).sort((a, b) => a.at - b.at);
  const standings = Array.from({ length: MEMBERS }, () => makeStanding(random));
  say(`  ${count} receipts × ${MEMBERS} members, ${programme.rules.size} rules`);
  priceFor(receipts, standings, programme, 1);
  const { done, tookSeconds, cpuSeconds, hits, points } = priceFor(receipts, standings, programme, seconds);
  return {
    bench: "price",
    receiptsPerSecond: rounded(done / cpuSeconds),
    microsecondsPerReceipt: rounded((cpuSeconds / done) * 1e6, 2),
    receiptsPerSecondByTheClock: rounded(done / tookSeconds),
    rules: programme.rules.size,
    hitsPerReceipt: rounded(hits / done, 1),
    pointsPerReceipt: rounded(points / done / 100, 2),
    lines: 3,
    receipts: done,
    seconds: rounded(tookSeconds, 1),
    node: process.version,
    cpu: cpus()[0]?.model,
  };
}

function priceFor(
  receipts: readonly Receipt[],
  standings: readonly MemberStanding[],
  programme: CompiledProgramme,
  seconds: number,
) {
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  let done = 0;
  let hits = 0;
  let points = 0;
  let now = startedAt;
  while (now < until) {
    for (let k = 0; k < 1000; k++) {
      const receipt = receipts[done % receipts.length] as Receipt;
      const standing = standings[done % standings.length] as MemberStanding;
      const priced = price(receipt, standing, programme);
      done++;
      invariant(priced.ok, "every receipt of the bench can be priced");
      hits += priced.value.rules.length;
      points += priced.value.earnedCents;
    }
    now = performance.now();
  }
  const used = process.cpuUsage(cpuBefore);
  return { done, tookSeconds: (now - startedAt) / 1000, cpuSeconds: (used.user + used.system) / 1e6, hits, points };
}

function loadDemo(): CompiledProgramme {
  const file = new URL("../examples/demo/programme.yaml", import.meta.url);
  const parsed = parseProgramme(readFileSync(file, "utf8"), "examples/demo/programme.yaml");
  invariant(parsed.ok, "the demo programme is right");
  return compileProgramme(parsed.value, 1, 0);
}

const CATEGORIES = [
  "bread",
  "dairy",
  "cheese",
  "eggs",
  "meat",
  "poultry",
  "vegetables",
  "fruit",
  "sweets",
  "tea-coffee",
  "cleaning",
  "alcohol",
];
const DISTRICTS = ["tsentr", "zarechye", "sadovy", "yuzhny", "severny", "vokzalny", "zavodskoy"];
/** One business day, 08:00 to 22:00 in Moscow. */
const FROM_AT = Date.parse("2026-03-01T05:00:00Z");

function makeReceipt(random: Random, number: number): Receipt {
  const partner = random.int(2) === 0 ? "kalitka" : "samobranka";
  const lines = Array.from({ length: 3 }, () => ({
    category: CATEGORIES[random.int(CATEGORIES.length)] as string,
    amountKopecks: 1_000 + random.int(60_000),
  }));
  const total = lines.reduce((sum, line) => sum + line.amountKopecks, 0);
  const spendCents = random.int(10) === 0 ? 100 + random.int(400) : 0;
  return {
    partner,
    store: `${partner}-${DISTRICTS[random.int(DISTRICTS.length)]}-1`,
    till: String(1 + random.int(4)),
    number: String(number),
    at: FROM_AT + random.int(14 * HOUR_MS),
    channel: "store",
    lines: lines.some((line) => line.category !== "alcohol")
      ? lines
      : [{ ...(lines[0] as Receipt["lines"][number]), category: "bread" }, ...lines.slice(1)],
    deliveryFeeKopecks: 0,
    tenders: [
      { kind: "card", amountKopecks: total - spendCents, bank: random.int(3) === 0 ? "kubyshka" : "other" },
      ...(spendCents > 0 ? [{ kind: "points", amountKopecks: spendCents }] : []),
    ],
    spendCents,
  };
}

function makeStanding(random: Random): MemberStanding {
  const since = FROM_AT - 40 * 24 * HOUR_MS;
  const trait = (kind: Trait["kind"], key: string): Trait => ({ kind, key, fromAt: since });
  const boosts = BOOSTS.filter(() => random.int(5) < 2);
  return {
    traits: [
      trait("level", random.int(2) === 0 ? "level-1" : "level-2"),
      ...Array.from({ length: 3 }, () => trait("favourite", CATEGORIES[random.int(10)] as string)),
      ...(random.int(4) > 0 ? [trait("subscription", "dolka-plus")] : []),
      ...boosts.map((key) => trait("boost", key)),
    ],
    capUse: new Map([
      ["c:favourites-month|m24314", random.int(50_000)],
      ["c:boosts-day|20513", random.int(20_000)],
    ]),
    firstPurchaseAt: new Map([
      ["kalitka", since],
      ["samobranka", since],
    ]),
    activeCents: 1_000_00,
  };
}
