import { Type } from "typebox";
import {
  listMemberDraws,
  listPeriodDraws,
  listPeriods,
  readPeriod,
  type StoredDraw,
  type StoredPeriod,
} from "#domains/games/index.ts";
import { documentHash } from "#domains/program/index.ts";
import { IdempotencyHeaders } from "#flows/checkout/http/index.ts";
import { formatDay, formatInstant, parseDay } from "#kernel/time.ts";
import { sendOutcome } from "#platform/http/answer.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor, badDay } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { activeGame } from "../active-games.ts";
import { makeDraw } from "../draw/make-draw.ts";
import { drawDeps, findMember, type GameHttpDeps, sender } from "./deps.ts";
import { Day, GameParams, Instant, MemberGameParams, Paging } from "./schemas.ts";

const ClientSeed = Type.String({
  minLength: 1,
  maxLength: 64,
  pattern: "^[A-Za-z0-9_-]+$",
  description: "Chosen by the member's device for this draw, at random. Published after the period: no personal data.",
});
const DrawSchema = Type.Object(
  {
    game: Type.String(),
    period: Day,
    nonce: Type.Integer({ description: "Number of the draw within its period: 1, 2, 3 …" }),
    clientSeed: ClientSeed,
    drawn: Type.String({ description: "The prize that the seeds say." }),
    given: Type.String({ description: "The prize given: another than drawn when that had run out." }),
    at: Instant,
    commitmentHash: Type.String({ description: "What was committed to before the period." }),
  },
  { title: "Draw" },
);
const Commitment = Type.Object(
  {
    algorithm: Type.Literal("dolka-draw-1"),
    game: Type.String(),
    period: Day,
    startsAt: Instant,
    endsAt: Instant,
    serverSeedHash: Type.String({ description: "SHA-256 of the 32 bytes of the server seed, hexadecimal." }),
    prizes: Type.Array(
      Type.Object({
        id: Type.String(),
        weight: Type.Integer(),
        stock: Type.Union([Type.Integer(), Type.Null()], { description: "null: without end." }),
      }),
    ),
    whenOut: Type.String({ description: "Given in place of a prize that has run out." }),
  },
  { title: "DrawCommitment" },
);
const Period = {
  commitment: Commitment,
  commitmentHash: Type.String({ description: "SHA-256 of the commitment in canonical JSON: keys sorted, no spaces." }),
  committedAt: Instant,
  draws: Type.Integer({ description: "Draws so far; each has a nonce up to this." }),
  serverSeed: Type.Optional(Type.String({ description: "Hexadecimal; after the period's end." })),
  revealedAt: Type.Optional(Instant),
};
const COMMITMENT = {
  algorithm: "dolka-draw-1" as const,
  game: "wheel",
  period: "2026-03-02",
  startsAt: "2026-03-01T21:00:00.000Z",
  endsAt: "2026-03-08T21:00:00.000Z",
  serverSeedHash: "5f1a6d0c9a8e2b7c4d3e1f0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e3f2a1b0c",
  prizes: [
    { id: "jackpot", weight: 1, stock: 10 },
    { id: "nothing", weight: 99, stock: null },
  ],
  whenOut: "nothing",
};
const HASH = "0c1b2a3f4e5d6c7b8a9f0e1d2c3b4a5f6e7d8c9b0a1f2e3d4c5b6a7f8e9d0c1b";
const PERIOD = { commitment: COMMITMENT, commitmentHash: HASH, committedAt: "2026-02-23T10:00:00.000Z", draws: 0 };
const DRAW = {
  ...{ game: "wheel", period: "2026-03-02", nonce: 17, clientSeed: "q7Zp1v", drawn: "jackpot", given: "jackpot" },
  ...{ at: "2026-03-04T09:00:00.000Z", commitmentHash: HASH },
};
const PUBLISHED = { nonce: 17, clientSeed: "q7Zp1v", drawn: "jackpot", given: "jackpot" };

