import { readFileSync } from "node:fs";
import { endOf, type Forecast, type MissionDocument, type Stated } from "#domains/missions/index.ts";
import { compileProgramme, parseProgramme, type Receipt, type Trait } from "#domains/program/index.ts";
import { forecastMission, withMission } from "#flows/missions/forecast/forecast-mission.ts";
import type { Finished, Past, PastMember } from "#flows/missions/forecast/past.ts";
import { earnedMore, replayHistory } from "#flows/simulate/index.ts";
import { createRandom, type Random } from "#kernel/random.ts";
import { type Day, formatDay, parseDay } from "#kernel/time.ts";
import { type City, createCity } from "../../sim/city/city.ts";
import type { Mission, Task } from "../../sim/city/missions.ts";
import { type CityReceipt, instantOf } from "../../sim/city/receipts.ts";

/**
 * Missions set to cities that know what they do to everybody. A trial forecasts one of them by what had happened before it
 * began, then lets the city answer and counts: who did it, and what their boosts earned by their own receipts.
 */
export type Trial = {
  readonly mission: Mission;
  readonly document: MissionDocument;
  readonly past: Omit<Past, "finished">;
  readonly truth: Truth;
};

export type Truth = { readonly completions: number; readonly won: number; readonly pointsCents: number };

const PERIOD = { from: "2026-01-01", to: "2026-10-01" } as const;
const BUYERS = 100;
const NOON = 43_200;
/** How differently missions of one kind are made: the spread of the logarithm of their appeal. */
const APPEAL_SPREAD = 0.4;

const text = readFileSync(new URL("../../examples/demo/programme.yaml", import.meta.url), "utf8");
const parsed = parseProgramme(text, "programme.yaml");
if (!parsed.ok) throw new Error("the demo's programme is not valid");
export const programme = compileProgramme(parsed.value, 1, 0);

const TASKS: readonly (readonly [Task, partner: string, number])[] = [
  ["card-issued", "kubyshka", 4],
  ["number-moved", "perezvon", 5],
  ["policy-bought", "obereg", 6],
  ["ticket-bought", "galyorka", 7],
];
const RATES = [300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000, 7_000];
const PLACES = [["kalitka", "samobranka"], ["kalitka"], ["samobranka"]] as const;

/** The trials of one city: as many missions as there are tasks at most, each in its own copy of the city. */
export function trialsOf(seed: number, people: number, count: number): Trial[] {
  const random = createRandom(seed).fork("missions");
  const plain = createCity({ seed, people, ...PERIOD });
  const buyersOf = remembered((fromDay: Day, now: Day) => buyersIn(plain, fromDay, now));
  return Array.from({ length: count }, (_, i) => {
    const mission = drawMission(random.fork(String(i)), i);
    return trialOf(plain, mission, buyersOf);
  });
}

function drawMission(random: Random, i: number): Mission {
  const pick = <T>(among: readonly T[]): T => among[random.int(among.length)] as T;
  const [task, partner] = TASKS[i % TASKS.length] as (typeof TASKS)[number];
  const from = (parseDay("2026-03-26") as Day) + random.int(21);
  const u = 1 - random.next();
  const normal = Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * random.next());
  return {
    ...{ id: `m${i}`, partner, task, rateBp: pick(RATES), audience: "everyone" },
    ...{ from: formatDay(from), to: formatDay(from + 28 + random.int(33)) },
    ...{ boostAt: pick(PLACES), boostDays: 14 + random.int(47), appeal: Math.exp(APPEAL_SPREAD * normal) },
  };
}

function documentOf({ id, partner, task, rateBp, from, to, boostAt = [], boostDays = 30 }: Mission): MissionDocument {
  return {
    ...{ partner, name: { ru: id, en: id }, from, until: formatDay((parseDay(to) as Day) - 1) },
    audience: { newTo: partner },
    goal: isOfPurchase(task, boostDays) ? { purchase: { at: partner } } : { event: task as string },
    reward: {
      ...{ percent: `${rateBp / 100}%`, at: [...boostAt], category: "groceries", lasts: `${boostDays} days` },
      caps: { receipt: "1000 points", total: "3000 points" },
    },
    funders: { [partner]: 4, "dolka-operator": 1 },
    fee: "1500 RUB",
  } as MissionDocument;
}

