import { type Static, Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { BLOCK_KINDS, listBlocks, type WatchedGuards } from "#domains/guards/index.ts";
import { MemberSchema, toMemberRef } from "#flows/checkout/http/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { parseInstant } from "#kernel/time.ts";
import { sendOutcome } from "#platform/http/answer.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor, badTime, fault } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { type BlockDeps, type BlockSubject, block, lift } from "../block.ts";
import { renderBlock } from "../render.ts";
import { parseNumberedId, REASON } from "./numbered-id.ts";

const BlockSchema = Type.Object(
  {
    block: Type.String({ description: "`blk_…`" }),
    kind: Type.Enum(BLOCK_KINDS),
    subject: Type.Optional(
      Type.String({
        description: "The member, store or partner; the kind of an identifier. What is a hash is not shown.",
      }),
    ),
    reason: Type.String(),
    blockedBy: Type.String(),
    blockedAt: Type.String({ format: "date-time" }),
    from: Type.String({ format: "date-time" }),
    until: Type.Optional(Type.String({ format: "date-time" })),
    liftedBy: Type.Optional(Type.String()),
    liftedAt: Type.Optional(Type.String({ format: "date-time" })),
    liftReason: Type.Optional(Type.String()),
  },
  { title: "Block" },
);

const text = (maxLength: number, description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength, pattern: "^[^\\u0000-\\u001f\\u007f]+$", description }));
const time = (description: string) => Type.Optional(Type.String({ format: "date-time", maxLength: 40, description }));

const NewBlockSchema = Type.Object(
  {
    member: Type.Optional(MemberSchema),
    cashier: Type.Optional(
      Type.Object(
        {
          partner: Type.String({ minLength: 1, maxLength: 64, pattern: "^[a-z0-9-]+$" }),
          value: Type.String({ minLength: 1, maxLength: 64, description: "As receipts name the cashier." }),
        },
        { additionalProperties: false },
      ),
    ),
    device: text(128, "As receipts name the device."),
    paymentCard: text(256, "The payment token, as tenders name it."),
    store: text(64, "A store."),
    partner: text(64, "A partner."),
    reason: REASON,
    from: time("From now on unless given. RFC 3339 with an offset."),
    until: time("Exclusive; until lifted unless given."),
  },
  {
    additionalProperties: false,
    title: "NewBlock",
    description:
      "One of member, cashier, device, paymentCard, store, partner. A member by `id` is the person, by `kind` and `value` the card or phone as it is shown.",
  },
);

const EXAMPLE = {
  block: "blk_4",
  kind: "identifier" as const,
  subject: "phone",
  reason: "A cashier's own card on strangers' receipts",
  blockedBy: "key_7f3a",
  blockedAt: "2026-06-15T09:00:00.000Z",
  from: "2026-06-15T09:00:00.000Z",
};

