import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import type { StoredGame } from "#domains/games/index.ts";
import { formatProgrammeError, loadProgrammes } from "#domains/program/index.ts";
import {
  changeGameState,
  draftGames,
  forecastGame,
  type GameChangeFailure,
  type GameDraftFailure,
  planGames,
} from "#flows/games/index.ts";
import type { StateAction } from "#flows/publishing/index.ts";
import { masterKey } from "#main/master-key.ts";
import { type CommandContext, type CommandFailure, defineCommand, failure } from "../command.ts";
import { formatPoints } from "../format.ts";
import { BY, COMMENT, draftedText, fileOf } from "./published-files.ts";

export const gamePlanCommand = defineCommand({
  name: "game plan",
  summary: "Check a file of games and show what taking it would change",
  usage: "game plan FILE",
  example: "dolka game plan examples/demo/games.yaml",
  options: {},
  async run(context, { positionals }) {
    await withHome(context, async (deps) => {
      const planned = await planGames(deps, {
        file: fileOf(positionals, "one file of games, such as games.yaml"),
        who: "",
        comment: "",
      });
      if (!planned.ok) throw refusedDraft(planned.failure);
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
    await withHome(context, async (deps) => {
      const who = values.by ?? userInfo().username;
      const drafted = await draftGames(deps, {
        file: fileOf(positionals, "one file of games, such as games.yaml"),
        who,
        comment: values.comment,
      });
      if (!drafted.ok) throw refusedDraft(drafted.failure);
      const made: StoredGame[] = [];
      for (const { id, change } of drafted.value) {
        if (change === "unchanged") continue;
        const forecast = await forecastGame(deps, { id, who });
        if (!forecast.ok) throw refusedState(forecast.failure);
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
      await withHome(context, async (deps) => {
        const who = values.by ?? userInfo().username;
        const changed = await changeGameState(deps, { id: game, action, who, comment: values.comment });
        if (!changed.ok) throw refusedState(changed.failure);
        const { id, state, revision } = changed.value;
        context.result({ id, state, revision }, `Game ${id}: ${state}.`);
      });
    },
  });
}

type Deps = Parameters<typeof changeGameState>[0];

async function withHome(context: CommandContext, work: (deps: Deps) => Promise<void>): Promise<void> {
  const home = await context.openHome();
  try {
    const { clock } = context;
    const { pool } = home;
    const programmes = await loadProgrammes({ pool, clock });
    await work({ pool, clock, programmes, random: randomBytes, gameSecret: masterKey(context.home) });
  } finally {
    await home.close();
  }
}

function costText({ id, forecast }: StoredGame): string {
  if (forecast === undefined) return `${id}: no forecast`;
  const { pointsCents, byFunder, rounds } = forecast;
  const funders = Object.entries(byFunder).map(([funder, cents]) => `${funder} ${formatPoints(cents)}`);
  const over = rounds === 1 ? "" : ` over ${rounds} rounds`;
  return `${id}: at most ${formatPoints(pointsCents)} points${over}${funders.length === 0 ? "" : ` (${funders.join(", ")})`}`;
}

function refusedDraft(reason: GameDraftFailure): CommandFailure {
  switch (reason.code) {
    case "games-invalid": {
      const { errors } = reason;
      const count = errors.length === 1 ? "1 error" : `${errors.length} errors`;
      return failure.refused(`${errors.map(formatProgrammeError).join("\n")}\n${count}; nothing was changed.`, reason);
    }
    case "game-approved":
      return failure.refused(`Game ${reason.game} was approved and does not change any more.`, reason);
    case "forbidden-partner":
      return failure.refused(`A game of ${reason.partner} is in the way.`, reason);
    case "no-programme":
      return failure.refused("No programme has been applied yet.", reason);
  }
}

const STATE_TEXTS: Partial<Record<GameChangeFailure["code"], string>> = {
  "unknown-game": "There is no such game.",
  "no-programme": "No programme has been applied yet.",
  "game-needs-forecast": "This revision has no forecast yet: `dolka game apply` makes one.",
  "game-over": "The game's last day has passed.",
  "programme-conflict": "The programme was changed meanwhile: try again.",
};

function refusedState(reason: GameChangeFailure): CommandFailure {
  switch (reason.code) {
    case "game-own-approval":
      return failure.refused(`${reason.editedBy} wrote the last revision; another person approves it.`, reason);
    case "game-state":
      return failure.refused(`The game is ${reason.state}; ${reason.action} is not possible.`, reason);
    default:
      return failure.refused(STATE_TEXTS[reason.code] ?? reason.code, reason);
  }
}
