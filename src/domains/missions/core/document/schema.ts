import { type Static, Type } from "typebox";
import { schemaParts } from "#domains/program/index.ts";

const { choice, closed, id, name, oneOrMany, quantity, section, whole } = schemaParts;
const optional = Type.Optional;

const scalar = Type.Union([Type.String({ maxLength: 256 }), Type.Integer(), Type.Boolean()], {
  expected: "a text, a whole number, true or false",
});

const where = Type.Record(Type.String({ pattern: "^[a-z][A-Za-z0-9]{0,63}$" }), scalar, {
  additionalProperties: false,
  expected: "fields of the event's data, each with its value",
  keyExpected: "a field of the event's data",
  description: "The event's data must have these values.",
});

const purchase = Type.Object(
  {
    at: optional(oneOrMany(id("A partner."), "Receipts of these partners; of any unless given.")),
    category: optional(oneOrMany(id("A category."), "Only lines of these categories, and of those below them.")),
    exceptCategory: optional(oneOrMany(id("A category."), "No lines of these categories, nor of those below them.")),
    atLeast: optional(quantity("money", "The lines that fit cost this much or more.")),
  },
  { ...closed, description: "A receipt, and which of its lines count." },
);

const step = {
  event: optional(id("Type of an event, such as `card-issued`.")),
  of: optional(id("Whose event; the mission's partner unless given.")),
  where: optional(where),
  purchase: optional(purchase),
  times: optional(quantity("times", "How often; once unless given.")),
  spend: optional(quantity("money", "Sum of the lines that fit.")),
};

/** Shared with games: an achievement is reached as a mission is. */
export const goal = Type.Object(
  {
    ...step,
    everyWeek: optional(quantity("times", "In this many weeks in a row, at least once each.")),
    everyMonth: optional(quantity("times", "In this many months in a row, at least once each.")),
    everyDay: optional(quantity("times", "On this many days in a row, at least once each.")),
    steps: optional(section(Type.Object(step, { ...closed, description: "One step." }), "All of these, in any order.")),
    within: optional(quantity("duration", "All of it within so many days.")),
  },
  { ...closed, description: "What the member does: an event, a receipt, so many of them, a sum, a streak, or steps." },
);

const audience = Type.Object(
  {
    segment: optional(oneOrMany(id("A segment."), "In one of these segments at the time of the deed.")),
    level: optional(oneOrMany(id("A level."), "On one of these levels at the time of the deed.")),
    newTo: optional(id("New to this partner: no receipt and no event of it before the mission began.")),
  },
  { ...closed, description: "Who may take part; everybody unless given. All that is given must hold." },
);

const caps = Type.Object(
  {
    receipt: optional(quantity("points", "Most points by the boost per receipt.")),
    day: optional(quantity("points", "Most points by the boost per day.")),
    month: optional(quantity("points", "Most points by the boost per month.")),
    total: optional(quantity("points", "Most points by the boost in all.")),
  },
  { ...closed, description: "Limits of a boost, per member." },
);

const reward = Type.Object(
  {
    percent: optional(quantity("percent", "A boost of so much, on top of everything else. May pass 100%.")),
    at: optional(oneOrMany(id("A partner."), "Where the boost holds.")),
    category: optional(oneOrMany(id("A category."), "On which categories.")),
    exceptCategory: optional(oneOrMany(id("A category."), "On which categories not.")),
    caps: optional(caps),
    boost: optional(id("A boost of the programme, whose rules stand there.")),
    lasts: optional(quantity("duration", "How long the boost holds: days or months.")),
    points: optional(quantity("points", "A fixed award instead of a boost.")),
    expiry: optional(quantity("duration", "Last day of the points earned; as the programme says unless given.")),
  },
  { ...closed, description: "What it brings: `percent`, `boost` or `points`." },
);

export const missionSchema = Type.Object(
  {
    partner: id("Whose mission it is."),
    name: name("Name that members see."),
    text: optional(name("What to do, in a sentence.")),
    ladder: optional(id("The ladder that it is a rung of; the percentages of rungs add up.")),
    rung: optional(whole(1, 100, "Place in the ladder, from below.")),
    from: quantity("day", "First day, in the programme's time zone; not before the mission is approved."),
    until: quantity("day", "Last day, inclusive."),
    audience: optional(audience),
    after: optional(oneOrMany(id("A mission."), "Missions to be done first.")),
    goal,
    reward,
    funders: Type.Record(Type.String({ pattern: schemaParts.ID_PATTERN }), whole(1, 10_000, "Parts of the cost."), {
      additionalProperties: false,
      minProperties: 1,
      expected: "partners with their parts of the cost",
      keyExpected: schemaParts.ID_EXPECTED,
      description: "Who pays the points, in parts; the operator may be among them.",
    }),
    fee: optional(quantity("money", "What the mission's partner pays the operator for each member who does it.")),
    budget: optional(quantity("points", "Most points that the mission may give to everybody together.")),
    onReturn: optional(
      choice(
        ["keep", "take-back"],
        "A return below the goal: what was won stays, or is taken back. As the programme's policy `boostReturn` unless given.",
      ),
    ),
    visibility: optional(choice(["all", "audience", "hidden"], "Who sees it while it is live; `all` unless given.")),
  },
  { ...closed, description: "A mission." },
);

export const missionFileSchema = Type.Object(
  {
    format: Type.Literal(1, { expected: "1", description: "Version of this format." }),
    missions: section(missionSchema, "Missions."),
  },
  { ...closed, title: "Dolka missions", description: "Missions of one or several partners." },
);

/** A mission as its author wrote it, quantities in one spelling. */
export type MissionDocument = Static<typeof missionSchema>;
export type MissionFile = Static<typeof missionFileSchema>;
