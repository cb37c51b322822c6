import { checkGoal } from "#domains/missions/index.ts";
import type { ProgrammeDocument } from "#domains/program/index.ts";
import { quantities } from "#domains/program/index.ts";
import { checkFunders, list, type Names, oneOf } from "#domains/publishing/index.ts";
import { parseDay } from "#kernel/time.ts";
import type { Fault, Path } from "#platform/yaml/faults.ts";
import type { GameDocument, GameFile } from "./schema.ts";

/** What the schema can't say: that names exist and that the parts of a game fit together. */
export function checkGames(
  file: GameFile,
  programme: ProgrammeDocument,
  missions: ReadonlySet<string> = new Set(),
): Fault[] {
  const faults: Fault[] = [];
  for (const [id, game] of Object.entries(file.games)) {
    const path = ["games", id];
    const say: Say = (at, message) => faults.push({ kind: "meaning", path: [...path, ...at], message });
    if (id.length > 48) say([], "expected an id of at most 48 characters");
    checkCommon(game, say, { programme, faults }, path);
    checkLeaderboard(game, say);
    checkAchievement(game, say, { programme, faults }, path);
    checkDraw(game, say, { programme, faults }, path, missions);
    checkQuestions(game, say);
  }
  return faults;
}

type Say = (at: Path, message: string) => void;

function checkCommon(game: GameDocument, say: Say, names: Names, path: Path): void {
  const { programme } = names;
  oneOf(names, [...path, "partner"], game.partner, programme.partners, "a partner");
  for (const at of ["from", "until"] as const) {
    if (parseDay(game[at]) === undefined) say([at], `expected a day of the calendar, got "${game[at]}"`);
  }
  if (game.until < game.from) say(["until"], `expected a day not before ${game.from}, got ${game.until}`);
  const plays = [game.leaderboard, game.achievement, game.draw, game.questions].filter((each) => each !== undefined);
  if (plays.length !== 1) say([], "expected exactly one of leaderboard, achievement, draw, questions");
  checkFunders(names, [...path, "funders"], game.funders ?? {});
  const { reward } = game;
  if (reward !== undefined) {
    if (game.achievement === undefined && game.questions === undefined) {
      say(["reward"], "a reward belongs to an achievement or to questions; others have prizes");
    }
    checkReward(reward, ["reward"], say, names, path);
    if (reward.points !== undefined && game.budget === undefined) say([], "a reward in points needs a budget");
  }
  if (game.budget !== undefined && reward?.points === undefined)
    say(["budget"], "a budget belongs to a reward in points");
  if (game.expiry !== undefined) checkLength(game.expiry, ["expiry"], say);
  if (game.funders === undefined && givesPoints(game)) say([], "points need funders");
}

/** Whether anybody can win points here. */
function givesPoints({ reward, leaderboard, draw }: GameDocument): boolean {
  if (reward?.points !== undefined || (leaderboard?.prizes ?? []).length > 0) return true;
  return Object.values(draw?.prizes ?? {}).some(({ points }) => points !== undefined);
}

type Reward = { readonly points?: string; readonly boost?: string; readonly lasts?: string; readonly expiry?: string };

function checkReward(reward: Reward, at: Path, say: Say, names: Names, path: Path): void {
  const { points, boost, lasts, expiry } = reward;
  if ((points === undefined) === (boost === undefined)) say(at, "expected one of points, boost");
  if (boost === undefined && lasts !== undefined) say([...at, "lasts"], "belongs to a boost");
  if (points === undefined && expiry !== undefined) say([...at, "expiry"], "belongs to points");
  if (boost !== undefined)
    oneOf(names, [...path, ...at, "boost"], boost, names.programme.boosts, "a boost of the programme");
  if (lasts !== undefined) checkLength(lasts, [...at, "lasts"], say);
  if (expiry !== undefined) checkLength(expiry, [...at, "expiry"], say);
}

function checkLength(text: string, at: Path, say: Say, units: readonly string[] = ["day", "month"]): void {
  const { unit, count } = quantities.durationOf(text);
  if (!units.includes(unit) || count === 0) say(at, `expected ${units.join("s or ")}s, got "${text}"`);
}

function checkLeaderboard({ leaderboard }: GameDocument, say: Say): void {
  if (leaderboard === undefined) return;
  const { closesAfter, roundTo } = leaderboard;
  if (closesAfter !== undefined && quantities.durationOf(closesAfter).unit !== "day") {
    say(["leaderboard", "closesAfter"], `expected days, got "${closesAfter}"`);
  }
  if (roundTo !== undefined && quantities.percentBp(roundTo) === 0) {
    say(["leaderboard", "roundTo"], "expected a step above zero");
  }
}

