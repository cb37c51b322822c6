import { invariant } from "#kernel/invariant.ts";
import { type Day, parseDay } from "#kernel/time.ts";
import { RESPONSE_FIGURES } from "./assumptions.ts";
import { aim, between, createDice, purpose, roll } from "./dice.ts";
import { BANK, GROCER_LARGE, GROCER_NEAR, INSURER, PARTNERS, TELECOM, TICKETS } from "./partners.ts";
import { NEVER, type Spans } from "./spans.ts";

/** Who is offered a mission. A share is drawn by lot (an honest experiment: the rest is its control group). */
export type Audience = "everyone" | { readonly shareBp: number } | { readonly people: ReadonlySet<number> };

/** A task begins the use of a partner: its first card, number, policy or ticket. */
export type Task = "card-issued" | "number-moved" | "policy-bought" | "ticket-bought";

/**
 * What is done to the city. Without a task: a boost of `rateBp` at `partner` during [from, to) for the audience. With a
 * task: whoever does it in [from, to) has the boost afterwards, at `boostAt` (default: both grocers).
 */
export type Mission = {
  readonly id: string;
  readonly partner: string;
  readonly rateBp: number;
  /** YYYY-MM-DD, the first day. */
  readonly from: string;
  /** YYYY-MM-DD, exclusive. */
  readonly to: string;
  readonly audience: Audience;
  readonly task?: Task;
  readonly boostAt?: readonly string[];
  readonly boostDays?: number;
  /** Truth: how well it is made, 1 unless given; multiplies what it wins and what its boost lifts. Nobody knows it before. */
  readonly appeal?: number;
};

/** One person's answer to a boost: the factors that visits and basket amounts are multiplied by during [from, to). */
export type Boost = {
  readonly mission: string;
  readonly partner: number;
  readonly from: Day;
  readonly to: Day;
  readonly visitLift: number;
  readonly basketLift: number;
};

/** What a mission does to one person: potential outcomes, both known. */
export type Response = {
  readonly mission: string;
  readonly inAudience: boolean;
  /** Whether the person would notice the offer, in the audience or not; only members can. */
  readonly aware: boolean;
  readonly boosts: readonly Boost[];
  /** For tasks: the day it is done with the mission, and the day without it; NEVER where it is not. */
  readonly doneWith: Day;
  readonly doneWithout: Day;
};

export type CompiledMission = {
  readonly mission: Mission;
  readonly from: Day;
  readonly to: Day;
  readonly boostAt: readonly number[];
  readonly taskPartner: number;
  readonly inAudience: (person: number) => boolean;
  readonly awareness: number;
  readonly doing: number;
};

const TASK_PARTNERS: Readonly<Record<Task, number>> = {
  "card-issued": BANK,
  "number-moved": TELECOM,
  "policy-bought": INSURER,
  "ticket-bought": TICKETS,
};

export function compileMission(seed: number, mission: Mission): CompiledMission {
  const from = parseDay(mission.from);
  const to = parseDay(mission.to);
  invariant(from !== undefined && to !== undefined && from < to, `mission ${mission.id} needs from < to`);
  const own = numberOf(mission.partner);
  const boosted = mission.boostAt?.map(numberOf) ?? (mission.task ? [GROCER_NEAR, GROCER_LARGE] : [own]);
  const lot = purpose(`mission/${mission.id}/audience`);
  const { audience } = mission;
  return {
    mission,
    from,
    to,
    boostAt: boosted,
    taskPartner: mission.task ? TASK_PARTNERS[mission.task] : -1,
    inAudience: (person) => {
      if (audience === "everyone") return true;
      if ("people" in audience) return audience.people.has(person);
      return roll(seed, lot, person, 0) * 10_000 < audience.shareBp;
    },
    awareness: purpose(`mission/${mission.id}/awareness`),
    doing: purpose(`mission/${mission.id}/doing`),
  };
}

function numberOf(partner: string): number {
  const number = PARTNERS.findIndex((each) => each.id === partner);
  invariant(number >= 0, `no partner ${partner}`);
  return number;
}

/** Grows with the rate, ever slower: +10 % counts 1, +30 % counts 2, +70 % counts 3. */
export function strengthOf(rateBp: number): number {
  return Math.log2(1 + rateBp / 1_000);
}

export function respond(
  seed: number,
  compiled: CompiledMission,
  person: number,
  sensitivity: number,
  spans: Spans,
): Response {
  const { mission } = compiled;
  const isMember = spans.memberFrom < compiled.to;
  const aware = isMember && roll(seed, compiled.awareness, person, 0) * 10_000 < RESPONSE_FIGURES.awareBp;
  const inAudience = compiled.inAudience(person);
  const doneWithout = compiled.taskPartner < 0 ? NEVER : (spans.starts[compiled.taskPartner] ?? NEVER);
  const answer = { mission: mission.id, inAudience, aware, doneWithout };
  if (!inAudience || !aware) return { ...answer, boosts: [], doneWith: doneWithout };
  if (compiled.taskPartner < 0) {
    const from = Math.max(compiled.from, spans.memberFrom);
    return { ...answer, boosts: boostsOf(compiled, sensitivity, from, compiled.to), doneWith: NEVER };
  }
  const doneWith = dayDone(seed, compiled, person, sensitivity, spans);
  const done = doneWith >= Math.max(compiled.from, spans.memberFrom) && doneWith < compiled.to;
  const until = doneWith + 1 + (mission.boostDays ?? RESPONSE_FIGURES.boostDays);
  return { ...answer, boosts: done ? boostsOf(compiled, sensitivity, doneWith + 1, until) : [], doneWith };
}

/**
 * Whoever would do it before the mission ends anyway does it on the same day; of the members at its beginning, others are
 * won with a chance that grows with sensitivity.
 */
function dayDone(seed: number, compiled: CompiledMission, person: number, sensitivity: number, spans: Spans): Day {
  const natural = spans.starts[compiled.taskPartner] ?? NEVER;
  if (natural < compiled.to || spans.memberFrom > compiled.from) return natural;
  const won = roll(seed, compiled.doing, person, 0) * 10_000;
  const { rateBp, appeal = 1 } = compiled.mission;
  const chanceBp = RESPONSE_FIGURES.taskBp * Math.max(0, sensitivity) * strengthOf(rateBp) * appeal;
  if (won >= chanceBp) return natural;
  return between(aim(createDice(), seed, compiled.doing, person, 1), compiled.from, compiled.to);
}

function boostsOf(compiled: CompiledMission, sensitivity: number, from: Day, to: Day): Boost[] {
  const { rateBp, appeal = 1 } = compiled.mission;
  const strength = sensitivity * strengthOf(rateBp) * appeal;
  return compiled.boostAt.map((partner) => ({
    mission: compiled.mission.id,
    partner,
    from,
    to,
    visitLift: strength * RESPONSE_FIGURES.visitLift,
    basketLift: strength * RESPONSE_FIGURES.basketLift,
  }));
}
