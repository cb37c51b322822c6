import { type ProgrammeDocument, quantities } from "#domains/program/index.ts";
import { checkFunders, checkPlaces, list, type Names, oneOf, unknown } from "#domains/publishing/index.ts";
import { parseDay } from "#kernel/time.ts";
import type { Fault, Path } from "#platform/yaml/faults.ts";
import type { MissionDocument, MissionFile } from "./schema.ts";

/** What the schema can't say: that names exist and that the parts of a mission fit together. */
export function checkMissions(
  file: MissionFile,
  programme: ProgrammeDocument,
  known: ReadonlySet<string> = new Set(),
): Fault[] {
  const faults: Fault[] = [];
  const missions = new Set([...known, ...Object.keys(file.missions)]);
  for (const [id, mission] of Object.entries(file.missions)) {
    checkMission(mission, ["missions", id], { programme, missions, id, faults });
  }
  return faults;
}

type Context = Names & { readonly missions: ReadonlySet<string>; readonly id: string };

function checkMission(mission: MissionDocument, path: Path, context: Context): void {
  const { programme, faults, missions, id } = context;
  const say = (at: Path, message: string) => faults.push({ kind: "meaning", path: [...path, ...at], message });
  oneOf(context, [...path, "partner"], mission.partner, programme.partners, "a partner");
  for (const [at, day] of [["from", mission.from] as const, ["until", mission.until] as const]) {
    if (parseDay(day) === undefined) say([at], `expected a day of the calendar, got "${day}"`);
  }
  if (mission.until < mission.from) say(["until"], `expected a day not before ${mission.from}, got ${mission.until}`);
  if ((mission.ladder === undefined) !== (mission.rung === undefined)) {
    say([mission.ladder === undefined ? "rung" : "ladder"], "`ladder` and `rung` stand together");
  }
  for (const each of list(mission.after)) {
    if (each === id) say(["after"], "a mission can't come after itself");
    else if (!missions.has(each)) unknown(context, [...path, "after"], each, [...missions], "a mission");
  }
  const { audience } = mission;
  if (audience?.newTo !== undefined) {
    oneOf(context, [...path, "audience", "newTo"], audience.newTo, programme.partners, "a partner");
  }
  for (const level of list(audience?.level)) {
    oneOf(context, [...path, "audience", "level"], level, programme.levels, "a level");
  }
  checkFunders(context, [...path, "funders"], mission.funders);
  if (mission.fee !== undefined && mission.partner === programme.programme.operator) {
    say(["fee"], "the operator can't pay a fee to itself");
  }
  checkGoal(mission, path, context);
  checkReward(mission, path, context);
}

/** Whether the parts of a goal fit together and its names exist. */
export function checkGoal({ goal }: Pick<MissionDocument, "goal">, path: Path, context: Names): void {
  const at = [...path, "goal"];
  const say = (where: Path, message: string) =>
    context.faults.push({ kind: "meaning", path: [...at, ...where], message });
  const streaks = [goal.everyDay, goal.everyWeek, goal.everyMonth].filter((each) => each !== undefined).length;
  const kinds = [goal.event, goal.purchase, goal.steps].filter((each) => each !== undefined).length;
  if (kinds !== 1) say([], "expected one of event, purchase, steps");
  if (streaks > 1) say([], "expected at most one of everyDay, everyWeek, everyMonth");
  if (streaks > 0 && (goal.times ?? goal.spend ?? goal.steps ?? goal.within) !== undefined) {
    say([], "a streak takes no times, spend, steps or within");
  }
  if (goal.within !== undefined && quantities.durationOf(goal.within).unit !== "day") {
    say(["within"], `expected days, got "${goal.within}"`);
  }
  if (goal.steps !== undefined) {
    if ((goal.times ?? goal.spend) !== undefined) say([], "times and spend stand in the steps");
    if (Object.keys(goal.steps).length < 2) say(["steps"], "expected at least two steps");
    for (const [id, step] of Object.entries(goal.steps)) checkStep(step, [...at, "steps", id], context);
  } else if (kinds === 1) checkStep(goal, at, context);
}

type Step = Pick<MissionDocument["goal"], "event" | "of" | "where" | "purchase" | "times" | "spend">;

function checkStep(step: Step, at: Path, context: Names): void {
  const { programme, faults } = context;
  const say = (where: Path, message: string) => faults.push({ kind: "meaning", path: [...at, ...where], message });
  if ((step.event === undefined) === (step.purchase === undefined)) say([], "expected one of event, purchase");
  if (step.event === undefined && (step.of ?? step.where) !== undefined) say([], "`of` and `where` belong to an event");
  if (step.spend !== undefined && step.purchase === undefined) say(["spend"], "a sum is of purchases");
  if (step.spend !== undefined && step.times !== undefined) say(["times"], "a sum takes no times");
  if (step.of !== undefined) oneOf(context, [...at, "of"], step.of, programme.partners, "a partner");
  checkPlaces(context, [...at, "purchase"], step.purchase ?? {});
}

function checkReward({ reward }: MissionDocument, path: Path, context: Context): void {
  const at = [...path, "reward"];
  const say = (where: Path, message: string) =>
    context.faults.push({ kind: "meaning", path: [...at, ...where], message });
  const kinds = [reward.percent, reward.boost, reward.points].filter((each) => each !== undefined).length;
  if (kinds !== 1) say([], "expected one of percent, boost, points");
  if (reward.percent === undefined) {
    for (const key of ["at", "category", "exceptCategory", "caps"] as const) {
      if (reward[key] !== undefined) say([key], "belongs to a percentage");
    }
  } else if (reward.lasts === undefined) say([], 'a percentage needs "lasts"');
  if (reward.points !== undefined && reward.lasts !== undefined) say(["lasts"], "belongs to a boost");
  if (reward.boost !== undefined) {
    oneOf(context, [...at, "boost"], reward.boost, context.programme.boosts, "a boost of the programme");
    if (reward.expiry !== undefined) say(["expiry"], "stands in the rules of the programme's boost");
  }
  for (const key of ["lasts", "expiry"] as const) {
    const text = reward[key];
    if (text === undefined) continue;
    const { unit, count } = quantities.durationOf(text);
    if ((unit !== "day" && unit !== "month") || count === 0) say([key], `expected days or months, got "${text}"`);
  }
  checkPlaces(context, at, reward);
}
