import { Type } from "typebox";
import { IDENTIFIER_KINDS } from "#domains/identity/index.ts";

/** A text that PostgreSQL and people can keep: no control characters. */
const text = (maxLength: number, description: string) =>
  Type.String({ minLength: 1, maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]+$", description });

const Identifier = Type.Object(
  {
    kind: Type.Enum(IDENTIFIER_KINDS, { description: "Kind of the identifier." }),
    value: text(256, "As the partner has it; spellings of one phone, card or e-mail are one value."),
    verified: Type.Boolean({ description: "The partner has proof, such as a code that was sent to the phone." }),
  },
  { additionalProperties: false, title: "ProfileIdentifier" },
);

export const ProfileBody = Type.Object(
  {
    identifiers: Type.Array(Identifier, { minItems: 1, maxItems: 50 }),
    name: Type.Optional(text(200, "Whole, in any order of its parts, in Cyrillic or Latin; a nickname will do.")),
    birthDate: Type.Optional(Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}$", description: "YYYY-MM-DD" })),
    gender: Type.Optional(Type.Enum(["female", "male"])),
    address: Type.Optional(text(500, "In one line.")),
    attributes: Type.Optional(
      Type.Record(
        Type.String({ pattern: "^[a-z][a-zA-Z0-9-]{0,49}$" }),
        Type.Union([Type.String({ maxLength: 200 }), Type.Integer(), Type.Boolean()]),
        { additionalProperties: false, maxProperties: 50, description: "What else the partner knows." },
      ),
    ),
    consents: Type.Optional(
      Type.Object(
        {
          share: Type.Optional(
            Type.Union([Type.Literal("all"), Type.Array(Type.String({ maxLength: 64 }), { maxItems: 100 })], {
              description: "Partners that may see this profile: `all`, or a list. None unless said.",
            }),
          ),
        },
        { additionalProperties: false, title: "Consents" },
      ),
    ),
    at: Type.String({ format: "date-time", maxLength: 40, description: "When the partner knew it." }),
  },
  { additionalProperties: false, title: "Profile" },
);

export const ProfileParams = Type.Object({
  partner: Type.String({ maxLength: 64 }),
  externalId: Type.String({ minLength: 1, maxLength: 128, description: "The partner's own id of the person." }),
});

export const WeightSchema = Type.Object(
  { label: Type.String({ description: "The field and how it compares." }), bits: Type.Number() },
  { title: "WeightStep" },
);

export const WhySchema = Type.Object(
  {
    code: Type.String({
      description:
        "`same-profile`, `shares-verified`, `nobody-known`, `blocked-value`, `too-many`, `too-many-merges`, `kept-apart`, `born-on-another-day`, `merged`, `older-than-known`, `linked`.",
    }),
    kind: Type.Optional(Type.String({ description: "Kind of the identifier concerned." })),
    most: Type.Optional(Type.Integer({ description: "The limit that was met." })),
    member: Type.Optional(Type.String({ description: "`mem_…`; told to the operator only." })),
    other: Type.Optional(Type.String()),
    into: Type.Optional(Type.String()),
    moved: Type.Optional(Type.Boolean()),
    note: Type.Optional(Type.String()),
    run: Type.Optional(Type.String({ description: "Of `linked`: the linkage of all profiles that found it." })),
    probability: Type.Optional(Type.Number()),
    bits: Type.Optional(Type.Number()),
    steps: Type.Optional(Type.Array(WeightSchema)),
  },
  { title: "Why" },
);

const DECISION = Type.Enum(["new", "attached", "merged", "for-review"]);

export const ProfileAnswer = Type.Object(
  {
    member: Type.String({ description: "`mem_…` of who answers for the person." }),
    decision: DECISION,
    why: Type.Array(WhySchema),
  },
  { title: "ProfileDecision" },
);

const Personal = Type.Object(
  {
    externalId: Type.Optional(Type.String()),
    identifiers: Type.Optional(Type.Array(Identifier)),
    name: Type.Optional(Type.String()),
    birthDate: Type.Optional(Type.String()),
    gender: Type.Optional(Type.String()),
    address: Type.Optional(Type.String()),
    attributes: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { title: "Personal" },
);

export const ProfileViewSchema = Type.Object(
  {
    partner: Type.String(),
    personal: Type.Optional(Personal),
    decision: DECISION,
    why: Type.Array(WhySchema),
    at: Type.String({ format: "date-time" }),
  },
  { title: "ProfileView" },
);

const Told = Type.Object({
  value: Type.String(),
  partner: Type.String(),
  at: Type.String({ format: "date-time" }),
  verified: Type.Optional(Type.Boolean()),
});

const GoldenSchema = Type.Object(
  {
    value: Type.String(),
    partner: Type.String({ description: "Whose profile won." }),
    at: Type.String({ format: "date-time" }),
    verified: Type.Optional(Type.Boolean()),
    strategy: Type.String({ description: "`trust`, `newest`, `longest` or `most-frequent`." }),
    losing: Type.Array(Told, { description: "What the others say." }),
  },
  { title: "Golden" },
);

export const MemberSchema = Type.Object(
  {
    member: Type.String({ description: "`mem_…`; of the survivor when the one asked for was merged." }),
    createdAt: Type.String({ format: "date-time" }),
    golden: Type.Record(Type.String(), GoldenSchema),
    profiles: Type.Array(ProfileViewSchema),
    hiddenProfiles: Type.Integer({ description: "Profiles that you may not see." }),
  },
  { title: "Member" },
);

export const StepSchema = Type.Object(
  {
    at: Type.String({ format: "date-time" }),
    what: Type.Enum(["profile", "merge", "unmerge"]),
    partner: Type.Optional(Type.String()),
    decision: Type.Optional(DECISION),
    member: Type.Optional(Type.String()),
    into: Type.Optional(Type.String()),
    by: Type.Optional(Type.String()),
    why: Type.Array(WhySchema),
  },
  { title: "MemberStep" },
);

export const MemberParams = Type.Object({ memberId: Type.String({ description: "`mem_…`" }) });
export const NoteBody = Type.Object({ note: text(500, "Why, in your own words.") }, { additionalProperties: false });

export const PROFILE_EXAMPLE = {
  identifiers: [
    { kind: "phone", value: "+7 900 000-00-01", verified: true },
    { kind: "card", value: "2200 0000 0000 0001", verified: true },
  ],
  name: "Иванова Анна Петровна",
  birthDate: "1985-02-07",
  consents: { share: ["kalitka"] },
  at: "2026-03-04T12:00:00+03:00",
} as const;
