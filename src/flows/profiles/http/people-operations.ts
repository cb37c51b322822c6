import { Type } from "typebox";
import { operation } from "#platform/http/operation.ts";
import { MemberParams, MemberSchema, NoteBody, StepSchema, WeightSchema } from "./schemas.ts";

const MEMBER = "mem_0000000019j";
const OTHER = "mem_0000000019k";
const AT = "2026-03-04T09:00:00.000Z";
const Pair = Type.Object({ survivor: Type.String(), merged: Type.String() }, { title: "MergedPair" });
const ReviewSchema = Type.Object(
  {
    review: Type.String({ description: "`rev_…`" }),
    members: Type.Array(Type.String(), { minItems: 2, maxItems: 2 }),
    reason: Type.String(),
    openedAt: Type.String({ format: "date-time" }),
    evidence: Type.Optional(
      Type.Object(
        {
          run: Type.Optional(Type.String({ description: "The linkage that found it." })),
          probability: Type.Number(),
          bits: Type.Number({ description: "log2 of the odds that the two are one person." }),
          steps: Type.Array(WeightSchema, { description: "They add up to `bits`." }),
        },
        { title: "LinkEvidence", description: "Of a linkage: how likely, and what each field says; never a value." },
      ),
    ),
  },
  { title: "Review" },
);

export const peopleOperations = {
  getMember: operation({
    operationId: "getMember",
    tag: "Members",
    summary: "Read who a member is: the golden record and the profiles behind it",
    description:
      "A partner sees its own profiles and those whose person consents; the operator's people see all; analysts see no values.",
    params: MemberParams,
    status: 200,
    answer: MemberSchema,
    problems: ["unknown-member"],
    example: { answer: { member: MEMBER, createdAt: AT, golden: {}, profiles: [], hiddenProfiles: 1 } },
  }),
  explainMember: operation({
    operationId: "explainMember",
    tag: "Members",
    summary: "Explain how a member came together, step by step",
    params: MemberParams,
    status: 200,
    answer: Type.Object({ member: Type.String(), steps: Type.Array(StepSchema) }, { title: "MemberExplanation" }),
    problems: ["unknown-member"],
    example: {
      answer: {
        member: MEMBER,
        steps: [{ at: AT, what: "merge", member: OTHER, into: MEMBER, by: "profile of kalitka", why: [] }],
      },
    },
  }),
  getHousehold: operation({
    operationId: "getHousehold",
    tag: "Members",
    summary: "List who may share a household with a member",
    description: "Who shares an address, a surname at an address, or an unproven phone: a relation, never a merge.",
    params: MemberParams,
    status: 200,
    answer: Type.Object(
      {
        member: Type.String(),
        with: Type.Array(Type.Object({ member: Type.String(), shares: Type.Array(Type.String()) })),
      },
      { title: "Household" },
    ),
    problems: ["unknown-member"],
    example: { answer: { member: MEMBER, with: [{ member: OTHER, shares: ["family-address"] }] } },
  }),
  listAttributes: operation({
    operationId: "listAttributes",
    tag: "Members",
    summary: "List what receipts suggest of a member and what he said himself, with evidence and confidence",
    description:
      "By the coalition's own rules (identity.yaml), and by answers to polls whose consent holds. Confidence fades when the evidence stops.",
    params: MemberParams,
    status: 200,
    answer: Type.Object(
      {
        member: Type.String(),
        items: Type.Array(
          Type.Object(
            {
              key: Type.String(),
              confidenceBp: Type.Integer({ description: "Basis points." }),
              evidence: Type.Object({
                receipts: Type.Integer(),
                firstAt: Type.Optional(Type.String({ format: "date-time" })),
                lastAt: Type.Optional(Type.String({ format: "date-time" })),
                answers: Type.Optional(
                  Type.Array(
                    Type.Object({
                      game: Type.String(),
                      question: Type.String(),
                      statedAt: Type.String({ format: "date-time" }),
                      consentVersion: Type.String(),
                    }),
                    { description: "Own answers, with the consent under which they were given." },
                  ),
                ),
              }),
            },
            { title: "InferredAttribute" },
          ),
        ),
      },
      { title: "InferredAttributes" },
    ),
    problems: ["unknown-member"],
    example: {
      answer: {
        member: MEMBER,
        items: [{ key: "has-a-cat", confidenceBp: 8_000, evidence: { receipts: 3, firstAt: AT, lastAt: AT } }],
      },
    },
  }),
  mergeMembers: operation({
    operationId: "mergeMembers",
    tag: "Members",
    summary: "Merge two members that are one person",
    params: MemberParams,
    body: Type.Object(
      { with: Type.String({ maxLength: 40 }), ...NoteBody.properties },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Pair,
    problems: ["unknown-member", "same-member"],
    example: { body: { with: OTHER, note: "met in the shop" }, answer: { survivor: MEMBER, merged: OTHER } },
  }),
  unmergeMember: operation({
    operationId: "unmergeMember",
    tag: "Members",
    summary: "Take a merged member apart again, and remember that the two are not one",
    params: MemberParams,
    body: NoteBody,
    status: 200,
    answer: Pair,
    problems: ["unknown-member", "not-merged", "survivor-merged", "hold-across"],
    example: { body: { note: "mother and daughter" }, answer: { survivor: MEMBER, merged: OTHER } },
  }),
  eraseMember: operation({
    operationId: "eraseMember",
    tag: "Members",
    summary: "Erase a person: destroys everything personal, ends the wallet, keeps the ledger",
    params: MemberParams,
    status: 200,
    answer: Type.Object({ member: Type.String(), state: Type.Literal("erased") }, { title: "ErasedMember" }),
    problems: ["unknown-member"],
    example: { answer: { member: MEMBER, state: "erased" } },
  }),
  listReviews: operation({
    operationId: "listReviews",
    tag: "Members",
    summary: "List pairs of members that wait for a person to decide, oldest first",
    querystring: Type.Object(
      {
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        cursor: Type.Optional(Type.String({ maxLength: 200, pattern: "^[A-Za-z0-9_-]+$" })),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object(
      { items: Type.Array(ReviewSchema), next: Type.Optional(Type.String()) },
      { title: "ReviewPage" },
    ),
    problems: [],
    example: {
      answer: {
        items: [
          { review: "rev_0000000019j0000000019k", members: [MEMBER, OTHER], reason: "phone-of-another", openedAt: AT },
        ],
      },
    },
  }),
  decideReview: operation({
    operationId: "decideReview",
    tag: "Members",
    summary: "Decide a pair: one person, or kept apart for good",
    params: Type.Object({ reviewId: Type.String({ description: "`rev_…`" }) }),
    body: Type.Object(
      { decision: Type.Enum(["merge", "keep-apart"]), ...NoteBody.properties },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object({ review: Type.String(), state: Type.Enum(["merged", "apart"]) }, { title: "DecidedReview" }),
    problems: ["unknown-review", "review-decided", "unknown-member", "same-member"],
    example: {
      body: { decision: "keep-apart", note: "father and son" },
      answer: { review: "rev_0000000019j0000000019k", state: "apart" },
    },
  }),
};
