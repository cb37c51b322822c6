import {
  audienceOf,
  type Costs,
  contributionsOf,
  costsOf,
  evaluate,
  type Forecast,
  type ForecastInput,
  forecast,
  learnSpending,
  learnUplift,
  type MissionDocument,
  type MissionTerms,
  missionTerms,
  periodOf,
  programmeParts,
  type Ready,
  type Stated,
} from "#domains/missions/index.ts";
import {
  type CompiledProgramme,
  canonicalJson,
  compileProgramme,
  formatProgrammeError,
  parseProgramme,
  type Trait,
} from "#domains/program/index.ts";
import { earnedMore, repeated, replayHistory } from "#flows/simulate/index.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { DAY_MS, type EpochMs } from "#kernel/time.ts";
import type { Past, PastMember } from "./past.ts";

export type ForecastOf = { readonly id: string; readonly hash: string; readonly document: MissionDocument };
export type Unfit = { readonly code: "mission-unfit"; readonly reason: string };

/** Called before each member's replay: where others are waited for. */
export type Breathe = () => Promise<void> | undefined;

/** Receipts priced (twice each) for one forecast at most, those repeated for a long boost among them: half a second of work. */
const MOST_RECEIPTS = 30_000;
/** Of a boost that holds for good: what it costs in a year. */
const FOR_GOOD_DAYS = 365;

/**
 * Who will do a mission, and what that costs, by the past of sampled members: who did the same in the days looked back on,
 * what missions that are over have won, and what each member's own receipts would have earned with the mission's boost and
 * caps. Fails where the programme does not take the mission.
 */
export async function forecastMission(
  { id, hash, document }: ForecastOf,
  programme: CompiledProgramme,
  past: Past,
  stated: Stated,
  breathe: Breathe = () => undefined,
): Promise<Result<Forecast, Unfit>> {
  const { now } = past;
  const { calendar } = programme;
  const period = periodOf(document, calendar);
  const live = [{ fromAt: Math.max(now, period.fromAt), untilAt: period.untilAt }];
  const terms = missionTerms(id, document, live, programme);
  const isOpen = (member: PastMember) => audienceOf(terms, member)?.(now) === true;
  const audience = past.deeds.filter(isOpen);
  const costs = await costsFor(terms, programme, past, past.buyers.filter(isOpen), breathe);
  if (!costs.ok) return costs;
  const ready = readyOf(terms, audience, past);
  const input: ForecastInput = {
    terms: {
      ...{ hash, madeAt: now, operator: programme.operator, feeKopecks: terms.feeKopecks },
      days: Math.max(1, Math.round((period.untilAt - Math.max(now, period.fromAt)) / DAY_MS)),
      budgetCents: terms.budgetCents,
      fixedCents: terms.reward.kind === "points" ? terms.reward.cents : 0,
      pointKopecks: programme.pointValueKopecks,
    },
    audience: { members: past.members, sampled: past.deeds.length, found: audience.length },
    ...(ready === undefined ? {} : { ready }),
    natural: naturalOf(terms, programme, past),
    costs: costs.value,
    uplift: learnUplift(past.finished),
    spending: learnSpending(past.finished.flatMap(({ spent }) => spent ?? [])),
    stated,
  };
  return ok(forecast(input));
}

/** Who did it in the days looked back on, as the progress engine judges: by members whom it would have been open to then. */
function naturalOf(terms: MissionTerms, { calendar }: CompiledProgramme, { fromAt, now, deeds }: Past) {
  const then: MissionTerms = { ...terms, live: [{ fromAt, untilAt: now }], beginsAt: fromAt };
  let [hits, members, participants] = [0, 0, 0];
  for (const member of deeds) {
    const counts = audienceOf(then, member);
    if (counts === undefined || !(counts(fromAt) || counts(now - 1))) continue;
    members++;
    const rows = member.happenings.flatMap((happening) => contributionsOf(happening, then));
    if (rows.length === 0) continue;
    const { done, steps } = evaluate(rows, then, calendar, counts);
    if (done !== undefined) hits++;
    if (done !== undefined || steps.some(({ value }) => value > 0)) participants++;
  }
  return { hits, members, participants, days: Math.max(1, Math.round((now - fromAt) / DAY_MS)) };
}

