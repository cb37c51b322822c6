import { type Static, Type } from "typebox";
import { goalSchema } from "#domains/missions/index.ts";
import { schemaParts } from "#domains/program/index.ts";

const { choice, closed, id, name, oneOrMany, quantity, section, whole } = schemaParts;
const optional = Type.Optional;

const reward = Type.Object(
  {
    points: optional(quantity("points", "A fixed award.")),
    boost: optional(id("A boost of the programme, whose rules stand there.")),
    lasts: optional(quantity("duration", "How long the boost holds: days or months.")),
    expiry: optional(quantity("duration", "Last day of the points; as the programme says unless given.")),
  },
  { ...closed, description: "What it brings: `points` or `boost`." },
);

const purchase = Type.Object(
  {
    at: optional(oneOrMany(id("A partner."), "Receipts of these partners; of any unless given.")),
    category: optional(oneOrMany(id("A category."), "Only lines of these categories, and of those below them.")),
    exceptCategory: optional(oneOrMany(id("A category."), "No lines of these categories, nor of those below them.")),
    atLeast: optional(quantity("money", "The lines that fit cost this much or more.")),
  },
  { ...closed, description: "A receipt, and which of its lines count." },
);

const leaderboard = Type.Object(
  {
    minimumTurnover: quantity("money", "Who bought for less in the week has no place: a tiny receipt does not win."),
    minimumReceipts: optional(whole(1, 100, "Who has fewer receipts has no place; 1 unless given.")),
    roundTo: optional(
      quantity("percent", "Percents are rounded to steps of this much, and equal steps are ties; 0.5% unless given."),
    ),
    closesAfter: optional(
      quantity("duration", "Days after the week's end until it is closed, for late receipts; 2 days unless given."),
    ),
    crowd: optional(whole(1, 100_000, "With fewer members taking part nobody's place is shown; 10 unless given.")),
    places: optional(whole(1, 1_000, "How many places the board shows; 100 unless given.")),
    prizes: optional(
      Type.Array(quantity("points", "The prize of this place."), {
        maxItems: 1_000,
        expected: "prizes by place, the first first",
        description:
          "Prizes by place, the first first. Members with equal percents share the prizes of their places equally.",
      }),
    ),
    onReturn: optional(
      choice(
        ["keep", "take-back"],
        "A return after the close: the prize stays (also unless given), or is taken back when what is left is below the minimum. Places never change.",
      ),
    ),
  },
  { ...closed, description: "A weekly board of cashback percents: points earned by receipts ÷ turnover." },
);

const achievementGoal = Type.Object(
  {
    ...goalSchema.properties,
    differentPartners: optional(quantity("times", "Receipts at so many different partners.")),
    differentCategories: optional(
      quantity(
        "times",
        "Lines of so many different categories: of those named, each with what is below it, or of any.",
      ),
    ),
  },
  { ...closed, description: "As of a mission, or so many different partners or categories." },
);

const achievement = Type.Object(
  {
    goal: achievementGoal,
    onReturn: optional(
      choice(
        ["keep", "take-back"],
        "A return below the goal: what was reached stays, or not. As the programme's policy unless given.",
      ),
    ),
  },
  { ...closed, description: "Something to be reached once." },
);

const prize = Type.Object(
  {
    name: name("Name that members see."),
    weight: whole(1, 1_000_000, "Chances: weights of the prizes are to each other as their chances."),
    stock: optional(whole(1, 100_000_000, "How many there are in a period; without end unless given.")),
    points: optional(quantity("points", "Points; nothing unless points or a boost are given.")),
    boost: optional(id("A boost of the programme.")),
    lasts: optional(quantity("duration", "How long the boost holds.")),
  },
  { ...closed, description: "A prize." },
);

