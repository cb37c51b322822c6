import type { Pool } from "pg";
import { type Static, Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import type { MaySeeMember } from "#domains/ledger/http/index.ts";
import { loadWallets, type Trait } from "#domains/ledger/index.ts";
import { type CompiledProgramme, type LevelTerms, type Programmes, textOf } from "#domains/program/index.ts";
import type { Checkout } from "#flows/checkout/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { firstDayOf, formatInstant, formatMonth, type Month, parseMonth } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import type { App } from "#platform/http/app.ts";
import { fault } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import { type Failure, problemKind } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { choose, chosenIn, closesAt, levelAt, offeredIn } from "../favourites/favourites.ts";

export const FAVOURITE_PROBLEMS = {
  "favourite-not-offered": problemKind({
    status: 422,
    title: { ru: "Категории нет в списке месяца", en: "Not in the month's list" },
    detail: {
      ru: ({ value }) => `Категорию «${value}» в этом месяце выбрать нельзя.`,
      en: ({ value }) => `Category "${value}" can't be chosen in this month.`,
    },
    remedy: { ru: "Выберите из списка offered.", en: "Choose from the list offered." },
    details: Type.Object({ pointer: Type.String(), value: Type.String() }),
    example: { pointer: "/categories/0", value: "tobacco" },
  }),
  "too-many-favourites": problemKind({
    status: 422,
    title: { ru: "Столько категорий выбрать нельзя", en: "Too many favourites" },
    detail: {
      ru: ({ allowed }) => `На этом уровне выбирают категорий не больше: ${allowed}.`,
      en: ({ allowed }) => `At most ${allowed} categories can be chosen on this level.`,
    },
    remedy: {
      ru: "Выбранное остаётся до конца месяца; можно занять лишь свободные места.",
      en: "What was chosen stays until the month ends; only free places can be filled.",
    },
    details: Type.Object({ allowed: Type.Integer(), chosen: Type.Array(Type.String()) }),
    example: { allowed: 1, chosen: ["bread"] },
  }),
  "favourites-closed": problemKind({
    status: 422,
    title: { ru: "Выбор закрыт", en: "The choice is closed" },
    detail: {
      ru: ({ month }) => `Любимые категории на ${month} сейчас не выбрать.`,
      en: ({ month }) => `Favourites of ${month} can't be chosen now.`,
    },
    remedy: { ru: "Выберите этот или следующий месяц.", en: "Choose this month or the next." },
    details: Type.Object({ month: Type.String() }),
    example: { month: "2026-02" },
  }),
};

const Chosen = Type.Object(
  { category: Type.String(), from: Type.String({ format: "date-time" }), until: Type.String({ format: "date-time" }) },
  { title: "ChosenFavourite" },
);
const Offered = Type.Object(
  {
    category: Type.String(),
    name: Type.Object({ ru: Type.String(), en: Type.String() }),
    percentBp: Type.Integer({ description: "What its goods earn on the member's level." }),
    byLevel: Type.Optional(
      Type.Array(Type.Object({ level: Type.String(), percentBp: Type.Integer() }), {
        description: "Where it depends on the level: of every level that it is offered to, from the lowest on.",
      }),
    ),
  },
  { title: "OfferedFavourite" },
);
const FavouritesSchema = Type.Object(
  {
    member: Type.String(),
    month: Type.String(),
    level: Type.Optional(Type.String({ description: "The member's level in that month, as known now." })),
    allowed: Type.Integer({ description: "How many may be chosen, by that level." }),
    chooseUntil: Type.String({ format: "date-time", description: "Until when they can be chosen, exclusive." }),
    offered: Type.Array(Offered),
    chosen: Type.Array(Chosen),
    history: Type.Array(Chosen, { description: "All that was ever chosen, newest first." }),
  },
  { title: "Favourites" },
);
type Favourites = Static<typeof FavouritesSchema>;
const EXAMPLE: Favourites = {
  member: "mem_000000000z8",
  month: "2026-03",
  level: "level-1",
  allowed: 1,
  chooseUntil: "2026-03-31T21:00:00.000Z",
  offered: [
    {
      category: "bread",
      name: { ru: "Хлеб и выпечка", en: "Bread and rolls" },
      percentBp: 1_000,
      byLevel: [
        { level: "level-1", percentBp: 1_000 },
        { level: "level-2", percentBp: 1_500 },
      ],
    },
  ],
  chosen: [{ category: "bread", from: "2026-03-02T09:00:00.000Z", until: "2026-03-31T21:00:00.000Z" }],
  history: [{ category: "bread", from: "2026-03-02T09:00:00.000Z", until: "2026-03-31T21:00:00.000Z" }],
};
const Params = Type.Object({
  memberId: Type.String({ description: "`mem_…`" }),
  month: Type.String({ description: "YYYY-MM" }),
});

export const favouriteOperations = {
  getFavourites: operation({
    operationId: "getFavourites",
    tag: "Members",
    summary: "Read a month's list of favourite categories, what the member chose, and all he ever chose",
    params: Params,
    status: 200,
    answer: FavouritesSchema,
    problems: ["unknown-member", "no-programme"],
    example: { answer: EXAMPLE },
  }),
  chooseFavourites: operation({
    operationId: "chooseFavourites",
    tag: "Members",
    summary: "Choose favourite categories for a month, this one or one to come",
    description: "They hold to the month's end and are not exchanged; asked again, the same choice changes nothing.",
    params: Params,
    body: Type.Object(
      {
        categories: Type.Array(Type.String({ minLength: 1, maxLength: 64, pattern: "^[a-z0-9][a-z0-9-]*$" }), {
          minItems: 1,
          maxItems: 100,
        }),
      },
      { additionalProperties: false, title: "FavouriteChoice" },
    ),
    status: 200,
    answer: FavouritesSchema,
    problems: [
      "unknown-member",
      "no-programme",
      "favourite-not-offered",
      "too-many-favourites",
      "favourites-closed",
      "overloaded",
    ],
    example: { body: { categories: ["bread"] }, answer: EXAMPLE },
  }),
};

export type FavouriteDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes;
  readonly checkout: Pick<Checkout, "reward">;
  readonly problems: ProblemRegistry;
  readonly maySeeMember: MaySeeMember;
};