function readyOf({ after }: MissionTerms, audience: readonly PastMember[], past: Past): Ready | undefined {
  if (after.length === 0) return undefined;
  return {
    sampled: audience.length,
    found: audience.filter(({ hasDone }) => after.every(hasDone)).length,
    expectedBp: Math.min(...after.map(past.expectedBpOf)),
  };
}

async function costsFor(
  terms: MissionTerms,
  programme: CompiledProgramme,
  { fromAt, now, buyers }: Past,
  audience: readonly PastMember[],
  breathe: Breathe,
): Promise<Result<Costs, Unfit>> {
  const { reward, funders, weights, partner } = terms;
  if (reward.kind === "points") {
    const amounts = splitByLargestRemainder(reward.cents, weights);
    const byFunder = new Map(funders.map((funder, f) => [funder, amounts[f] as number]));
    return ok({ ...costsOf([{ byFunder, byPartner: new Map([[partner, reward.cents]]) }], 0), members: 0 });
  }
  const changed = withMission(programme, terms.id, terms.document);
  if (!changed.ok) return changed;
  const days = boostDays(terms);
  const lookedBack = wholeWeeks((now - fromAt) / DAY_MS);
  const repeats = Math.max(1, Math.ceil(days / lookedBack));
  const beginsAt = now - Math.min(days, lookedBack) * DAY_MS;
  const held: Trait = { kind: "boost", key: reward.key, fromAt: beginsAt, untilAt: beginsAt + days * DAY_MS };
  const found = [];
  let receipts = 0;
  for (const member of audience.length > 0 ? audience : buyers) {
    if (receipts > MOST_RECEIPTS) break;
    await breathe();
    const own = inBoost(member, beginsAt, days, lookedBack, repeats);
    receipts += own.length;
    const { firstPurchaseAt } = member;
    const without = member.traits.filter(({ kind, key }) => kind !== "boost" || key !== reward.key) as readonly Trait[];
    const [more, less] = [[...without, held], without].map((traits, i) =>
      replayHistory(i === 0 ? changed.value : programme, { traits, firstPurchaseAt }, own),
    );
    if (more && less) found.push(earnedMore(more, less));
  }
  return ok(costsOf(found, receipts));
}

function inBoost(member: PastMember, beginsAt: EpochMs, days: number, lookedBack: number, repeats: number) {
  const recent = member.receipts.filter(({ at }) => at >= beginsAt);
  const endsAt = beginsAt + days * DAY_MS;
  return repeats === 1 ? recent : repeated(recent, lookedBack * DAY_MS, repeats).filter(({ at }) => at < endsAt);
}

/** The programme as it would be with the mission, but for its budget: that is everybody's, and looked at for all together. */
export function withMission(
  programme: CompiledProgramme,
  id: string,
  document: MissionDocument,
): Result<CompiledProgramme, Unfit> {
  const { budget: _, ...unlimited } = document;
  const parts = programmeParts(id, unlimited);
  if (parts === undefined) return ok(programme);
  const { boosts, caps, rules } = programme.document;
  const whole = {
    ...programme.document,
    boosts: { ...boosts, ...parts.boosts },
    caps: { ...caps, ...parts.caps },
    rules: { ...rules, ...parts.rules },
  };
  const parsed = parseProgramme(canonicalJson(whole), `mission ${id}`);
  if (!parsed.ok) {
    return err({ code: "mission-unfit", reason: parsed.failure.map(formatProgrammeError).join("; ") });
  }
  return ok(compileProgramme(parsed.value, programme.version, programme.effectiveFromAt));
}

/** How long a boost holds for one member, in days; 0 for an award. */
export function boostDays({ reward }: MissionTerms): number {
  if (reward.kind !== "boost") return 0;
  if (reward.lasts === undefined) return FOR_GOOD_DAYS;
  return reward.lasts.unit === "month" ? reward.lasts.count * 30 : reward.lasts.count;
}

/** Repeated by whole weeks, so that weekdays stay what they were. */
function wholeWeeks(days: number): number {
  return days >= 7 ? Math.floor(days / 7 + 1e-6) * 7 : Math.max(1, Math.round(days));
}
