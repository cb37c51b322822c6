import { Type } from "typebox";
import { type Principal, principalOf } from "#domains/access/http/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import type { App } from "#platform/http/app.ts";
import { operation } from "#platform/http/operation.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { IDENTIFIER_KINDS } from "../index.ts";

export type LookupDeps = {
  readonly problems: ProblemRegistry;
  /** Undefined for an identifier that nobody has, or whose member the asker may not know of. */
  readonly findMember: (principal: Principal, kind: string, value: string) => Promise<LookedUp | undefined>;
};

export type LookedUp = { readonly member: MemberId; readonly level?: string; readonly sees: readonly string[] };

const LookupSchema = Type.Object(
  {
    kind: Type.Enum(IDENTIFIER_KINDS, { description: "Kind of the identifier." }),
    value: Type.String({
      minLength: 1,
      maxLength: 256,
      pattern: "^[^\\u0000-\\u001f\\u007f]+$",
      description: "The identifier as it was read.",
    }),
  },
  { title: "MemberLookup", additionalProperties: false },
);

export const lookupOperation = operation({
  operationId: "lookupMember",
  tag: "Members",
  summary: "Find a member by a phone, card or other identifier",
  description:
    "A POST, so that a phone never stands in a URL. A partner finds the members that it knows; for others the answer is as for nobody.",
  body: LookupSchema,
  status: 200,
  answer: Type.Object(
    {
      member: Type.String({ description: "`mem_…`; the survivor's when the identifier's own member was merged." }),
      level: Type.Optional(Type.String({ description: "The highest level that holds now." })),
      sees: Type.Array(Type.String(), { description: "Partners whose profile of the member you may read." }),
    },
    { title: "FoundMember" },
  ),
  problems: ["unknown-member"],
  example: {
    body: { kind: "phone", value: "+7 900 000-00-01" },
    answer: { member: "mem_0000000019j", level: "second", sees: ["kalitka"] },
  },
});

export function lookupRoute(deps: LookupDeps): (app: App) => void {
  return (app) => {
    app.post("/v1/members/lookup", { schema: lookupOperation }, async (request, reply) => {
      const { kind, value } = request.body;
      const found = await deps.findMember(principalOf(request), kind, value);
      if (found === undefined) return void sendFailure(deps.problems, request, reply, { code: "unknown-member" });
      const { member, level, sees } = found;
      reply.send({ member: memberIds.format(member), ...(level === undefined ? {} : { level }), sees: [...sees] });
    });
  };
}
