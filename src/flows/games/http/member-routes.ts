import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import type { StoredAward } from "#domains/games/index.ts";
import { memberIds, operationIds } from "#kernel/ids.ts";
import { formatInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { operation } from "#platform/http/operation.ts";
import { type MemberGame, readMemberGames } from "../board/member-games.ts";
import { findMember, type GameHttpDeps, sender } from "./deps.ts";
import { Instant, Name } from "./schemas.ts";

const Award = Type.Object(
  {
    award: Type.String({ description: "`goal`, `answers`, `week:…` or `draw:…`." }),
    pointsCents: Type.Optional(Type.Integer()),
    boost: Type.Optional(Type.String()),
    until: Type.Optional(Instant),
    state: Type.Enum(["due", "given", "refused", "taken-back"]),
    operation: Type.Optional(Type.String()),
  },
  { title: "GameAward" },
);

const MemberGames = Type.Object(
  {
    member: Type.String(),
    asOf: Instant,
    items: Type.Array(
      Type.Object(
        {
          game: Type.String(),
          partner: Type.String(),
          kind: Type.Enum(["leaderboard", "achievement", "draw", "questions"]),
          name: Name,
          text: Type.Optional(Name),
          until: Instant,
          awards: Type.Array(Award, { description: "What the member has won here." }),
          achievement: Type.Optional(
            Type.Object({
              steps: Type.Array(Type.Object({ id: Type.String(), value: Type.Integer(), target: Type.Integer() })),
              doneAt: Type.Optional(Instant),
            }),
          ),
          draw: Type.Optional(
            Type.Object({
              style: Type.Enum(["wheel", "scratch-card"]),
              rights: Type.Integer({ description: "How often the member may draw now." }),
              draws: Type.Integer(),
              prizes: Type.Array(Type.Object({ id: Type.String(), name: Name, weight: Type.Integer() })),
            }),
          ),
          leaderboard: Type.Optional(
            Type.Object({ name: Type.Optional(Type.String({ description: "Under which the member takes part." })) }),
          ),
          questions: Type.Optional(
            Type.Object({
              style: Type.Enum(["quiz", "poll"]),
              isAnswered: Type.Boolean(),
              answers: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
              consent: Type.Optional(
                Type.Object({
                  version: Type.String(),
                  text: Name,
                  isGiven: Type.Boolean({ description: "To this version, and not withdrawn." }),
                }),
              ),
              questions: Type.Array(
                Type.Object({
                  id: Type.String(),
                  text: Name,
                  choose: Type.Enum(["one", "several"]),
                  answers: Type.Array(Type.Object({ id: Type.String(), name: Name })),
                }),
              ),
            }),
          ),
        },
        { title: "MemberGame" },
      ),
    ),
  },
  { title: "MemberGames" },
);

export const memberGameOperations = {
  listMemberGames: operation({
    operationId: "listMemberGames",
    tag: "Games",
    summary: "List the games that are on for a member: progress, rights to draw, questions, and what was won",
    params: Type.Object({ memberId: Type.String({ description: "`mem_…`" }) }),
    status: 200,
    answer: MemberGames,
    problems: ["unknown-member", "no-programme"],
    example: {
      answer: {
        member: "mem_000000000z8",
        asOf: "2026-03-04T09:00:00.000Z",
        items: [
          {
            game: "explorer",
            partner: "dolka-operator",
            kind: "achievement" as const,
            name: { ru: "Путешественник", en: "Explorer" },
            until: "2026-12-31T21:00:00.000Z",
            awards: [],
            achievement: { steps: [{ id: "goal", value: 3, target: 5 }] },
          },
        ],
      },
    },
  }),
};

export function memberGameRoutes(deps: GameHttpDeps): (app: App) => void {
  const refuse = sender(deps);
  return (app) => {
    app.get("/v1/members/:memberId/games", { schema: memberGameOperations.listMemberGames }, async (request, reply) => {
      const member = await findMember(deps, request, request.params.memberId);
      if (member === undefined) return refuse(request, reply, { code: "unknown-member" });
      if (!deps.programmes.latest) return refuse(request, reply, { code: "no-programme" });
      const games = await readMemberGames(deps, member);
      const asOf = formatInstant(deps.clock.now());
      const { partner } = principalOf(request);
      const items = games.map((each) => gameJson(each, partner === undefined || partner === each.game.partner));
      reply.send({ member: memberIds.format(member), asOf, items });
    });
  };
}

/** What somebody answered is told to the coalition and to the game's own partner, to no other. */
function gameJson(each: MemberGame, mayReadAnswers: boolean) {
  const { game, until, awards, achievement, leaderboard, draw, questions } = each;
  const { id, partner, play } = game;
  const { name, text } = game.document;
  return {
    ...{ game: id, partner, kind: play.kind, name },
    ...(text === undefined ? {} : { text }),
    until: formatInstant(until),
    awards: awards.map(awardJson),
    ...(leaderboard === undefined ? {} : { leaderboard }),
    ...(achievement === undefined ? {} : { achievement: achievementJson(achievement) }),
    ...(draw === undefined ? {} : { draw: drawJson(game.document, draw) }),
    ...(questions === undefined ? {} : { questions: questionsJson(game.document, questions, mayReadAnswers) }),
  };
}

function achievementJson({ steps, doneAt }: NonNullable<MemberGame["achievement"]>) {
  return { steps: [...steps], ...(doneAt === undefined ? {} : { doneAt: formatInstant(doneAt) }) };
}

type Document = MemberGame["game"]["document"];

function drawJson({ draw: document }: Document, draw: NonNullable<MemberGame["draw"]>) {
  const prizes = Object.entries(document?.prizes ?? {}).map(([id, { name, weight }]) => ({ id, name, weight }));
  return { style: document?.style ?? ("wheel" as const), ...draw, prizes };
}

function questionsJson(
  { questions: document }: Document,
  told: NonNullable<MemberGame["questions"]>,
  mayReadAnswers: boolean,
) {
  const { consent } = document ?? {};
  const own =
    told.answers && Object.fromEntries(Object.entries(told.answers).map(([key, chosen]) => [key, [...chosen]]));
  return {
    style: document?.style ?? ("poll" as const),
    isAnswered: told.isAnswered,
    ...(own === undefined || !mayReadAnswers ? {} : { answers: own }),
    ...(consent === undefined ? {} : { consent: { ...consent, isGiven: told.consent === consent.version } }),
    questions: Object.entries(document?.questions ?? {}).map(([id, { text, choose, answers }]) => ({
      ...{ id, text, choose: choose ?? ("one" as const) },
      answers: Object.entries(answers).map(([key, { name }]) => ({ id: key, name })),
    })),
  };
}

function awardJson({ member, key, desired, given, isDue, refused }: StoredAward) {
  const state = refused !== undefined ? "refused" : isDue ? "due" : given === undefined ? "taken-back" : "given";
  const cents = given?.cents ?? (desired?.kind === "points" ? desired.cents : undefined);
  const boost = desired?.kind === "boost" ? desired : undefined;
  return {
    award: key,
    ...(cents === undefined ? {} : { pointsCents: cents }),
    ...(boost === undefined ? {} : { boost: boost.key }),
    ...(boost === undefined || boost.until === null ? {} : { until: formatInstant(boost.until) }),
    state: state as "due",
    ...(given === undefined ? {} : { operation: operationIds.format({ member, seq: given.seq }) }),
  };
}
