import {
  type GameDocument,
  type GameForecast,
  gamePeriod,
  gameStore,
  gameTerms,
  mostCost,
  parseGames,
  type StoredGame,
} from "#domains/games/index.ts";
import { listMissions } from "#domains/missions/index.ts";
import {
  type ChangeFailure,
  type ChangeRequest,
  changeWork,
  type Drafted,
  type DraftFailure,
  type DraftRequest,
  draftWorks,
  type ForecastFailure,
  type ForecastRequest,
  keepForecast,
  type ManageDeps,
  planWorks,
  type WorkKind,
} from "#flows/publishing/index.ts";
import { ok, type Result } from "#kernel/result.ts";
import { type CommitDeps, commitPeriods } from "../draw/commit-periods.ts";

export type GameDraftFailure = DraftFailure<"game">;
export type GameChangeFailure = ChangeFailure<"game"> | ForecastFailure<"game">;

/** Games as works; they bring nothing into the programme. */
const GAMES: WorkKind<"game", GameDocument, GameForecast> = {
  kind: "game",
  store: gameStore,
  read: async ({ pool }, file, programme) => {
    const missions = new Set((await listMissions(pool)).map(({ id }) => id));
    const parsed = parseGames(file.text, file.name, programme, missions);
    return parsed.ok ? ok(parsed.value.games) : parsed;
  },
  endsAt: (document, calendar) => gamePeriod(document, calendar).untilAt,
  parts: () => undefined,
};

/** What taking a file would change: each game new, edited or unchanged. Writes nothing. */
export function planGames(deps: ManageDeps, request: DraftRequest): Promise<Result<Drafted[], GameDraftFailure>> {
  return planWorks(deps, GAMES, request);
}

/** Takes the games of a file as drafts; drafts that are there already are edited. All of them or none. */
export function draftGames(deps: ManageDeps, request: DraftRequest): Promise<Result<Drafted[], GameDraftFailure>> {
  return draftWorks(deps, GAMES, request);
}

/** The most that a draft can cost: exact, since prizes, stocks and budgets bound it. */
export function forecastGame(
  deps: ManageDeps,
  request: ForecastRequest,
): Promise<Result<StoredGame, ForecastFailure<"game">>> {
  return keepForecast(deps, GAMES, request, async ({ id, document, hash }) => {
    const programme = deps.programmes.current();
    const cost = mostCost(gameTerms(id, document, [], programme), programme.calendar);
    return ok({ ...cost, hash, madeAt: deps.clock.now() });
  });
}

/** Approves, pauses, resumes or ends a game. A draw that goes live commits to its first periods at once. */
export async function changeGameState(
  deps: ManageDeps & CommitDeps,
  request: ChangeRequest,
): Promise<Result<StoredGame, ChangeFailure<"game">>> {
  const changed = await changeWork(deps, GAMES, request);
  if (changed.ok && changed.value.state === "live") await commitPeriods(deps);
  return changed;
}
