import { Type } from "typebox";
import { formatDay, formatInstant, parseDay } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor, badDay } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { leave, takePart } from "../board/participate.ts";
import { type BoardView, readBoard, readStanding, readWeeks } from "../board/read-board.ts";
import { findMember, type GameHttpDeps, sender } from "./deps.ts";
import { Day, GameParams, Instant, MemberGameParams, Paging } from "./schemas.ts";

const Week = {
  week: Type.String({ format: "date", description: "Its Monday." }),
  asOf: Instant,
  closedAt: Type.Optional(Instant),
  participants: Type.Optional(Type.Integer({ description: "Members that take part and have a percent." })),
  isTooSmall: Type.Boolean({ description: "Too few take part: nothing is shown." }),
};
const Standing = Type.Object(
  {
    game: Type.String(),
    name: Type.Optional(Type.String({ description: "Absent for a member that does not take part." })),
    joinedAt: Type.Optional(Instant),
    weeks: Type.Array(
      Type.Object({
        week: Day,
        qualifies: Type.Boolean({ description: "Whether enough was bought for a place." }),
        rateBp: Type.Optional(
          Type.Integer({ description: "Cashback percent, basis points, rounded to the board's step." }),
        ),
        place: Type.Optional(Type.Integer({ description: "Of who does not take part: the place it would be." })),
        of: Type.Optional(Type.Integer()),
        asOf: Type.Optional(Instant),
        isClosed: Type.Boolean(),
      }),
      { description: "The running week first." },
    ),
  },
  { title: "Standing" },
);
const STANDING = {
  game: "weekly-percent",
  name: "Рыбонька",
  joinedAt: "2026-03-01T10:00:00.000Z",
  weeks: [
    {
      week: "2026-03-02",
      qualifies: true,
      rateBp: 850,
      place: 12,
      of: 340,
      asOf: "2026-03-04T21:00:00.000Z",
      isClosed: false,
    },
  ],
};
const WEEK = {
  week: "2026-02-23",
  asOf: "2026-03-03T21:00:00.000Z",
  closedAt: "2026-03-03T21:00:00.000Z",
  participants: 340,
  isTooSmall: false,
};

