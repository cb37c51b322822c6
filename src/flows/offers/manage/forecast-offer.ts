import {
  forecastOffer,
  isAudience,
  meanInterval,
  type OfferDocument,
  type OfferForecast,
  offerKey,
  offerParts,
  type StoredOffer,
} from "#domains/offers/index.ts";
import {
  type CompiledProgramme,
  canonicalJson,
  compileProgramme,
  parseProgramme,
  quantities,
  type Trait,
} from "#domains/program/index.ts";
import { countMembers, type PastMember, readPast } from "#flows/missions/index.ts";
import type { ManageDeps, StatedUse } from "#flows/publishing/index.ts";
import { replayHistory } from "#flows/simulate/index.ts";
import { DAY_MS, type EpochMs, formatDay, parseDay } from "#kernel/time.ts";

type Share = OfferForecast["assumptions"]["using"];

/** What is looked back on, and how many members stand for all. */
const SAMPLE_DAYS = 28;
const SAMPLE_MEMBERS = 400;
/** Of an offer to be activated: one in six, between one in twenty and one in two, until the author says better. */
const ACTIVATION: Share = { lowBp: 500, expectedBp: 1_700, highBp: 5_000 };
/** Of a code that has to be typed. */
export const CODE_USE: Share = { lowBp: 50, expectedBp: 200, highBp: 1_000 };
const EVERYBODY: Share = { lowBp: 10_000, expectedBp: 10_000, highBp: 10_000 };

/**
 * Replays the sampled receipts of 28 days through pricing with the offer and without it, as its audience held it; the
 * difference per member is what it would have cost. Limits per member count as in pricing; budgets do not.
 */
export async function computeOfferForecast(
  deps: ManageDeps,
  offer: StoredOffer,
  { using, spendBp = 10_000 }: StatedUse,
): Promise<OfferForecast> {
  const { document, hash } = offer;
  const now = deps.clock.now();
  const programme = deps.programmes.current();
  const sample = await readPast(deps.pool, programme, {
    ...{
      members: SAMPLE_MEMBERS,
      fromAt: now - SAMPLE_DAYS * DAY_MS,
      now,
      events: false,
      receipts: true,
      missions: [],
    },
  });
  const audience = sample.filter((member) => isAudience(document, member, now));
  const gains = document.voucher === undefined ? replay(programme, offer.id, document, audience, now) : [];
  const members = await countMembers(deps.pool);
  const needsUse = document.activation === true || document.voucher !== undefined;
  const stock = document.voucher?.stock;
  return forecastOffer(
    {
      hash,
      madeAt: now,
      days: daysOf(document),
      fixedCents: 0,
      mostCents: mostOf(document),
      funders: document.funders ?? {},
      budgetCents: document.budget === undefined ? undefined : quantities.pointsCentsOf(document.budget),
      mostUsers: stock === undefined ? Number.MAX_SAFE_INTEGER : quantities.timesOf(stock),
    },
    {
      using: using ?? (needsUse ? ACTIVATION : EVERYBODY),
      usingIs: using === undefined && !needsUse ? "everybody" : "stated",
      spendBp,
    },
    {
      audience: sample.length === 0 ? 0 : Math.round((members * audience.length) / sample.length),
      sampledMembers: sample.length,
      sampledDays: SAMPLE_DAYS,
      perMember: meanInterval(gains),
    },
  );
}

/** What each member would have got more, hundredths of a point; empty where the programme does not take the offer. */
function replay(
  programme: CompiledProgramme,
  id: string,
  document: OfferDocument,
  audience: readonly PastMember[],
  now: EpochMs,
): number[] {
  const { calendar } = programme;
  const first = formatDay(calendar.dayOf(now) - SAMPLE_DAYS - 1);
  const trial = { ...document, from: first, until: formatDay(calendar.dayOf(now) + 1) };
  const parts = offerParts(id, trial);
  if (parts === undefined) return [];
  const whole = {
    ...programme.document,
    boosts: { ...programme.document.boosts, ...parts.boosts },
    campaigns: { ...programme.document.campaigns, ...parts.campaigns },
    caps: { ...programme.document.caps, ...parts.caps },
    rules: { ...programme.document.rules, ...parts.rules },
  };
  const parsed = parseProgramme(canonicalJson(whole), `offer ${id}`);
  if (!parsed.ok) return [];
  const changed = compileProgramme(parsed.value, programme.version + 1, 0);
  const held: Trait = { kind: "boost", key: offerKey(id), fromAt: 0 };
  return audience.map((member) => {
    const known = member.traits as readonly Trait[];
    return earned(changed, [...known, held], member) - earned(programme, known, member);
  });
}

function earned(
  programme: CompiledProgramme,
  traits: readonly Trait[],
  { firstPurchaseAt, receipts }: PastMember,
): number {
  let cents = 0;
  for (const own of replayHistory(programme, { traits, firstPurchaseAt }, receipts).byFunder.values()) cents += own;
  return cents;
}

function daysOf({ from, until, lasts }: OfferDocument): number {
  const period = (parseDay(until) ?? 0) - (parseDay(from) ?? 0) + 1;
  if (lasts === undefined) return period;
  const { unit, count } = quantities.durationOf(lasts);
  return Math.min(period, unit === "month" ? count * 30 : count);
}

function mostOf({ limits }: OfferDocument): number {
  return limits?.total === undefined ? Number.MAX_SAFE_INTEGER : quantities.pointsCentsOf(limits.total);
}
