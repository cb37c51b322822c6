import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { type MemberId, memberIds, operationIds } from "#kernel/ids.ts";
import { MAX_AMOUNT } from "#kernel/money.ts";
import { formatInstant } from "#kernel/time.ts";
import { sendOutcome } from "#platform/http/answer.ts";
import type { App } from "#platform/http/app.ts";
import { operation } from "#platform/http/operation.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import {
  agree,
  endAgreement,
  type HouseholdDeps,
  readShared,
  type SharedPoints,
  type TransferBody,
  type Transferred,
  transfer,
  undo,
} from "../index.ts";

export type HouseholdRouteDeps = HouseholdDeps & { readonly problems: ProblemRegistry };

const MEMBER = "mem_0000000019j";
const OTHER = "mem_0000000019k";
const AT = "2026-03-04T09:00:00.000Z";
const MemberParams = Type.Object({ memberId: Type.String({ description: "`mem_…`" }) });
const PairParams = Type.Object({
  memberId: Type.String({ description: "`mem_…` whose points they are." }),
  takerId: Type.String({ description: "`mem_…` who may take them." }),
});
const Side = Type.Array(Type.Object({ member: Type.String(), since: Type.String({ format: "date-time" }) }));
const SharedSchema = Type.Object(
  {
    member: Type.String(),
    takers: { ...Side, description: "Who may take this member's points." },
    givers: { ...Side, description: "Whose points this member may take." },
  },
  { title: "SharedPoints" },
);
const SHARED_EXAMPLE = { member: MEMBER, takers: [{ member: OTHER, since: AT }], givers: [] };
const note = Type.String({
  minLength: 1,
  maxLength: 500,
  pattern: "^[^\\u0000-\\u001f\\u007f]+$",
  description: "Why, in your own words.",
});
const Idempotency = Type.Object({
  "idempotency-key": Type.String({
    minLength: 1,
    maxLength: 200,
    pattern: "^[\\x21-\\x7e]+$",
    description: "Names this request among the caller's own; kept for good. A repeat gets the same answer.",
  }),
});
const TransferSchema = Type.Object(
  {
    transfer: Type.String({ description: "`op_…`: the operation of the one who got them." }),
    from: Type.String({ description: "`mem_…` who gave." }),
    to: Type.String({ description: "`mem_…` who got." }),
    pointsCents: Type.Integer({ description: "Hundredths of a point." }),
    undoes: Type.Optional(Type.String({ description: "Of an undoing: the transfer that it gives back." })),
    at: Type.String({ format: "date-time" }),
  },
  { title: "Transfer" },
);
const TRANSFER_EXAMPLE = {
  transfer: "op_0000000019k0000002",
  from: MEMBER,
  to: OTHER,
  pointsCents: 500_00,
  at: AT,
};

export const householdOperations = {
  getSharedPoints: operation({
    operationId: "getSharedPoints",
    tag: "Households",
    summary: "List who may take a member's points, and whose points it may take",
    params: MemberParams,
    status: 200,
    answer: SharedSchema,
    problems: ["unknown-member"],
    example: { answer: SHARED_EXAMPLE },
  }),
  putTaker: operation({
    operationId: "putTaker",
    tag: "Households",
    summary: "Record that a member lets a person of the household take its points",
    description: "Each member agrees for itself, and only to whom it names. Told again it changes nothing.",
    params: PairParams,
    status: 200,
    answer: SharedSchema,
    problems: ["no-programme", "unknown-member", "same-member", "household-not-allowed", "household-full"],
    example: { answer: SHARED_EXAMPLE },
  }),
  deleteTaker: operation({
    operationId: "deleteTaker",
    tag: "Households",
    summary: "End one agreement; what was moved before stays where it is",
    params: PairParams,
    status: 200,
    answer: SharedSchema,
    problems: ["unknown-member"],
    example: { answer: { ...SHARED_EXAMPLE, takers: [] } },
  }),
  leaveHousehold: operation({
    operationId: "leaveHousehold",
    tag: "Households",
    summary: "Leave the household: ends all agreements of a member, both ways",
    params: MemberParams,
    status: 200,
    answer: SharedSchema,
    problems: ["unknown-member"],
    example: { answer: { ...SHARED_EXAMPLE, takers: [] } },
  }),
  createTransfer: operation({
    operationId: "createTransfer",
    tag: "Households",
    summary: "Move points from a member to a person of its household who may take them",
    description:
      "Active points in the order of consumption. Every point keeps its funder and its expiry, so settlement is not affected.",
    params: MemberParams,
    headers: Idempotency,
    body: Type.Object(
      {
        to: Type.String({ maxLength: 40, description: "`mem_…` who gets them." }),
        pointsCents: Type.Integer({ minimum: 1, maximum: MAX_AMOUNT, description: "Hundredths of a point." }),
        note,
      },
      { additionalProperties: false },
    ),
    status: 201,
    answer: TransferSchema,
    problems: [
      "no-programme",
      "unknown-member",
      "same-member",
      "household-not-allowed",
      "no-agreement",
      "household-limit",
      "insufficient-points",
      "member-in-arrears",
      "too-many-lots",
      "idempotency-conflict",
    ],
    isRepeatable: true,
    example: { body: { to: OTHER, pointsCents: 500_00, note: "asked by phone" }, answer: TRANSFER_EXAMPLE },
  }),
  undoTransfer: operation({
    operationId: "undoTransfer",
    tag: "Households",
    summary: "Undo a transfer: what is left of it goes back",
    description: "What was spent of it stays spent, what has expired stays expired.",
    params: Type.Object({ transferId: Type.String({ description: "`op_…` of the transfer's answer." }) }),
    headers: Idempotency,
    body: Type.Object({ note }, { additionalProperties: false }),
    status: 201,
    answer: TransferSchema,
    problems: ["no-programme", "unknown-transfer", "unknown-member", "nothing-left", "idempotency-conflict"],
    isRepeatable: true,
    example: { body: { note: "a mistake" }, answer: { ...TRANSFER_EXAMPLE, undoes: "op_0000000019k0000001" } },
  }),
};

