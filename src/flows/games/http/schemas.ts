import { Type } from "typebox";

export const Name = Type.Union([
  Type.String(),
  Type.Object({ ru: Type.String(), en: Type.String() }, { additionalProperties: false }),
]);
export const Instant = Type.String({ format: "date-time" });
export const Day = Type.String({ format: "date" });

export const GameParams = Type.Object({ gameId: Type.String({ description: "The game's id in its file." }) });
export const MemberGameParams = Type.Object({
  memberId: Type.String({ description: "`mem_…`" }),
  gameId: Type.String({ description: "The game's id in its file." }),
});
export const Paging = {
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
  cursor: Type.Optional(Type.String({ maxLength: 200, pattern: "^[A-Za-z0-9_-]+$" })),
};

export const GameAnswerSchema = Type.Object(
  {
    id: Type.String(),
    partner: Type.String(),
    state: Type.Enum(["draft", "live", "paused", "ended"]),
    revision: Type.Integer(),
    editedBy: Type.String(),
    editedAt: Instant,
    document: Type.Object({}, { additionalProperties: true, description: "As in a file of games (docs/games.md)." }),
    forecast: Type.Optional(
      Type.Object(
        {
          madeAt: Instant,
          isCurrent: Type.Boolean({ description: "Whether it is of the revision that the game has now." }),
          pointsCents: Type.Integer({ description: "The most that it can give, by prizes, stocks and budget." }),
          byFunder: Type.Record(Type.String(), Type.Integer()),
          rounds: Type.Integer({ description: "Weeks or periods with prizes of their own." }),
        },
        { title: "GameForecast" },
      ),
    ),
    log: Type.Optional(
      Type.Array(
        Type.Object({
          at: Instant,
          who: Type.String(),
          action: Type.String(),
          revision: Type.Integer(),
          comment: Type.String(),
        }),
      ),
    ),
  },
  { title: "Game" },
);

export const DOCUMENT_EXAMPLE = {
  partner: "dolka-operator",
  name: { ru: "Процент недели", en: "Percent of the week" },
  from: "2026-03-01",
  until: "2026-12-31",
  leaderboard: { minimumTurnover: "3000 RUB", prizes: ["1000 points", "500 points", "250 points"] },
  funders: { "dolka-operator": 1 },
};

export const GAME_EXAMPLE = {
  id: "weekly-percent",
  partner: "dolka-operator",
  state: "draft" as const,
  revision: 1,
  editedBy: "key_4f6w",
  editedAt: "2026-02-20T10:00:00.000Z",
  document: DOCUMENT_EXAMPLE,
};