function checkAchievement({ achievement }: GameDocument, say: Say, names: Names, path: Path): void {
  if (achievement === undefined) return;
  const { differentPartners, differentCategories, ...goal } = achievement.goal;
  const at = ["achievement", "goal"];
  const distinct = differentPartners ?? differentCategories;
  checkGoal(
    { goal: distinct === undefined || goal.purchase !== undefined ? goal : { ...goal, purchase: {} } },
    [...path, "achievement"],
    names,
  );
  if (distinct === undefined) return;
  if (differentPartners !== undefined && differentCategories !== undefined) {
    say(at, "expected at most one of differentPartners, differentCategories");
  }
  for (const key of ["event", "times", "spend", "everyDay", "everyWeek", "everyMonth", "steps", "within"] as const) {
    if (goal[key] !== undefined) say([...at, key], "does not stand with different partners or categories");
  }
  const needed = quantities.timesOf(distinct);
  const places = differentPartners === undefined ? list(goal.purchase?.category) : list(goal.purchase?.at);
  if (places.length > 0 && needed > new Set(places).size) {
    say(at, `expected at most ${new Set(places).size} different ones, as many as are named`);
  }
}

function checkDraw({ draw }: GameDocument, say: Say, names: Names, path: Path, missions: ReadonlySet<string>): void {
  if (draw === undefined) return;
  const { right, prizes, whenOut } = draw;
  const ways = [right.purchase, right.event, right.mission, right.daily].filter((each) => each !== undefined);
  if (ways.length !== 1) say(["draw", "right"], "expected exactly one of purchase, event, mission, daily");
  if (right.event === undefined && right.of !== undefined) say(["draw", "right", "of"], "belongs to an event");
  if (right.daily !== undefined && right.lasts !== undefined)
    say(["draw", "right", "lasts"], "a day's right is gone with the day");
  if (right.lasts !== undefined) checkLength(right.lasts, ["draw", "right", "lasts"], say, ["day"]);
  for (const mission of list(right.mission)) {
    if (!missions.has(mission)) say(["draw", "right", "mission"], `expected a mission that is known, got "${mission}"`);
  }
  const { event, of, purchase } = right;
  if (purchase !== undefined) checkGoal({ goal: { purchase } }, [...path, "draw", "right"], names);
  if (event !== undefined)
    checkGoal({ goal: { event, ...(of === undefined ? {} : { of }) } }, [...path, "draw", "right"], names);
  if (Object.keys(prizes).length < 2) say(["draw", "prizes"], "expected at least two prizes");
  for (const [id, prize] of Object.entries(prizes)) {
    const at = ["draw", "prizes", id];
    if (prize.points !== undefined || prize.boost !== undefined) {
      checkReward(prize, at, say, names, path);
      if (prize.points !== undefined && prize.stock === undefined)
        say(at, "a prize in points needs a stock: the prize budget");
    } else if (prize.lasts !== undefined) say([...at, "lasts"], "belongs to a boost");
  }
  if (prizes[whenOut] === undefined) say(["draw", "whenOut"], `expected one of the prizes, got "${whenOut}"`);
  else if (prizes[whenOut]?.stock !== undefined)
    say(["draw", "whenOut"], "expected a prize whose stock is without end");
}

function checkQuestions({ questions, reward }: GameDocument, say: Say): void {
  if (questions === undefined) return;
  const at = ["questions", "questions"];
  const all = Object.entries(questions.questions);
  if (all.length === 0) say(at, "expected at least one question");
  let saysAttributes = false;
  for (const [id, { answers, choose }] of all) {
    const right = Object.values(answers).filter(({ correct }) => correct === true).length;
    if (Object.keys(answers).length < 2) say([...at, id, "answers"], "expected at least two answers");
    if (questions.style === "poll" && right > 0) say([...at, id, "answers"], "a poll has no right answers");
    if (questions.style === "quiz" && right === 0) say([...at, id, "answers"], "expected a right answer");
    if (questions.style === "quiz" && right > 1 && choose !== "several") {
      say([...at, id, "answers"], "expected one right answer where one is chosen");
    }
    for (const [key, { attribute, confidence }] of Object.entries(answers)) {
      if (attribute !== undefined) saysAttributes = true;
      else if (confidence !== undefined) say([...at, id, "answers", key, "confidence"], "belongs to an attribute");
      if (confidence !== undefined && quantities.percentBp(confidence) >= 10_000) {
        say([...at, id, "answers", key, "confidence"], "expected less than 100%: nobody is ever certain");
      }
    }
  }
  if (saysAttributes && questions.consent === undefined)
    say(["questions"], "answers that say attributes need a consent");
  if (questions.pass !== undefined && questions.style === "poll") say(["questions", "pass"], "belongs to a quiz");
  if ((questions.pass ?? 0) > all.length) say(["questions", "pass"], `expected at most ${all.length}`);
  if (questions.halfLife !== undefined) checkLength(questions.halfLife, ["questions", "halfLife"], say, ["day"]);
  if (reward?.boost !== undefined && reward.lasts === undefined) say(["reward"], 'a boost needs "lasts"');
}