export function householdRoutes(deps: HouseholdRouteDeps): (app: App) => void {
  const { problems, programmes } = deps;
  const refuse = (request: FastifyRequest, reply: FastifyReply, code: string): void =>
    void sendFailure(problems, request, reply, { code });
  return (app) => {
    const path = "/v1/members/:memberId/household";
    app.get(`${path}/takers`, { schema: householdOperations.getSharedPoints }, async (request, reply) => {
      const member = memberIds.parse(request.params.memberId);
      const shared = member === undefined ? undefined : await readShared(deps, member);
      return shared ? void reply.send(showShared(shared)) : refuse(request, reply, "unknown-member");
    });
    app.put(`${path}/takers/:takerId`, { schema: householdOperations.putTaker }, async (request, reply) => {
      const pair = pairOf(request.params);
      if (!programmes.latest) return refuse(request, reply, "no-programme");
      if (!pair) return refuse(request, reply, "unknown-member");
      const agreed = await agree(deps, ...pair, principalOf(request).keyId);
      if (!agreed.ok) return void sendFailure(problems, request, reply, agreed.failure);
      reply.send(showShared(agreed.value));
    });
    const end = async (request: FastifyRequest, reply: FastifyReply, member?: MemberId, other?: MemberId) => {
      if (member === undefined) return refuse(request, reply, "unknown-member");
      const ended = await endAgreement(deps, member, other, principalOf(request).keyId);
      if (!ended.ok) return void sendFailure(problems, request, reply, ended.failure);
      reply.send(showShared(ended.value));
    };
    app.delete(`${path}/takers/:takerId`, { schema: householdOperations.deleteTaker }, (request, reply) =>
      end(request, reply, ...(pairOf(request.params) ?? [])),
    );
    app.post(`${path}/leave`, { schema: householdOperations.leaveHousehold }, (request, reply) =>
      end(request, reply, memberIds.parse(request.params.memberId)),
    );
    transferRoutes(deps, app);
  };
}

function transferRoutes(deps: HouseholdRouteDeps, app: App): void {
  const { problems, programmes } = deps;
  const refuse = (request: FastifyRequest, reply: FastifyReply, code: string): void =>
    void sendFailure(problems, request, reply, { code });
  app.post(
    "/v1/members/:memberId/transfers",
    { schema: householdOperations.createTransfer },
    async (request, reply) => {
      const [from, to] = [memberIds.parse(request.params.memberId), memberIds.parse(request.body.to)];
      if (!programmes.latest) return refuse(request, reply, "no-programme");
      if (from === undefined || to === undefined) return refuse(request, reply, "unknown-member");
      const asked = { by: principalOf(request).keyId, idempotencyKey: request.headers["idempotency-key"] };
      const { pointsCents, note: why } = request.body;
      const moved = await transfer(deps, { ...asked, from, to, pointsCents, note: why });
      sendOutcome(problems, request, reply, 201, moved.ok ? { ok: true, value: shown(moved.value) } : moved);
    },
  );
  app.post("/v1/transfers/:transferId/undo", { schema: householdOperations.undoTransfer }, async (request, reply) => {
    const id = operationIds.parse(request.params.transferId);
    if (!programmes.latest) return refuse(request, reply, "no-programme");
    if (id === undefined) return refuse(request, reply, "unknown-transfer");
    const asked = { by: principalOf(request).keyId, idempotencyKey: request.headers["idempotency-key"] };
    const back = await undo(deps, { ...asked, transfer: id, note: request.body.note });
    sendOutcome(problems, request, reply, 201, back.ok ? { ok: true, value: shown(back.value) } : back);
  });
}

function pairOf(params: { readonly memberId: string; readonly takerId: string }): [MemberId, MemberId] | undefined {
  const [giver, taker] = [memberIds.parse(params.memberId), memberIds.parse(params.takerId)];
  return giver === undefined || taker === undefined ? undefined : [giver, taker];
}

function showShared({ member, takers, givers }: SharedPoints) {
  const side = (list: SharedPoints["takers"]) =>
    list.map((each) => ({ member: memberIds.format(each.member), since: formatInstant(each.since) }));
  return { member: memberIds.format(member), takers: side(takers), givers: side(givers) };
}

/** From the stored operation, the first time as every time; an undoing is told as points that went back. */
function shown({ replayed, operation: stored }: Transferred) {
  const { giver, taker, cents, undoes } = stored.body as TransferBody;
  const [from, to] = undoes ? [taker, giver] : [giver, taker];
  const body = {
    transfer: operationIds.format(stored),
    from: memberIds.format(from.member),
    to: memberIds.format(to.member),
    pointsCents: cents,
    ...(undoes ? { undoes: operationIds.format({ member: taker.member, seq: undoes.takerSeq }) } : {}),
    at: formatInstant(stored.occurredAt),
  };
  return { replayed, body };
}