export const drawOperations = {
  createDraw: operation({
    operationId: "createDraw",
    tag: "Games",
    summary: "Draw on a member's oldest right",
    description:
      "The prize is the member's once this is answered; its points come within a second, by an operation of their own.",
    params: MemberGameParams,
    headers: IdempotencyHeaders,
    body: Type.Object({ clientSeed: ClientSeed }, { additionalProperties: false, title: "DrawRequest" }),
    status: 201,
    answer: DrawSchema,
    problems: [
      "unknown-member",
      "unknown-game",
      "no-programme",
      "game-not-live",
      "no-draw-right",
      "draw-not-committed",
      "idempotency-conflict",
    ],
    isRepeatable: true,
    example: { body: { clientSeed: "q7Zp1v" }, answer: DRAW },
  }),
  listDraws: operation({
    operationId: "listDraws",
    tag: "Games",
    summary: "List a member's draws, the newest first",
    params: MemberGameParams,
    status: 200,
    answer: Type.Object({ items: Type.Array(DrawSchema) }, { title: "DrawList" }),
    problems: ["unknown-member", "unknown-game", "no-programme"],
    example: { answer: { items: [DRAW] } },
  }),
  listDrawPeriods: operation({
    operationId: "listDrawPeriods",
    tag: "Games",
    summary: "List the periods of a draw with what was committed to before each, for everybody",
    params: GameParams,
    querystring: Type.Object(Paging, { additionalProperties: false }),
    status: 200,
    answer: Type.Object(
      { items: Type.Array(Type.Object(Period, { title: "DrawPeriod" })), next: Type.Optional(Type.String()) },
      { title: "DrawPeriodPage" },
    ),
    problems: ["unknown-game", "no-programme"],
    example: { answer: { items: [PERIOD] } },
  }),
  getDrawPeriod: operation({
    operationId: "getDrawPeriod",
    tag: "Games",
    summary: "Read a revealed period with its seed and every draw, for everybody: what `dolka draw verify` checks",
    params: Type.Object({
      ...GameParams.properties,
      period: Type.String({ description: "Its first day, YYYY-MM-DD." }),
    }),
    querystring: Type.Object(
      { ...Paging, limit: Type.Integer({ minimum: 1, maximum: 10_000, default: 10_000 }) },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object(
      {
        ...Period,
        items: Type.Array(
          Type.Object({ nonce: Type.Integer(), clientSeed: Type.String(), drawn: Type.String(), given: Type.String() }),
        ),
        next: Type.Optional(Type.String()),
      },
      { title: "RevealedPeriod" },
    ),
    problems: ["unknown-game", "unknown-period", "period-not-revealed", "no-programme"],
    example: { answer: { ...PERIOD, items: [PUBLISHED] } },
  }),
};

const LAST = "9999-12-31";

export function drawRoutes(deps: GameHttpDeps): (app: App) => void {
  return (app) => {
    memberRoutes(deps, app);
    publicRoutes(deps, app);
  };
}

function memberRoutes(deps: GameHttpDeps, app: App): void {
  const refuse = sender(deps);
  const path = "/v1/members/:memberId/games/:gameId/draws";
  app.post(path, { schema: drawOperations.createDraw }, async (request, reply) => {
    const { memberId, gameId } = request.params;
    const member = await findMember(deps, request, memberId);
    if (member === undefined) return refuse(request, reply, { code: "unknown-member" });
    const requestKey = request.headers["idempotency-key"];
    const asked = { member, game: gameId, clientSeed: request.body.clientSeed, requestKey };
    const made = await makeDraw(drawDeps(deps), asked);
    if (!made.ok) return refuse(request, reply, made.failure);
    const { draw, replayed } = made.value;
    sendOutcome(deps.problems, request, reply, 201, {
      ok: true,
      value: { replayed, body: await drawJson(deps, draw) },
    });
  });
  app.get(path, { schema: drawOperations.listDraws }, async (request, reply) => {
    const { memberId, gameId } = request.params;
    const member = await findMember(deps, request, memberId);
    if (member === undefined) return refuse(request, reply, { code: "unknown-member" });
    const game = await drawGame(deps, gameId);
    if ("code" in game) return refuse(request, reply, game);
    const draws = await listMemberDraws(deps.pool, member, gameId);
    reply.send({ items: await Promise.all(draws.map((draw) => drawJson(deps, draw))) });
  });
}

function publicRoutes(deps: GameHttpDeps, app: App): void {
  const refuse = sender(deps);
  app.get("/v1/games/:gameId/periods", { schema: drawOperations.listDrawPeriods }, async (request, reply) => {
    const { limit, cursor } = request.query;
    const before = cursor === undefined ? LAST : String(readCursor(cursor, ["text"])?.[0]);
    if (parseDay(before) === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
    const game = await drawGame(deps, request.params.gameId);
    if ("code" in game) return refuse(request, reply, game);
    const rows = await listPeriods(deps.pool, request.params.gameId, before, limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const next = rows.length > limit && last !== undefined ? { next: writeCursor([formatDay(last.period)]) } : {};
    reply.send({ items: items.map(periodJson), ...next });
  });
  app.get("/v1/games/:gameId/periods/:period", { schema: drawOperations.getDrawPeriod }, async (request, reply) => {
    const { limit, cursor } = request.query;
    const { gameId } = request.params;
    const day = parseDay(request.params.period);
    if (day === undefined) throw refuseFields([{ in: "path", ...badDay("/period") }]);
    const after = cursor === undefined ? 0 : readCursor(cursor, ["int4"])?.[0];
    if (after === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
    const game = await drawGame(deps, gameId);
    if ("code" in game) return refuse(request, reply, game);
    const period = await readPeriod(deps.pool, gameId, day);
    if (period === undefined) return refuse(request, reply, { code: "unknown-period" });
    if (period.serverSeed === undefined) return refuse(request, reply, { code: "period-not-revealed" });
    const rows = await listPeriodDraws(deps.pool, gameId, day, Number(after), limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const next = rows.length > limit && last !== undefined ? { next: writeCursor([last.nonce]) } : {};
    const items = shown.map(({ nonce, clientSeed, drawn, given }) => ({ nonce, clientSeed, drawn, given }));
    reply.send({ ...periodJson(period), items, ...next });
  });
}

async function drawGame({ pool, programmes }: GameHttpDeps, id: string) {
  if (!programmes.latest) return { code: "no-programme" } as const;
  const found = await activeGame(pool, programmes.current(), id);
  return found?.game.play.kind === "draw" ? found.game : ({ code: "unknown-game" } as const);
}

async function drawJson({ pool }: GameHttpDeps, draw: StoredDraw) {
  const { game, period, nonce, clientSeed, drawn, given, at } = draw;
  const commitment = (await readPeriod(pool, game, period))?.commitment ?? {};
  const told = { game, period: formatDay(period), nonce, clientSeed, drawn, given, at: formatInstant(at) };
  return { ...told, commitmentHash: documentHash(commitment) };
}

function periodJson({ commitment, committedAt, draws, serverSeed, revealedAt }: StoredPeriod) {
  return {
    commitment: { ...commitment, prizes: [...commitment.prizes] },
    commitmentHash: documentHash(commitment),
    committedAt: formatInstant(committedAt),
    draws,
    ...(serverSeed === undefined ? {} : { serverSeed: Buffer.from(serverSeed).toString("hex") }),
    ...(revealedAt === undefined ? {} : { revealedAt: formatInstant(revealedAt) }),
  };
}