export const blockOperations = {
  createBlock: operation({
    operationId: "createBlock",
    tag: "Guards",
    summary: "Block a member, a card or phone, a cashier, a device, a payment card, a store or a partner",
    description:
      "Receipts with a member, holds and awards are refused with `blocked`; returns are taken as ever. Of people and cards only keyed hashes are kept.",
    body: NewBlockSchema,
    status: 201,
    answer: BlockSchema,
    problems: ["unknown-member"],
    isRepeatable: true,
    example: {
      body: { member: { kind: "phone" as const, value: "+79000000001" }, reason: EXAMPLE.reason },
      answer: EXAMPLE,
    },
  }),
  listBlocks: operation({
    operationId: "listBlocks",
    tag: "Guards",
    summary: "List blocks, newest first",
    querystring: Type.Object(
      {
        state: Type.Optional(Type.Enum(["standing", "ended"])),
        kind: Type.Optional(Type.Enum(BLOCK_KINDS)),
        limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
        cursor: Type.Optional(Type.String({ maxLength: 200, pattern: "^[A-Za-z0-9_-]+$" })),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object({ items: Type.Array(BlockSchema), next: Type.Optional(Type.String()) }, { title: "BlockPage" }),
    problems: [],
    example: { answer: { items: [EXAMPLE] } },
  }),
  liftBlock: operation({
    operationId: "liftBlock",
    tag: "Guards",
    summary: "Lift a block; it stays on record",
    params: Type.Object({ blockId: Type.String({ maxLength: 24, description: "`blk_…`" }) }),
    body: Type.Object({ reason: REASON }, { additionalProperties: false, title: "Lift" }),
    status: 200,
    answer: BlockSchema,
    problems: ["unknown-block"],
    example: {
      body: { reason: "It was the store's shared phone" },
      answer: { ...EXAMPLE, liftedBy: "key_7f3a", liftedAt: "2026-06-15T10:00:00.000Z" },
    },
  }),
};

export type BlockHttpDeps = BlockDeps & {
  readonly problems: ProblemRegistry;
  readonly guards: Pick<WatchedGuards, "refresh"> | undefined;
};

export function blockRoutes(deps: BlockHttpDeps): (app: App) => void {
  const { pool, clock, problems } = deps;
  return (app) => {
    app.post("/v1/blocks", { schema: blockOperations.createBlock }, async (request, reply) => {
      const subject = subjectOf(request.body);
      if (!subject.ok) return sendFailure(problems, request, reply, subject.failure);
      const { from, until } = timesOf(request.body, clock.now());
      const made = await block(deps, {
        ...{ subject: subject.value, reason: request.body.reason, blockedBy: principalOf(request).keyId, from },
        ...(until === undefined ? {} : { until }),
      });
      await deps.guards?.refresh();
      const body = renderBlock(made.block);
      sendOutcome(problems, request, reply, 201, ok({ replayed: !made.isNew, body }));
    });
    app.get("/v1/blocks", { schema: blockOperations.listBlocks }, async (request, reply) => {
      const { state, kind, limit, cursor } = request.query;
      const parts = cursor === undefined ? undefined : readCursor(cursor, ["int8"]);
      if (cursor !== undefined && !parts) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
      const blocks = await listBlocks(pool, {
        ...{ limit, now: clock.now() },
        ...(state === undefined ? {} : { isStanding: state === "standing" }),
        ...(kind === undefined ? {} : { kind }),
        ...(parts ? { before: parts[0] as number } : {}),
      });
      const last = blocks.length === limit ? blocks.at(-1) : undefined;
      reply.send({ items: blocks.map(renderBlock), ...(last ? { next: writeCursor([last.blockId]) } : {}) });
    });
    app.post("/v1/blocks/:blockId/lift", { schema: blockOperations.liftBlock }, async (request, reply) => {
      const blockId = parseNumberedId("blk_", request.params.blockId);
      const { reason } = request.body;
      const by = principalOf(request).keyId;
      const lifted = blockId === undefined ? undefined : await lift(deps, { blockId, by, reason });
      if (!lifted) return sendFailure(problems, request, reply, { code: "unknown-block" });
      await deps.guards?.refresh();
      reply.send(renderBlock(lifted));
    });
  };
}

type NewBlock = Static<typeof NewBlockSchema>;

/** Exactly one subject; a fault otherwise. */
function subjectOf(body: NewBlock): Result<BlockSubject, { readonly code: "unknown-member" }> {
  const { member, cashier, device, paymentCard, store, partner } = body;
  const named = [member, cashier, device, paymentCard, store, partner].filter((each) => each !== undefined);
  if (named.length !== 1) throw refuseFields([oneSubject()]);
  if (member !== undefined) {
    const ref = toMemberRef(member);
    return ref === "unknown" ? err({ code: "unknown-member" }) : ok({ by: "member", member: ref });
  }
  if (cashier !== undefined) return ok({ by: "cashier", partner: cashier.partner, cashier: cashier.value });
  if (device !== undefined) return ok({ by: "device", value: device });
  if (paymentCard !== undefined) return ok({ by: "payment-card", value: paymentCard });
  return ok(store !== undefined ? { by: "store", value: store } : { by: "partner", value: partner as string });
}

function timesOf(body: NewBlock, now: number): { readonly from: number; readonly until?: number } {
  const from = body.from === undefined ? now : parseInstant(body.from);
  if (from === undefined) throw refuseFields([badTime("/from")]);
  if (body.until === undefined) return { from };
  const until = parseInstant(body.until);
  if (until === undefined) throw refuseFields([badTime("/until")]);
  if (until <= from) {
    const order = { ru: "Конец позже начала.", en: "The end is later than the beginning." };
    throw refuseFields([fault("/until", "block-until", order)]);
  }
  return { from, until };
}

function oneSubject() {
  return fault("", "block-subject", {
    ru: "Укажите ровно одно: member, cashier, device, paymentCard, store или partner.",
    en: "Give exactly one of member, cashier, device, paymentCard, store and partner.",
  });
}
