import type { App } from "#platform/http/app.ts";
import { answerRoutes } from "./answer-routes.ts";
import { boardRoutes } from "./board-routes.ts";
import type { GameHttpDeps } from "./deps.ts";
import { drawRoutes } from "./draw-routes.ts";
import { gameRoutes } from "./game-routes.ts";
import { memberGameRoutes } from "./member-routes.ts";
import { ANSWER_PROBLEMS, BOARD_PROBLEMS, DRAW_PROBLEMS, GAME_PROBLEMS } from "./problems.ts";

export type { GameHttpDeps };
export const GAMES_PROBLEMS = { ...GAME_PROBLEMS, ...BOARD_PROBLEMS, ...DRAW_PROBLEMS, ...ANSWER_PROBLEMS };

/** Everything under /v1/games and /v1/members/{id}/games. */
export function gamesRoutes(deps: GameHttpDeps): (app: App) => void {
  const routes = [gameRoutes(deps), memberGameRoutes(deps), boardRoutes(deps), drawRoutes(deps), answerRoutes(deps)];
  return (app) => {
    for (const register of routes) register(app);
  };
}
