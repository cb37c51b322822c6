import type { Pool } from "pg";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import type { Trait } from "#domains/ledger/index.ts";
import { loadProgrammes } from "#domains/program/index.ts";
import { createCheckout, type Principal, postInOrder } from "#flows/checkout/index.ts";
import { createRegisterDeps, type Registration, registerMembers } from "#flows/move-in/index.ts";
import { DAY_MS, formatDay } from "#kernel/time.ts";
import { identifierSecret } from "#main/identifier-secret.ts";
import { type Clock, manualClock } from "#platform/clock.ts";
import { type City, createCity } from "#sim/city/city.ts";
import type { CityMember } from "#sim/city/members.ts";
import { toRequest } from "./city-receipts.ts";
import type { DemoContext, DemoStep } from "./step.ts";

const PEOPLE = 2_500;
const WEEKS = 6;
const SEED = 20_260;
const PAGE = 500;
const TILLS: Principal = { keyId: "demo", role: "operator" };

/**
 * A small city lives through the last weeks: members register, shop at several partners, spend and return, up to
 * yesterday, so that last month can be settled at once. The seed is fixed; repeated, every receipt is a replay.
 */
export const fillDemoCity: DemoStep = {
  name: "demo city",
  async run(context) {
    const city = demoCity(context.clock);
    await registerAll(context.pool, context.home, city);
    await shop(context, city);
  },
};

/** The city as it is on the clock's day. */
export function demoCity(clock: Clock): City {
  const today = Math.floor(clock.now() / DAY_MS);
  return createCity({ seed: SEED, people: PEOPLE, from: formatDay(today - WEEKS * 7), to: formatDay(today) });
}

async function registerAll(pool: Pool, home: string, city: City): Promise<void> {
  const deps = createRegisterDeps(pool, createIdentifierKeys(identifierSecret(home)));
  let page: Registration[] = [];
  for (const member of city.members()) {
    page.push(toRegistration(member));
    if (page.length < PAGE) continue;
    await registerMembers(deps, page);
    page = [];
  }
  if (page.length > 0) await registerMembers(deps, page);
}

function toRegistration(member: CityMember): Registration {
  const traits: Trait[] = [];
  if (member.subscription) {
    const { fromAt, untilAt } = member.subscription;
    traits.push({ kind: "subscription", key: "dolka-plus", fromAt, ...(untilAt === undefined ? {} : { untilAt }) });
  }
  return {
    identifiers: [
      { kind: "card", value: member.card },
      { kind: "phone", value: member.phone },
    ],
    traits,
    joinedAt: member.joinedAt,
  };
}

async function shop(context: DemoContext, city: City): Promise<void> {
  const clock = manualClock(0);
  const { pool, signal } = context;
  const programmes = await loadProgrammes({ pool, clock });
  const checkout = createCheckout({ pool, clock, programmes, identifierSecret: identifierSecret(context.home) });
  const bar = context.progress("receipts");
  const source = async function* () {
    for (const receipt of city.receipts()) {
      if (signal.aborted) return;
      yield { source: receipt, request: toRequest(city, receipt) };
    }
  };
  const refused = new Map<string, number>();
  for await (const { outcome } of postInOrder(checkout, clock, TILLS, source())) {
    bar.advance();
    if (!outcome.ok) refused.set(outcome.failure.code, (refused.get(outcome.failure.code) ?? 0) + 1);
  }
  bar.finish();
  if (refused.size > 0) context.log.warn(Object.fromEntries(refused), "the demo city's receipts that were refused");
}