/** A first policy or ticket is a receipt as well as an event: half of these missions ask for the one, half for the other. */
function isOfPurchase(task: Task | undefined, boostDays: number): boolean {
  return (task === "policy-bought" || task === "ticket-bought") && boostDays % 2 === 0;
}

type Buyers = (fromDay: Day, now: Day) => Map<number, Receipt[]>;

function trialOf(plain: City, mission: Mission, buyersOf: Buyers): Trial {
  const document = documentOf(mission);
  const [from, to] = [parseDay(mission.from) as Day, parseDay(mission.to) as Day];
  const lookedBack = Math.min(84, Math.max(28, to - from));
  const fromDay = from - lookedBack;
  const receipts = buyersOf(fromDay, from);
  const members: PastMember[] = [];
  for (let person = 0; person < plain.options.people; person++) {
    if (plain.truth.spans(person).memberFrom < from) {
      members.push(pastOf(plain, person, fromDay, from, receipts.get(person) ?? []));
    }
  }
  return {
    ...{ mission, document },
    past: {
      ...{ fromAt: instantOf(fromDay, 0), now: instantOf(from, 0), members: members.length },
      // As of a large programme, not everybody is looked at.
      deeds: members.filter((_, i) => i % 2 === 0),
      buyers: members.filter(({ receipts }) => receipts.length > 0),
      expectedBpOf: () => 0,
    },
    truth: truthOf(plain, mission, document),
  };
}

/** What the platform knows of a member then: when it became a customer where, and its receipts. */
function pastOf(city: City, person: number, fromDay: Day, now: Day, receipts: readonly Receipt[]): PastMember {
  const { starts, memberFrom } = city.truth.spans(person);
  const startOf = (partner: string) => starts[TASKS.find(([, id]) => id === partner)?.[2] ?? -1] ?? Number.MAX_VALUE;
  const happenings = TASKS.flatMap(([type, partner]) => {
    const day = startOf(partner);
    if (day < Math.max(fromDay, memberFrom) || day >= now) return [];
    const at = instantOf(day, NOON);
    const lines = [{ category: "goods", amount: 50_000 }];
    return [
      { kind: "event" as const, source: `e:${partner}:${person}`, partner, type, at, data: {} },
      { kind: "purchase" as const, source: `o:${partner}:${person}`, partner, at, lines },
    ];
  });
  return {
    ...{ traits: [], lowestLevel: undefined, firstPurchaseAt: new Map(), happenings, receipts },
    firstAt: (partner) => (startOf(partner) < now ? instantOf(startOf(partner), NOON) : undefined),
    hasDone: () => false,
  };
}

/** The receipts of some members, spread over the city. */
function buyersIn(city: City, fromDay: Day, now: Day): Map<number, Receipt[]> {
  const found = new Map<number, Receipt[]>();
  const step = Math.max(1, Math.floor(city.options.people / (BUYERS * 1.4)));
  for (let person = 0; person < city.options.people && found.size < BUYERS; person += step) {
    if (city.truth.spans(person).memberFrom < now) found.set(person, receiptsOf(city, person, fromDay, now));
  }
  return found;
}

function receiptsOf(city: City, person: number, from: Day, to: Day): Receipt[] {
  const window = { from: formatDay(from), to: formatDay(Math.min(to, parseDay(PERIOD.to) as Day)) };
  const found: Receipt[] = [];
  for (const receipt of city.receiptsOf(person, window)) {
    if (receipt.owner === person) found.push(receiptOf(city, receipt));
  }
  return found;
}

function receiptOf({ partners, stores, categories }: City, receipt: CityReceipt): Receipt {
  return {
    partner: partners[receipt.partner]?.id ?? "",
    store: stores[receipt.store]?.id ?? "",
    ...{ till: "", number: "", at: receipt.at, channel: receipt.online ? "online" : "store" },
    lines: receipt.categories.map((category, i) => ({
      category: categories[category]?.id ?? "",
      amountKopecks: receipt.amounts[i] as number,
    })),
    ...{ deliveryFeeKopecks: receipt.deliveryFeeKopecks, tenders: [], spendCents: 0 },
  };
}

