import { Type } from "typebox";

const Text = Type.Union([
  Type.String(),
  Type.Object({ ru: Type.String(), en: Type.String() }, { additionalProperties: false }),
]);
const Instant = Type.String({ format: "date-time" });
const Range = Type.Object(
  { low: Type.Integer(), expected: Type.Integer(), high: Type.Integer() },
  { title: "ForecastRange" },
);

const Assumption = Type.Object(
  {
    low: Type.Integer(),
    expected: Type.Integer(),
    high: Type.Integer(),
    unit: Type.Enum(["members", "bp"]),
    source: Type.Enum(["measured", "learnt", "prior", "stated"], {
      description:
        "`measured` of members' events and receipts, `learnt` of finished missions, `prior`: nothing is known yet, `stated` by its author.",
    }),
    text: Type.Object({ ru: Type.String(), en: Type.String() }, { description: "It and its source in a sentence." }),
  },
  { title: "ForecastAssumption" },
);

const ASSUMPTIONS = {
  audience: "Members whom the mission is open to.",
  ready: "Of these, who will have done the missions that come before it. Basis points.",
  natural: "Would do it in its days without the mission. Basis points of the audience.",
  won: "Of the others, who do it because of the mission. Basis points.",
  spend: "What doers earn by the boost, of what their past receipts replayed with it give. Basis points.",
} as const;

/** What a marketer states in place of what is measured, learnt or taken as likely. */
export const StatedSchema = Type.Object(
  {
    audience: Type.Optional(stated(ASSUMPTIONS.audience, 1_000_000_000)),
    ready: Type.Optional(stated(ASSUMPTIONS.ready, 10_000)),
    natural: Type.Optional(stated(ASSUMPTIONS.natural, 10_000)),
    won: Type.Optional(stated(ASSUMPTIONS.won, 10_000)),
    spend: Type.Optional(stated(ASSUMPTIONS.spend, 1_000_000)),
  },
  {
    additionalProperties: false,
    title: "StatedAssumptions",
    description:
      "In place of what is measured, learnt or taken as likely. `low` to `high` holds the value in 80 % of cases.",
  },
);

function stated(description: string, maximum: number) {
  const value = () => Type.Integer({ minimum: 0, maximum });
  return Type.Object({ low: value(), expected: value(), high: value() }, { additionalProperties: false, description });
}

export const ForecastSchema = Type.Object(
  {
    madeAt: Instant,
    isCurrent: Type.Boolean({ description: "Whether it is of the revision that the mission has now." }),
    coverageBp: Type.Integer({ description: "In so many cases a value lies between `low` and `high`." }),
    assumptions: Type.Object(
      {
        audience: Type.Optional(Assumption),
        ready: Type.Optional(Assumption),
        natural: Type.Optional(Assumption),
        won: Type.Optional(Assumption),
        spend: Type.Optional(Assumption),
      },
      {
        description: Object.entries(ASSUMPTIONS)
          .map(([key, what]) => `\`${key}\`: ${what}`)
          .join(" "),
      },
    ),
    measured: Type.Object(
      {
        members: Type.Integer(),
        sampledMembers: Type.Integer(),
        sampledDays: Type.Integer(),
        natural: Type.Object({ hits: Type.Integer(), members: Type.Integer(), days: Type.Integer() }),
        finishedMissions: Type.Integer({ description: "That were learnt from." }),
        replayedMembers: Type.Integer(),
        replayedReceipts: Type.Integer(),
        perMemberCents: Type.Integer({ description: "What the reward gives a member of the audience by the replay." }),
        valueKopecks: Type.Integer(),
      },
      { description: "What was looked at." },
    ),
    participants: Range,
    completions: Range,
    wonCompletions: Range,
    pointsCents: Range,
    byFunder: Type.Record(Type.String(), Range),
    byPartner: Type.Record(Type.String(), Range, { description: "By the partner whose receipts earn the points." }),
    feeKopecks: Range,
    operatorResultKopecks: Range,
    exceedsBudget: Type.Boolean({ description: "Whether what is expected without the budget is above it." }),
    budgetChanceBp: Type.Integer({ description: "How likely the budget runs out." }),
  },
  { title: "MissionForecast" },
);

