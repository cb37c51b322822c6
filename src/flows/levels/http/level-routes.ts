import type { Pool } from "pg";
import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import type { MaySeeMember } from "#domains/ledger/http/index.ts";
import { loadSurvivors } from "#domains/ledger/index.ts";
import { earliestOf, levelGoals, loadLevelContributions, monthAt, standingOf } from "#domains/levels/index.ts";
import type { Programmes } from "#domains/program/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { formatInstant } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import type { App } from "#platform/http/app.ts";
import { operation } from "#platform/http/operation.ts";
import { problemKind } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";

export const LEVEL_PROBLEMS = {
  "no-levels": problemKind({
    status: 404,
    title: { ru: "В программе нет уровней", en: "The programme has no levels" },
    detail: {
      ru: () => "Программа не делит участников на уровни.",
      en: () => "The programme has no levels of members.",
    },
    remedy: { ru: "Уровни описывает раздел levels программы.", en: "Levels stand in the programme's section levels." },
    details: Type.Object({}),
    example: {},
  }),
};

const instant = (description: string) => Type.String({ format: "date-time", description });
const Text = Type.Object({ ru: Type.String(), en: Type.String() });
const Distance = Type.Object(
  {
    level: Type.String(),
    basis: Type.Enum(["spend", "points"]),
    targetKopecks: Type.Optional(Type.Integer()),
    doneKopecks: Type.Optional(Type.Integer()),
    missingKopecks: Type.Optional(Type.Integer()),
    targetCents: Type.Optional(Type.Integer({ description: "Hundredths of a point." })),
    doneCents: Type.Optional(Type.Integer()),
    missingCents: Type.Optional(Type.Integer()),
    until: Type.Optional(instant("When the period ends in which it is counted; absent for rolling days.")),
    text: Text,
  },
  { title: "LevelDistance" },
);
const LevelSchema = Type.Object(
  {
    member: Type.String(),
    level: Type.String(),
    name: Text,
    rank: Type.Integer(),
    favourites: Type.Integer({ description: "How many favourite categories it lets choose." }),
    since: instant("From when."),
    keptUntil: Type.Optional(instant("Until when it is kept if nothing more happens, exclusive; absent for good.")),
    next: Type.Optional(Distance),
    keep: Type.Optional(Distance),
    history: Type.Array(
      Type.Object({ level: Type.String(), from: instant("From."), until: Type.Optional(instant("Exclusive.")) }),
      { description: "Newest first." },
    ),
    asOf: instant("The instant that all of this is true at."),
  },
  { title: "MemberLevel" },
);

const EXAMPLE = {
  member: "mem_000000000z8",
  level: "level-1",
  name: { ru: "Первый уровень", en: "Level 1" },
  rank: 1,
  favourites: 1,
  since: "2026-03-02T09:00:00.000Z",
  next: {
    level: "level-2",
    basis: "spend" as const,
    targetKopecks: 1_000_000,
    doneKopecks: 875_000,
    missingKopecks: 125_000,
    until: "2026-03-31T21:00:00.000Z",
    text: {
      ru: "До уровня «Второй уровень»: потратить ещё 1 250,00 ₽ до конца 31.03.2026",
      en: 'Spend ₽1,250.00 more by 2026-03-31 to reach "Level 2"',
    },
  },
  history: [{ level: "level-1", from: "2026-03-02T09:00:00.000Z" }],
  asOf: "2026-03-20T09:00:00.000Z",
};

export const levelOperations = {
  getLevel: operation({
    operationId: "getLevel",
    tag: "Members",
    summary: "Read a member's level: since when, until when it is kept, what is missing to the next, and its history",
    description:
      "A level is reached at once by what receipts of the period spent or earned (never by the balance), and is lost only when a month ends.",
    params: Type.Object({ memberId: Type.String({ description: "`mem_…`" }) }),
    status: 200,
    answer: LevelSchema,
    problems: ["unknown-member", "no-programme", "no-levels"],
    example: { answer: EXAMPLE },
  }),
};

export type LevelHttpDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly problems: ProblemRegistry;
  readonly maySeeMember: MaySeeMember;
};

export function levelRoutes(deps: LevelHttpDeps): (app: App) => void {
  return (app) => {
    app.get("/v1/members/:memberId/level", { schema: levelOperations.getLevel }, async (request, reply) => {
      const refuse = (code: string) => void sendFailure(deps.problems, request, reply, { code });
      if (!deps.programmes.latest) return refuse("no-programme");
      const member = memberIds.parse(request.params.memberId);
      const may = member !== undefined && (await deps.maySeeMember(principalOf(request), member));
      if (!may) return refuse("unknown-member");
      const told = await tell(deps, member);
      if (typeof told === "string") return refuse(told);
      reply.send(told);
    });
  };
}

async function tell({ pool, clock, programmes }: LevelHttpDeps, named: MemberId) {
  const programme = programmes.current();
  const wallet = (await loadSurvivors(pool, [named])).get(named)?.wallet;
  if (wallet === undefined) return "unknown-member";
  const now = clock.now();
  const fromAt = earliestOf(levelGoals(programme), monthAt(now, programme.calendar), programme.calendar);
  const contributions = await loadLevelContributions(pool, [{ member: wallet.member, fromAt }]);
  const standing = standingOf(programme, wallet.traits, contributions, wallet.createdAt, now);
  if (standing === undefined) return "no-levels";
  const { sinceAt, keptUntilAt, next, keep, history, ...rest } = standing;
  return {
    member: memberIds.format(wallet.member),
    ...rest,
    since: formatInstant(sinceAt),
    ...(keptUntilAt === undefined ? {} : { keptUntil: formatInstant(keptUntilAt) }),
    ...(next === undefined ? {} : { next: distanceJson(next) }),
    ...(keep === undefined ? {} : { keep: distanceJson(keep) }),
    history: history.map(({ level, fromAt: at, untilAt }) => ({
      level,
      from: formatInstant(at),
      ...(untilAt === undefined ? {} : { until: formatInstant(untilAt) }),
    })),
    asOf: formatInstant(now),
  };
}

type Standing = NonNullable<ReturnType<typeof standingOf>>;

function distanceJson({ level, basis, target, done, missing, untilAt, text }: NonNullable<Standing["next"]>) {
  const sums =
    basis === "spend"
      ? { targetKopecks: target, doneKopecks: done, missingKopecks: missing }
      : { targetCents: target, doneCents: done, missingCents: missing };
  return { level, basis, ...sums, ...(untilAt === undefined ? {} : { until: formatInstant(untilAt) }), text };
}
