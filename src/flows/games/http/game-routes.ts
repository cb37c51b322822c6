import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { gameStore, type StoredGame } from "#domains/games/index.ts";
import { formatInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { fault } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import { refuseFields } from "#platform/http/validation.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import { changeGameState, draftGames, forecastGame } from "../manage/manage-games.ts";
import { drawDeps, type GameHttpDeps, ofPartner, sender } from "./deps.ts";
import { DOCUMENT_EXAMPLE, GAME_EXAMPLE, GameAnswerSchema, GameParams } from "./schemas.ts";

const STATE_PROBLEMS = ["unknown-game", "no-programme", "game-state"] as const;
const Comment = Type.Object(
  { comment: Type.Optional(Type.String({ maxLength: 500, description: "Why, for the record." })) },
  { additionalProperties: false, title: "GameAction" },
);

const stateOperation = <const Id extends string>(operationId: Id, summary: string, problems: readonly string[]) =>
  operation({
    operationId,
    tag: "Games",
    summary,
    params: GameParams,
    body: Comment,
    status: 200,
    answer: GameAnswerSchema,
    problems: [...STATE_PROBLEMS, ...problems],
    example: { body: { comment: "As agreed" }, answer: { ...GAME_EXAMPLE, state: "live" as const } },
  });

export const gameOperations = {
  putGame: operation({
    operationId: "putGame",
    tag: "Games",
    summary: "Draft a game, or edit the draft",
    description:
      "The body is a game as in a file of games. What was approved never changes: a new game takes a new id.",
    params: GameParams,
    body: Type.Object({}, { additionalProperties: true, title: "GameDocument" }),
    status: 200,
    answer: GameAnswerSchema,
    problems: ["no-programme", "forbidden-partner", "game-approved"],
    example: { body: DOCUMENT_EXAMPLE, answer: GAME_EXAMPLE },
  }),
  listGames: operation({
    operationId: "listGames",
    tag: "Games",
    summary: "List games: a partner's own, or all",
    status: 200,
    answer: Type.Object({ items: Type.Array(GameAnswerSchema) }, { title: "GameList" }),
    problems: [],
    example: { answer: { items: [GAME_EXAMPLE] } },
  }),
  getGame: operation({
    operationId: "getGame",
    tag: "Games",
    summary: "Read a game with its forecast and who did what with it",
    params: GameParams,
    status: 200,
    answer: GameAnswerSchema,
    problems: ["unknown-game"],
    example: { answer: GAME_EXAMPLE },
  }),
  forecastGame: operation({
    operationId: "forecastGame",
    tag: "Games",
    summary: "Forecast a draft's cost: the most that its prizes, stocks and budget let it give",
    params: GameParams,
    body: Type.Object({}, { additionalProperties: false, title: "GameForecastRequest" }),
    status: 200,
    answer: GameAnswerSchema,
    problems: STATE_PROBLEMS,
    example: { body: {}, answer: GAME_EXAMPLE },
  }),
  approveGame: stateOperation("approveGame", "Approve a draft that somebody else wrote: it goes live", [
    "game-needs-forecast",
    "game-own-approval",
    "game-over",
    "game-unfit",
    "programme-conflict",
  ]),
  pauseGame: stateOperation("pauseGame", "Pause a game: what happens meanwhile does not count", []),
  resumeGame: stateOperation("resumeGame", "Let a paused game go on", ["game-over"]),
  endGame: stateOperation("endGame", "End a game for good; what was won stays", []),
};

export function gameRoutes(deps: GameHttpDeps): (app: App) => void {
  return (app) => {
    draftRoutes(deps, app);
    stateRoutes(deps, app);
    readRoutes(deps, app);
  };
}

function draftRoutes(deps: GameHttpDeps, app: App): void {
  const refuse = sender(deps);
  app.put("/v1/games/:gameId", { schema: gameOperations.putGame }, async (request, reply) => {
    const { gameId } = request.params;
    const principal = principalOf(request);
    const text = JSON.stringify({ format: 1, games: { [gameId]: request.body } });
    const file = { text, name: gameId };
    const draft = { file, who: principal.keyId, comment: "", ...ofPartner(principal) };
    const drafted = await draftGames(deps, draft);
    if (drafted.ok) return void reply.send(await answerOf(deps, gameId));
    const { failure } = drafted;
    if (failure.code === "games-invalid") throw refuseFields(failure.errors.map(toFieldFault));
    refuse(request, reply, failure);
  });
  app.post("/v1/games/:gameId/forecast", { schema: gameOperations.forecastGame }, async (request, reply) => {
    const principal = principalOf(request);
    const asked = { id: request.params.gameId, who: principal.keyId, ...ofPartner(principal) };
    const made = await forecastGame(deps, asked);
    if (!made.ok) return refuse(request, reply, made.failure);
    reply.send(await answerOf(deps, asked.id));
  });
}

function stateRoutes(deps: GameHttpDeps, app: App): void {
  const refuse = sender(deps);
  for (const action of ["approve", "pause", "resume", "end"] as const) {
    const schema = gameOperations[`${action}Game`];
    app.post(`/v1/games/:gameId/${action}`, { schema }, async (request, reply) => {
      const principal = principalOf(request);
      const id = request.params.gameId;
      const asked = { id, action, who: principal.keyId, comment: request.body.comment ?? "", ...ofPartner(principal) };
      const changed = await changeGameState({ ...deps, ...drawDeps(deps) }, asked);
      if (!changed.ok) return refuse(request, reply, changed.failure);
      reply.send(await answerOf(deps, id));
    });
  }
}

function readRoutes(deps: GameHttpDeps, app: App): void {
  app.get("/v1/games", { schema: gameOperations.listGames }, async (request, reply) => {
    const { partner } = principalOf(request);
    const all = await gameStore.list(deps.pool);
    const own = all.filter((game) => partner === undefined || game.partner === partner);
    reply.send({ items: own.map((game) => gameJson(game)) });
  });
  app.get("/v1/games/:gameId", { schema: gameOperations.getGame }, async (request, reply) => {
    const { partner } = principalOf(request);
    const { gameId } = request.params;
    const game = await gameStore.read(deps.pool, gameId);
    if (game === undefined || (partner !== undefined && game.partner !== partner)) {
      return sender(deps)(request, reply, { code: "unknown-game" });
    }
    reply.send(await answerOf(deps, gameId));
  });
}

async function answerOf({ pool }: GameHttpDeps, id: string) {
  const game = (await gameStore.read(pool, id)) as StoredGame;
  const log = await gameStore.readLog(pool, id);
  const entries = log.map(({ at, who, action, revision, comment }) => {
    return { at: formatInstant(at), who, action, revision, comment };
  });
  return { ...gameJson(game), log: entries };
}

function gameJson(game: StoredGame) {
  const { id, partner, state, revision, editedBy, editedAt, document, forecast, hash } = game;
  const common = { id, partner, state, revision, editedBy, editedAt: formatInstant(editedAt), document };
  if (forecast === undefined) return common;
  const { hash: of, madeAt, ...told } = forecast;
  return { ...common, forecast: { ...told, madeAt: formatInstant(madeAt), isCurrent: of === hash } };
}

/** `/games/ID/draw/right` of the file is `/draw/right` of the body. */
function toFieldFault({ path, message }: FileFault) {
  const pointer = path.split("/").slice(3).join("/");
  return fault(pointer === "" ? "" : `/${pointer}`, "game", { ru: message, en: message });
}