export const MissionAnswerSchema = Type.Object(
  {
    id: Type.String(),
    partner: Type.String(),
    state: Type.Enum(["draft", "live", "paused", "ended"]),
    revision: Type.Integer(),
    editedBy: Type.String(),
    editedAt: Instant,
    document: Type.Object(
      {},
      { additionalProperties: true, description: "As in a file of missions (docs/missions.md)." },
    ),
    forecast: Type.Optional(ForecastSchema),
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
  { title: "Mission" },
);

export const LaddersSchema = Type.Object(
  {
    member: Type.String(),
    asOf: Instant,
    ladders: Type.Array(
      Type.Object(
        {
          ladder: Type.Optional(Type.String({ description: "Absent for missions that are rungs of none." })),
          nowBp: Type.Integer({ description: "What its rungs add now, basis points. May pass 10,000." }),
          possibleBp: Type.Integer({ description: "What they could add, with those that are still open or ahead." }),
          rungs: Type.Array(
            Type.Object(
              {
                mission: Type.String(),
                partner: Type.String(),
                name: Text,
                text: Type.Optional(Text),
                rung: Type.Optional(Type.Integer()),
                state: Type.Enum(["done", "open", "closed"]),
                steps: Type.Array(
                  Type.Object({
                    id: Type.String(),
                    value: Type.Integer(),
                    target: Type.Integer(),
                    unit: Type.Enum(["times", "kopecks", "days", "weeks", "months"]),
                  }),
                ),
                addsBp: Type.Optional(Type.Integer({ description: "Of a boost." })),
                addsCents: Type.Optional(Type.Integer({ description: "Of a fixed award." })),
                doneAt: Type.Optional(Instant),
                holds: Type.Boolean({ description: "Whether its boost holds now." }),
                until: Type.Optional(Instant),
                closed: Type.Optional(
                  Type.Object({
                    code: Type.Enum([
                      "not-begun",
                      "over",
                      "paused",
                      "prerequisite",
                      "audience",
                      "not-new",
                      "budget-exhausted",
                    ]),
                    at: Type.Optional(Instant),
                    missions: Type.Optional(Type.Array(Type.String())),
                    partner: Type.Optional(Type.String()),
                  }),
                ),
              },
              { title: "Rung" },
            ),
          ),
        },
        { title: "Ladder" },
      ),
    ),
  },
  { title: "Ladders" },
);

export const CompletionSchema = Type.Object(
  {
    member: Type.String(),
    kind: Type.Enum(["given", "moved", "taken-back", "credited", "charged"]),
    operation: Type.String({ description: "The operation that gave or took the reward." }),
    pointsCents: Type.Integer(),
    doneAt: Type.Optional(Instant),
    event: Type.Optional(
      Type.Object({ partner: Type.String(), id: Type.String() }, { description: "The event that reached the goal." }),
    ),
    receiptOperation: Type.Optional(Type.String({ description: "Or the receipt's operation." })),
    feeKopecks: Type.Integer(),
    feePartner: Type.Optional(Type.String()),
    accountingDay: Type.String({ format: "date" }),
  },
  { title: "MissionCompletion" },
);

export const DOCUMENT_EXAMPLE = {
  partner: "kubyshka",
  name: { ru: "Карта «Кубышки»", en: "Kubyshka card" },
  ladder: "groceries",
  rung: 1,
  from: "2026-03-01",
  until: "2026-12-31",
  goal: { event: "card-issued" },
  reward: { percent: "7%", at: ["kalitka", "samobranka"], category: "groceries", lasts: "6 months" },
  funders: { kubyshka: 4, "dolka-operator": 1 },
  fee: "1500 RUB",
};

export const MISSION_EXAMPLE = {
  id: "card",
  partner: "kubyshka",
  state: "draft" as const,
  revision: 1,
  editedBy: "key_4f6w",
  editedAt: "2026-02-20T10:00:00.000Z",
  document: DOCUMENT_EXAMPLE,
};

const range = (low: number, expected: number, high: number) => ({ low, expected, high });

export const FORECAST_EXAMPLE = {
  ...{ madeAt: "2026-02-20T10:05:00.000Z", isCurrent: true, coverageBp: 8_000 },
  assumptions: {
    audience: {
      ...{ ...range(1_010, 1_034, 1_059), unit: "members" as const, source: "measured" as const },
      text: {
        ru: "Участников, которым задание открыто: 1034 (1010 – 1059); 602 из 1000 просмотренных участников.",
        en: "Members whom the mission is open to: 1034 (1010 to 1059); 602 of 1000 members looked at.",
      },
    },
    won: {
      ...{ ...range(50, 150, 300), unit: "bp" as const, source: "stated" as const },
      text: {
        ru: "Из остальных сделают благодаря заданию: 1,5 % (0,5 – 3 %); указал автор.",
        en: "Of the others, do it because of the mission: 1.5 % (0.5 % to 3 %); stated by its author.",
      },
    },
  },
  measured: {
    ...{ members: 1_719, sampledMembers: 1_000, sampledDays: 84, natural: { hits: 4, members: 610, days: 84 } },
    ...{
      finishedMissions: 0,
      replayedMembers: 602,
      replayedReceipts: 38_114,
      perMemberCents: 61_200,
      valueKopecks: 61_200,
    },
  },
  ...{ participants: range(19, 36, 56), completions: range(19, 36, 56), wonCompletions: range(5, 15, 27) },
  pointsCents: range(1_102_000, 2_340_000, 3_899_000),
  byFunder: { "dolka-operator": range(220_400, 468_000, 779_800), kubyshka: range(881_600, 1_872_000, 3_119_200) },
  byPartner: { kalitka: range(700_000, 1_486_000, 2_476_000), samobranka: range(402_000, 854_000, 1_423_000) },
  ...{
    feeKopecks: range(2_850_000, 5_400_000, 8_400_000),
    operatorResultKopecks: range(2_500_000, 4_932_000, 7_700_000),
  },
  ...{ exceedsBudget: false, budgetChanceBp: 0 },
};

export const LADDERS_EXAMPLE = {
  member: "mem_000000000z8",
  asOf: "2026-03-10T10:00:00.000Z",
  ladders: [
    {
      ladder: "groceries",
      nowBp: 700,
      possibleBp: 1_200,
      rungs: [
        {
          mission: "card",
          partner: "kubyshka",
          name: { ru: "Карта «Кубышки»", en: "Kubyshka card" },
          rung: 1,
          state: "done" as const,
          steps: [{ id: "goal", value: 1, target: 1, unit: "times" as const }],
          addsBp: 700,
          doneAt: "2026-03-05T09:30:00.000Z",
          holds: true,
          until: "2026-09-05T21:00:00.000Z",
        },
        {
          mission: "number",
          partner: "perezvon",
          name: { ru: "Номер в «Перезвоне»", en: "Number with Perezvon" },
          rung: 2,
          state: "open" as const,
          steps: [{ id: "goal", value: 0, target: 1, unit: "times" as const }],
          addsBp: 500,
          holds: false,
        },
      ],
    },
  ],
};