export const boardOperations = {
  listWeeks: operation({
    operationId: "listWeeks",
    tag: "Games",
    summary: "List the weeks of a leaderboard, the latest first",
    params: GameParams,
    querystring: Type.Object(Paging, { additionalProperties: false }),
    status: 200,
    answer: Type.Object(
      { items: Type.Array(Type.Object(Week, { title: "BoardWeek" })), next: Type.Optional(Type.String()) },
      { title: "BoardWeekPage" },
    ),
    problems: ["unknown-game", "no-programme"],
    example: { answer: { items: [WEEK] } },
  }),
  getWeek: operation({
    operationId: "getWeek",
    tag: "Games",
    summary: "Read a week of a leaderboard: chosen names, places, and percents once it is closed",
    description:
      "Only members that take part are there. No amounts. While the week runs: the order as of the last midnight.",
    params: Type.Object({ ...GameParams.properties, week: Type.String({ description: "Its Monday, YYYY-MM-DD." }) }),
    querystring: Type.Object(Paging, { additionalProperties: false }),
    status: 200,
    answer: Type.Object(
      {
        ...Week,
        items: Type.Array(
          Type.Object({
            place: Type.Integer({ description: "Equal percents have equal places." }),
            name: Type.Optional(Type.String({ description: "Absent for who has left." })),
            rateBp: Type.Optional(Type.Integer()),
            prizeCents: Type.Optional(Type.Integer()),
          }),
        ),
        next: Type.Optional(Type.String()),
      },
      { title: "Board" },
    ),
    problems: ["unknown-game", "unknown-week", "no-programme"],
    example: { answer: { ...WEEK, items: [{ place: 1, name: "Рыбонька", rateBp: 1_150, prizeCents: 100_000 }] } },
  }),
  getStanding: operation({
    operationId: "getStanding",
    tag: "Games",
    summary: "Read a member's own place, also of one who does not take part",
    params: MemberGameParams,
    querystring: Type.Object(
      { weeks: Type.Integer({ minimum: 1, maximum: 53, default: 5 }) },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Standing,
    problems: ["unknown-member", "unknown-game", "no-programme"],
    example: { answer: STANDING },
  }),
  takePart: operation({
    operationId: "takePart",
    tag: "Games",
    summary: "Take part in a leaderboard under a chosen name, or change the name",
    params: MemberGameParams,
    body: Type.Object(
      {
        name: Type.String({ minLength: 1, maxLength: 100, description: "2 to 24 characters; no phone, e-mail, link." }),
      },
      { additionalProperties: false, title: "Participation" },
    ),
    status: 200,
    answer: Standing,
    problems: ["unknown-member", "unknown-game", "no-programme", "game-not-live", "name-refused", "name-taken"],
    example: { body: { name: "Рыбонька" }, answer: STANDING },
  }),
  leaveGame: operation({
    operationId: "leaveGame",
    tag: "Games",
    summary: "Leave a leaderboard: the name is shown nowhere any more",
    params: MemberGameParams,
    status: 200,
    answer: Standing,
    problems: ["unknown-member", "unknown-game", "no-programme"],
    example: { answer: { game: "weekly-percent", weeks: [] } },
  }),
};

const LAST = "9999-12-31";
const SHOWN_WEEKS = 5;

export function boardRoutes(deps: GameHttpDeps): (app: App) => void {
  const refuse = sender(deps);
  return (app) => {
    app.get("/v1/games/:gameId/weeks", { schema: boardOperations.listWeeks }, async (request, reply) => {
      const { limit, cursor } = request.query;
      const before = cursor === undefined ? LAST : String(readCursor(cursor, ["text"])?.[0]);
      if (parseDay(before) === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
      const read = await readWeeks(deps, request.params.gameId, before, limit);
      if (!read.ok) return refuse(request, reply, read.failure);
      const { weeks, next } = read.value;
      reply.send({ items: weeks.map(weekJson), ...(next === undefined ? {} : { next: writeCursor([next]) }) });
    });
    app.get("/v1/games/:gameId/weeks/:week", { schema: boardOperations.getWeek }, async (request, reply) => {
      const { limit, cursor } = request.query;
      const week = parseDay(request.params.week);
      if (week === undefined) throw refuseFields([{ in: "path", ...badDay("/week") }]);
      const after = cursor === undefined ? 0 : readCursor(cursor, ["int4"])?.[0];
      if (after === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
      const read = await readBoard(deps, request.params.gameId, week, Number(after), limit);
      if (!read.ok) return refuse(request, reply, read.failure);
      const { places, next, ...view } = read.value;
      const page = next === undefined ? {} : { next: writeCursor([next]) };
      reply.send({ ...weekJson(view), items: [...places], ...page });
    });
    memberRoutes(deps, app);
  };
}

function memberRoutes(deps: GameHttpDeps, app: App): void {
  const refuse = sender(deps);
  const answer = async (member: number, game: string, weeks: number) => {
    const read = await readStanding(deps, member, game, weeks);
    if (!read.ok) return read;
    const { joinedAt, weeks: own, ...standing } = read.value;
    const shown = own.map(({ week, asOf, ...each }) => {
      return { week: formatDay(week), ...each, ...(asOf === undefined ? {} : { asOf: formatInstant(asOf) }) };
    });
    const joined = joinedAt === undefined ? {} : { joinedAt: formatInstant(joinedAt) };
    return { ok: true, value: { ...standing, ...joined, weeks: shown } } as const;
  };
  const path = "/v1/members/:memberId/games/:gameId";
  app.get(`${path}/standing`, { schema: boardOperations.getStanding }, async (request, reply) => {
    const { memberId, gameId } = request.params;
    const member = await findMember(deps, request, memberId);
    if (member === undefined) return refuse(request, reply, { code: "unknown-member" });
    const read = await answer(member, gameId, request.query.weeks);
    if (!read.ok) return refuse(request, reply, read.failure);
    reply.send(read.value);
  });
  app.put(`${path}/participation`, { schema: boardOperations.takePart }, async (request, reply) => {
    const { memberId, gameId } = request.params;
    const member = await findMember(deps, request, memberId);
    if (member === undefined) return refuse(request, reply, { code: "unknown-member" });
    const taken = await takePart(deps, member, gameId, request.body.name);
    const read = taken.ok ? await answer(member, gameId, SHOWN_WEEKS) : taken;
    if (!read.ok) return refuse(request, reply, read.failure);
    reply.send(read.value);
  });
  app.delete(`${path}/participation`, { schema: boardOperations.leaveGame }, async (request, reply) => {
    const { memberId, gameId } = request.params;
    const member = await findMember(deps, request, memberId);
    if (member === undefined) return refuse(request, reply, { code: "unknown-member" });
    const left = await leave(deps, member, gameId);
    const read = left.ok ? await answer(member, gameId, SHOWN_WEEKS) : left;
    if (!read.ok) return refuse(request, reply, read.failure);
    reply.send(read.value);
  });
}

function weekJson({ week, asOf, closedAt, ...view }: BoardView) {
  return {
    week: formatDay(week),
    asOf: formatInstant(asOf),
    ...(closedAt === undefined ? {} : { closedAt: formatInstant(closedAt) }),
    ...view,
  };
}
