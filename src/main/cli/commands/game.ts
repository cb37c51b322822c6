import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import type { StoredGame } from "#domains/games/index.ts";
import { changeGameState, draftGames, forecastGame, planGames } from "#flows/games/index.ts";
import type { StateAction } from "#flows/publishing/index.ts";
import { masterKey } from "#main/master-key.ts";
import { type CommandContext, defineCommand, failure } from "../command.ts";
import { formatPoints } from "../format.ts";
import { BY, COMMENT, draftedText, fileOf, refusedOf, withHome } from "./published-files.ts";

export const gamePlanCommand = defineCommand({
  name: "game plan",
  summary: "Check a file of games and show what taking it would change",
  usage: "game plan FILE",
  example: "dolka game plan examples/demo/games.yaml",
  options: {},
  async run(context, { positionals }) {
    await withGames(context, async (deps) => {
      const planned = await planGames(deps, {
        file: fileOf(positionals, "one file of games, such as games.yaml"),
        who: "",
        comment: "",
      });
      if (!planned.ok) throw refusedOf("game", planned.failure);
      context.result(planned.value, draftedText(planned.value));
    });
  },
});

export const gameApplyCommand = defineCommand({
  name: "game apply",
  summary: "Take the games of a file as drafts, each with the most that it can cost",
  usage: "game apply FILE [--by NAME] [--comment TEXT]",
  example: "dolka game apply games.yaml --by anna",
  options: { by: BY, comment: COMMENT },
  async run(context, { positionals, values }) {
    await withGames(context, async (deps) => {
      const who = values.by ?? userInfo().username;
      const drafted = await draftGames(deps, {
        file: fileOf(positionals, "one file of games, such as games.yaml"),
        who,
        comment: values.comment,
      });
      if (!drafted.ok) throw refusedOf("game", drafted.failure);
      const made: StoredGame[] = [];
      for (const { id, change } of drafted.value) {
        if (change === "unchanged") continue;
        const forecast = await forecastGame(deps, { id, who });
        if (!forecast.ok) throw refusedOf("game", forecast.failure);
        made.push(forecast.value);
      }
      const forecasts = made.map(({ id, forecast }) => ({ game: id, forecast }));
      const text = [draftedText(drafted.value), ...made.map(costText)].join("\n");
      context.result({ drafted: drafted.value, forecasts }, text);
    });
  },
});

export const gameApproveCommand = stateCommand("approve", "Approve a draft that somebody else wrote: it goes live");
export const gamePauseCommand = stateCommand("pause", "Pause a game: what happens meanwhile does not count");
export const gameResumeCommand = stateCommand("resume", "Let a paused game go on");
export const gameEndCommand = stateCommand("end", "End a game for good; what was won stays");

function stateCommand(action: StateAction, summary: string) {
  return defineCommand({
    name: `game ${action}`,
    summary,
    usage: `game ${action} GAME [--by NAME] [--comment TEXT]`,
    example: `dolka game ${action} wheel --by boris`,
    options: { by: BY, comment: COMMENT },
    async run(context, { positionals, values }) {
      const [game, ...rest] = positionals;
      if (game === undefined || rest.length > 0) throw failure.badUsage("Name one game.");
      await withGames(context, async (deps) => {
        const who = values.by ?? userInfo().username;
        const changed = await changeGameState(deps, { id: game, action, who, comment: values.comment });
        if (!changed.ok) throw refusedOf("game", changed.failure);
        const { id, state, revision } = changed.value;
        context.result({ id, state, revision }, `Game ${id}: ${state}.`);
      });
    },
  });
}

type Deps = Parameters<typeof changeGameState>[0];

/** With what makes the seeds of draws. */
function withGames(context: CommandContext, work: (deps: Deps) => Promise<void>): Promise<void> {
  return withHome(context, (deps) => work({ ...deps, random: randomBytes, gameSecret: masterKey(context.home) }));
}

function costText({ id, forecast }: StoredGame): string {
  if (forecast === undefined) return `${id}: no forecast`;
  const { pointsCents, byFunder, rounds } = forecast;
  const funders = Object.entries(byFunder).map(([funder, cents]) => `${funder} ${formatPoints(cents)}`);
  const over = rounds === 1 ? "" : ` over ${rounds} rounds`;
  return `${id}: at most ${formatPoints(pointsCents)} points${over}${funders.length === 0 ? "" : ` (${funders.join(", ")})`}`;
}
