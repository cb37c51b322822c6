import { createIdentifierKeys } from "#domains/identity/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import type { Principal } from "#flows/checkout/index.ts";
import {
  changeMissionState,
  createEventLog,
  draftMissions,
  type EventRequest,
  makeForecast,
} from "#flows/missions/index.ts";
import { changeOfferState, draftOffers, forecastOfferDraft } from "#flows/offers/index.ts";
import { DAY_MS } from "#kernel/time.ts";
import { createFindMember } from "#main/http/find-member.ts";
import { identifierSecret } from "#main/identifier-secret.ts";
import { manualClock } from "#platform/clock.ts";
import { demoCity } from "./fill-demo-city.ts";
import { publishExample } from "./publish-example.ts";
import type { DemoContext, DemoStep } from "./step.ts";

const DEMO: Principal = { keyId: "demo", role: "operator" };
/** The city's six weeks, so that what its members did counts. */
const DAYS_BEFORE = 42;
const DAYS_AFTER = 400;

/** What partners tell of members besides receipts: how many days ago, of each n-th member of the city. */
const EVENTS: readonly { partner: string; type: string; everyNth: number; daysAgo: readonly number[] }[] = [
  { partner: "kubyshka", type: "card-issued", everyNth: 12, daysAgo: [30] },
  { partner: "perezvon", type: "number-moved", everyNth: 20, daysAgo: [25] },
  { partner: "perezvon", type: "tariff-switched-on", everyNth: 40, daysAgo: [24] },
  { partner: "perezvon", type: "autopay-switched-on", everyNth: 40, daysAgo: [23] },
  { partner: "obereg", type: "policy-bought", everyNth: 30, daysAgo: [17] },
  { partner: "galyorka", type: "ticket-bought", everyNth: 24, daysAgo: [21, 8] },
  { partner: "kubyshka", type: "salary-arrived", everyNth: 24, daysAgo: [20, 5] },
];

/** Members that partners tell of. */
const TOLD_OF = 480;

/**
 * Takes the missions and offers of examples/demo live as of six weeks ago, and tells the events of some members. The worker
 * then finds out who did what, and rewards it. Repeated, all of it is there.
 */
export const openDemoMissions: DemoStep = {
  name: "demo missions and offers",
  async run(context) {
    const { pool, clock } = context;
    const today = Math.floor(clock.now() / DAY_MS);
    const past = manualClock((today - DAYS_BEFORE) * DAY_MS);
    const deps = { pool, clock: past, programmes: await loadProgrammes({ pool, clock: past }) };
    const days = { from: today - DAYS_BEFORE, until: today + DAYS_AFTER };
    await publishExample("missions.yaml", days, {
      draft: (request) => draftMissions(deps, request),
      forecast: ({ id, who }) => makeForecast(deps, { mission: id, who }),
      change: ({ id, ...request }) => changeMissionState(deps, { mission: id, ...request }),
    });
    await publishExample("offers.yaml", days, {
      draft: (request) => draftOffers(deps, request),
      forecast: (request) => forecastOfferDraft(deps, request),
      change: (request) => changeOfferState(deps, request),
    });
    await tellEvents(context, today * DAY_MS);
  },
};

async function tellEvents({ home, pool, clock }: DemoContext, todayAt: number): Promise<void> {
  const programmes = await loadProgrammes({ pool, clock });
  const secret = identifierSecret(home);
  const find = createFindMember(pool, secret, programmes, clock);
  const events = createEventLog({ pool, clock, programmes, identifierKey: createIdentifierKeys(secret) });
  let n = 0;
  for (const person of demoCity(clock).members()) {
    if (n === TOLD_OF) break;
    if (person.joinedAt > clock.now()) continue;
    const found = await find(DEMO, "card", person.card);
    if (found === undefined) continue;
    n++;
    for (const told of EVENTS) {
      if (n % told.everyNth !== 0) continue;
      for (const [i, days] of told.daysAgo.entries()) {
        const request: EventRequest = {
          ...{ partner: told.partner, type: told.type, id: `demo-${told.type}-${n}-${i}` },
          ...{ member: { by: "id", id: found.member }, at: todayAt - days * DAY_MS, data: {} },
        };
        const posted = await events.post(request, DEMO);
        if (!posted.ok) throw new Error(`The demo's event was refused: ${posted.failure.code}`);
      }
    }
  }
  await events.drain();
}
