import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { type Profile, type ProfileFault, profileFaults, type Why } from "#domains/identity/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { formatInstant, parseInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { badTime } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { FieldFault } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import type { Profiles } from "../index.ts";
import { PROFILE_EXAMPLE, ProfileAnswer, ProfileBody, ProfileParams, ProfileViewSchema } from "./schemas.ts";

export type ProfileRouteDeps = {
  readonly problems: ProblemRegistry;
  readonly profiles: () => Profiles;
  readonly isPartner: (partner: string) => boolean;
};

export const profileOperations = {
  putProfile: operation({
    operationId: "putProfile",
    tag: "Profiles",
    summary: "Tell what a partner knows of a person, and learn which member that is",
    description:
      "Replaces what was told of the same `externalId`. Verified identifiers decide at once; what is not verified never does. 201 for a profile not told before.",
    params: ProfileParams,
    body: ProfileBody,
    status: 200,
    answer: ProfileAnswer,
    problems: ["unknown-partner", "overloaded"],
    example: {
      body: PROFILE_EXAMPLE,
      answer: {
        member: "mem_0000000019j",
        decision: "attached",
        why: [{ code: "shares-verified", kind: "phone" }],
      },
    },
  }),
  getProfile: operation({
    operationId: "getProfile",
    tag: "Profiles",
    summary: "Read what a partner told of a person",
    params: ProfileParams,
    status: 200,
    answer: Type.Intersect([Type.Object({ member: Type.String() }), ProfileViewSchema]),
    problems: ["unknown-profile"],
    example: {
      answer: {
        member: "mem_0000000019j",
        partner: "kalitka",
        personal: { name: "Иванова Анна Петровна" },
        decision: "attached",
        why: [{ code: "shares-verified", kind: "phone" }],
        at: "2026-03-04T09:00:00.000Z",
      },
    },
  }),
};

export function profileRoutes(deps: ProfileRouteDeps): (app: App) => void {
  const { problems } = deps;
  return (app) => {
    app.put("/v1/profiles/:partner/:externalId", { schema: profileOperations.putProfile }, async (request, reply) => {
      const { partner, externalId } = request.params;
      if (!deps.isPartner(partner)) {
        const failure = { code: "unknown-partner", pointer: "/partner", value: partner };
        return void sendFailure(problems, request, reply, failure);
      }
      const profile = toProfile(partner, externalId, request.body);
      const outcome = await deps.profiles().put(profile);
      if (outcome === "overloaded") {
        return void sendFailure(problems, request, reply, { code: "overloaded", retryAfterSeconds: 1 });
      }
      const isOperator = principalOf(request).partner === undefined;
      reply.code(outcome.isNewProfile ? 201 : 200).send({
        member: memberIds.format(outcome.member),
        decision: outcome.decision,
        why: outcome.why.map((each) => showWhy(each, isOperator)),
      });
    });
    app.get("/v1/profiles/:partner/:externalId", { schema: profileOperations.getProfile }, async (request, reply) => {
      const { partner, externalId } = request.params;
      const found = await deps.profiles().get(partner, externalId);
      if (!found) return void sendFailure(problems, request, reply, { code: "unknown-profile" });
      const isOperator = principalOf(request).partner === undefined;
      const isBlind = principalOf(request).role === "analyst";
      reply.send({ member: memberIds.format(found.member), ...showProfile(found, isOperator, isBlind) });
    });
  };
}

type Body = Type.Static<typeof ProfileBody>;

/** Throws ProblemError when the body can't be what it says: a phone that is none, a day that never was. */
export function toProfile(partner: string, externalId: string, body: Body): Profile {
  const at = parseInstant(body.at);
  const faults: FieldFault[] = at === undefined ? [badTime("/at")] : [];
  const profile = { ...body, partner, externalId, at: at ?? 0 } as Profile;
  faults.push(...profileFaults(profile).map(fieldFault));
  if (faults.length > 0) throw refuseFields(faults);
  return profile;
}

const FAULTS = {
  "not-a-phone": { ru: "это не номер телефона", en: "is not a phone number" },
  "not-an-email": { ru: "это не адрес почты", en: "is not an e-mail address" },
  "not-a-date": { ru: "такого дня нет", en: "is not a day" },
  twice: { ru: "указано дважды", en: "was given twice" },
} as const;

function fieldFault({ pointer, code }: ProfileFault): FieldFault {
  return { pointer, code, message: FAULTS[code] } as FieldFault;
}

/** A why as a caller may see it: members' ids are for the operator. */
export function showWhy(why: Why | { readonly code: string }, isOperator: boolean) {
  const shown: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(why)) {
    const isMember = key === "member" || key === "other" || key === "into";
    if (!isMember) shown[key] = value;
    else if (isOperator && typeof value === "number") shown[key] = memberIds.format(value);
  }
  return shown as { code: string };
}

export function showProfile(
  view: {
    readonly partner: string;
    readonly personal: object | undefined;
    readonly decision: "new" | "attached" | "merged" | "for-review";
    readonly why: readonly Why[];
    readonly toldAt: number;
  },
  isOperator: boolean,
  isBlind = false,
) {
  return {
    partner: view.partner,
    ...(view.personal && !isBlind ? { personal: view.personal } : {}),
    decision: view.decision,
    why: view.why.map((each) => showWhy(each, isOperator)),
    at: formatInstant(view.toldAt),
  };
}