type Found = { readonly member: MemberId; readonly month: Month };
type Missing = { readonly code: "no-programme" | "unknown-member" };

export function favouriteRoutes(deps: FavouriteDeps): (app: App) => void {
  const { problems, programmes, clock } = deps;
  const find = async (
    request: Parameters<typeof principalOf>[0],
    params: { memberId: string; month: string },
  ): Promise<Found | Missing> => {
    const month = parseMonth(params.month);
    if (month === undefined) {
      const words = { ru: "Это не месяц вида ГГГГ-ММ.", en: "Not a month such as 2026-03." };
      throw refuseFields([{ in: "path", ...fault("/month", "bad-day", words) }]);
    }
    if (!programmes.latest) return { code: "no-programme" } as const;
    const member = memberIds.parse(params.memberId);
    const may = member !== undefined && (await deps.maySeeMember(principalOf(request), member));
    return may ? { member, month } : ({ code: "unknown-member" } as const);
  };
  return (app) => {
    const path = "/v1/members/:memberId/favourites/:month";
    app.get(path, { schema: favouriteOperations.getFavourites }, async (request, reply) => {
      const found = await find(request, request.params);
      const told = "code" in found ? undefined : await tell(deps, found.member, found.month);
      const unknown = "code" in found ? found : ({ code: "unknown-member" } as const);
      if (told === undefined) return void sendFailure(problems, request, reply, unknown);
      reply.send(told);
    });
    app.put(path, { schema: favouriteOperations.chooseFavourites }, async (request, reply) => {
      const found = await find(request, request.params);
      if ("code" in found) return void sendFailure(problems, request, reply, found);
      const { member, month } = found;
      const { categories } = request.body;
      const programme = programmes.current();
      const known = (await loadWallets(deps.pool, [member])).get(member)?.traits ?? [];
      const seen = choose(programme, known, month, categories, clock.now());
      if (seen.ok && seen.value.length === 0) return void reply.send((await tell(deps, member, month)) as Favourites);
      const chosen = await deps.checkout.reward({
        // A choice is what it adds to what is there: the moment makes it this one.
        idempotencyKey: ["favourites", member, formatMonth(month), ...categories.toSorted(), clock.now()],
        member,
        partner: programme.operator,
        traits: (held, now) => choose(programme, held, month, categories, now),
        cause: { favourites: formatMonth(month), by: principalOf(request).keyId },
      });
      if (!chosen.ok) return void sendFailure(problems, request, reply, chosen.failure as Failure);
      reply.send((await tell(deps, member, month)) as Favourites);
    });
  };
}

async function tell(deps: FavouriteDeps, member: MemberId, month: Month): Promise<Favourites | undefined> {
  const programme = deps.programmes.current();
  const traits = (await loadWallets(deps.pool, [member])).get(member)?.traits;
  if (traits === undefined) return undefined;
  const startAt = programme.calendar.startOf(firstDayOf(month));
  const level = levelAt(programme, traits, Math.max(deps.clock.now(), startAt));
  return {
    member: memberIds.format(member),
    month: formatMonth(month),
    ...(level === undefined ? {} : { level: level.id }),
    allowed: level?.favourites ?? 0,
    chooseUntil: formatInstant(closesAt(programme, month)),
    offered: offeredJson(programme, month, level),
    chosen: chosenIn(programme, traits, month).map(chosenJson),
    history: traits
      .filter(({ kind }) => kind === "favourite")
      .toSorted((a, b) => b.fromAt - a.fromAt)
      .map(chosenJson),
  };
}

/** The list of a level; categories whose percentage depends on it with those of all levels. */
function offeredJson(programme: CompiledProgramme, month: Month, level: LevelTerms | undefined) {
  const lists = [...programme.levels.values()].map((each) => [each.id, offeredIn(programme, month, each)] as const);
  return [...offeredIn(programme, month, level)].map(([category, percentBp]) => {
    const byLevel = lists.flatMap(([id, list]) => {
      const own = list.get(category);
      return own === undefined ? [] : [{ level: id, percentBp: own }];
    });
    const isSame = byLevel.length === lists.length && byLevel.every((each) => each.percentBp === percentBp);
    const name = textOf(programme.document.categories[category]?.name ?? category);
    return { category, name, percentBp, ...(isSame ? {} : { byLevel }) };
  });
}

function chosenJson({ key, fromAt, untilAt }: Trait) {
  return { category: key, from: formatInstant(fromAt), until: untilAt === undefined ? "" : formatInstant(untilAt) };
}
