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

export const ForecastSchema = Type.Object(
  {
    madeAt: Instant,
    isCurrent: Type.Boolean({ description: "Whether it is of the revision that the mission has now." }),
    assumptions: Type.Object({
      doing: Type.Object({ lowBp: Type.Integer(), expectedBp: Type.Integer(), highBp: Type.Integer() }),
      doingIs: Type.Enum(["measured", "stated"]),
      spendBp: Type.Integer(),
    }),
    measured: Type.Object({
      audience: Type.Integer(),
      sampledMembers: Type.Integer(),
      sampledDays: Type.Integer(),
      spendPerDayKopecks: Type.Integer(),
    }),
    doers: Range,
    pointsCents: Range,
    byFunder: Type.Record(Type.String(), Range),
    feeKopecks: Range,
    operatorResultKopecks: Range,
    exceedsBudget: Type.Boolean(),
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