/** What came of it: everybody who did it in its days holds the boost from then on, whatever made them do it. */
function truthOf(plain: City, mission: Mission, document: MissionDocument): Truth {
  const city = createCity({ ...plain.options, missions: [mission] });
  const [from, to] = [parseDay(mission.from) as Day, parseDay(mission.to) as Day];
  const changed = withMission(programme, mission.id, document);
  if (!changed.ok) throw new Error(changed.failure.reason);
  let [completions, won, pointsCents] = [0, 0, 0];
  for (let person = 0; person < plain.options.people; person++) {
    const { memberFrom } = city.truth.spans(person);
    const response = city.truth.response(person, mission.id);
    if (response === undefined || response.doneWith < Math.max(from, memberFrom) || response.doneWith >= to) continue;
    completions++;
    if (response.doneWith < response.doneWithout) won++;
    const at = instantOf(response.doneWith, NOON);
    const days = mission.boostDays ?? 30;
    const untilAt = endOf(
      at,
      { unit: "day", count: days } as Parameters<typeof endOf>[1],
      programme.calendar,
    ) as number;
    const held: Trait = { kind: "boost", key: `mission-${mission.id}`, fromAt: at, untilAt };
    const receipts = receiptsOf(city, person, response.doneWith, response.doneWith + days + 2);
    const standing = { traits: [held], firstPurchaseAt: new Map() };
    const more = earnedMore(
      replayHistory(changed.value, standing, receipts),
      replayHistory(programme, standing, receipts),
    );
    for (const cents of more.byFunder.values()) pointsCents += cents;
  }
  return { completions, won, pointsCents };
}

export async function forecastTrial(
  { mission, document, past }: Trial,
  finished: readonly Finished[],
  stated: Stated = {},
): Promise<Forecast> {
  // Forecasts draw by the document's hash: here by what makes the mission another one.
  const hash = `${mission.id} ${mission.from} ${mission.to} ${mission.rateBp} ${mission.appeal}`;
  const made = await forecastMission({ id: mission.id, hash, document }, programme, { ...past, finished }, stated);
  if (!made.ok) throw new Error(made.failure.reason);
  return made.value;
}

/** What the platform learns of a trial once it is over. */
export function finishedOf({ truth, mission }: Trial, { measured, assumptions }: Forecast): Finished {
  const { completions, pointsCents } = truth;
  const common = {
    audience: assumptions.audience?.expected ?? 0,
    ...{ completions, natural: measured.natural, valueKopecks: measured.valueKopecks },
    days: (parseDay(mission.to) as Day) - (parseDay(mission.from) as Day),
  };
  return completions < 10 ? common : { ...common, spent: pointsCents / completions / measured.perMemberCents };
}

export type Told = { readonly forecast: Forecast; readonly truth: Truth };

export type Coverage = {
  readonly forecasts: number;
  /** Shares of forecasts whose interval held the truth, and intervals' widths over what was expected, on average. */
  readonly completions: number;
  readonly points: number;
  readonly completionsWidth: number;
  readonly pointsWidth: number;
};

export function coverageOf(made: readonly Told[]): Coverage {
  const holds = ({ low, high }: { low: number; high: number }, value: number) => value >= low && value <= high;
  const average = (of: (each: Told) => number) => made.reduce((sum, each) => sum + of(each), 0) / made.length;
  const width = ({ low, expected, high }: Forecast["completions"]) => (high - low) / Math.max(1, expected);
  return {
    forecasts: made.length,
    completions: average(({ forecast, truth }) => (holds(forecast.completions, truth.completions) ? 1 : 0)),
    points: average(({ forecast, truth }) => (holds(forecast.pointsCents, truth.pointsCents) ? 1 : 0)),
    completionsWidth: average(({ forecast }) => width(forecast.completions)),
    pointsWidth: average(({ forecast }) => width(forecast.pointsCents)),
  };
}

function remembered(of: Buyers): Buyers {
  const known = new Map<string, Map<number, Receipt[]>>();
  return (fromDay, now) => {
    const key = `${fromDay} ${now}`;
    const found = known.get(key) ?? of(fromDay, now);
    known.set(key, found);
    return found;
  };
}