const draw = Type.Object(
  {
    style: optional(choice(["wheel", "scratch-card"], "How it is shown; `wheel` unless given.")),
    right: Type.Object(
      {
        purchase: optional(purchase),
        event: optional(id("Type of an event.")),
        of: optional(id("Whose event; the game's partner unless given.")),
        mission: optional(oneOrMany(id("A mission."), "One right for each of these missions done.")),
        daily: optional(Type.Literal(true, { expected: "true", description: "One right a day." })),
        lasts: optional(quantity("duration", "Days until an unused right is gone; until the game's end unless given.")),
      },
      { ...closed, description: "What gives the right to one draw: a receipt, an event, a mission, a day." },
    ),
    every: optional(
      choice(["day", "week", "month", "game"], "A period: one seed, one stock of prizes; `week` unless given."),
    ),
    prizes: section(prize, "Prizes, drawn by weight."),
    whenOut: id("The prize given in place of one that has run out; its stock is without end."),
  },
  { ...closed, description: "A wheel or a scratch card whose draws can be verified afterwards." },
);

const option = Type.Object(
  {
    name: name("The answer."),
    correct: optional(Type.Literal(true, { expected: "true", description: "The right answer of a quiz's question." })),
    attribute: optional(id("An attribute of the member that this answer says.")),
    confidence: optional(quantity("percent", "How sure the attribute is on the day of the answer; 90% unless given.")),
  },
  { ...closed, description: "An answer." },
);

const questions = Type.Object(
  {
    style: choice(
      ["quiz", "poll"],
      "A quiz is answered once and has right answers; a poll's answers can be changed until it closes.",
    ),
    questions: section(
      Type.Object(
        {
          text: name("The question."),
          choose: optional(choice(["one", "several"], "How many answers may be given; `one` unless given.")),
          answers: section(option, "Answers to choose from."),
        },
        { ...closed, description: "A question." },
      ),
      "Questions, shown in this order.",
    ),
    pass: optional(whole(1, 100, "Of a quiz: so many questions must be right for the reward; all unless given.")),
    consent: optional(
      Type.Object(
        {
          version: Type.String({
            minLength: 1,
            maxLength: 64,
            expected: "a text",
            description: "Of the wording; stored with each consent.",
          }),
          text: name("What the member agrees to: answers become attributes of theirs."),
        },
        {
          ...closed,
          description: "Needed when answers say attributes. Without the member's consent an answer says nothing.",
        },
      ),
    ),
    halfLife: optional(quantity("duration", "Days after which an attribute is half as sure; 365 days unless given.")),
  },
  { ...closed, description: "A quiz or a poll." },
);

export const gameSchema = Type.Object(
  {
    partner: id("Whose game it is."),
    name: name("Name that members see."),
    text: optional(name("What to do, in a sentence.")),
    from: quantity("day", "First day, in the programme's time zone; not before the game is approved."),
    until: quantity("day", "Last day, inclusive."),
    leaderboard: optional(leaderboard),
    achievement: optional(achievement),
    draw: optional(draw),
    questions: optional(questions),
    reward: optional(reward),
    expiry: optional(
      quantity("duration", "Last day of prize points of leaderboards and draws; as the programme says unless given."),
    ),
    funders: optional(
      Type.Record(Type.String({ pattern: schemaParts.ID_PATTERN }), whole(1, 10_000, "Parts of the cost."), {
        additionalProperties: false,
        minProperties: 1,
        expected: "partners with their parts of the cost",
        keyExpected: schemaParts.ID_EXPECTED,
        description: "Who pays the points, in parts. Needed where points can be won.",
      }),
    ),
    budget: optional(
      quantity("points", "Most points that the reward may give to everybody together. Needed with a reward in points."),
    ),
  },
  { ...closed, description: "A game: exactly one of leaderboard, achievement, draw, questions." },
);

export const gameFileSchema = Type.Object(
  {
    format: Type.Literal(1, { expected: "1", description: "Version of this format." }),
    games: section(gameSchema, "Games."),
  },
  { ...closed, title: "Dolka games", description: "Games of one or several partners." },
);

/** A game as its author wrote it, quantities in one spelling. */
export type GameDocument = Static<typeof gameSchema>;
export type GameFile = Static<typeof gameFileSchema>;
export type LeaderboardDocument = NonNullable<GameDocument["leaderboard"]>;
export type AchievementDocument = NonNullable<GameDocument["achievement"]>;
export type DrawDocument = NonNullable<GameDocument["draw"]>;
export type QuestionsDocument = NonNullable<GameDocument["questions"]>;
