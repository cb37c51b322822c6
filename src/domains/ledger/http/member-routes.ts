import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { parseInstant } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { type CursorKind, readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor, badTime } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import type { FieldFault } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { refuseFields } from "#platform/http/validation.ts";
import type { LedgerReads, OperationPlace } from "./ledger-reads.ts";
import type { MaySeeMember } from "./may-see-member.ts";
import {
  LOT_EXAMPLE,
  LotSchema,
  OPERATION_EXAMPLE,
  OperationSchema,
  WALLET_EXAMPLE,
  WalletNowSchema,
} from "./schemas.ts";

export type MemberRouteDeps = {
  readonly problems: ProblemRegistry;
  readonly reads: LedgerReads;
  /** A partner may see the members that it knows: by a receipt, a hold, an award or a profile. */
  readonly maySeeMember: MaySeeMember;
};

const Params = Type.Object({ memberId: Type.String({ description: "`mem_…`" }) });
const LIMIT = Type.Integer({ minimum: 1, maximum: 200, default: 50 });
const CURSOR = Type.Optional(
  Type.String({ maxLength: 200, pattern: "^[A-Za-z0-9_-]+$", description: "`next` of the page before." }),
);
const NEXT = Type.Optional(Type.String({ description: "Goes on here; absent at the end." }));
const KINDS = [
  "purchase",
  "hold",
  "capture",
  "void",
  "hold-timeout",
  "return",
  "take-back",
  "release",
  "expiry",
  "award",
  "transfer",
  "recovery",
  "opening",
  "merge",
  "unmerge",
] as const;

export const memberOperations = {
  getWallet: operation({
    operationId: "getWallet",
    tag: "Members",
    summary: "Read a member's wallet as it is now",
    params: Params,
    status: 200,
    answer: WalletNowSchema,
    problems: ["unknown-member"],
    example: { answer: WALLET_EXAMPLE },
  }),
  listOperations: operation({
    operationId: "listOperations",
    tag: "Members",
    summary: "List a member's operations, newest first",
    description: "Of everybody that the member answers for: who was merged into it brings its history.",
    params: Params,
    querystring: Type.Object(
      {
        limit: LIMIT,
        cursor: Type.Optional(
          Type.String({ maxLength: 2_000, pattern: "^[A-Za-z0-9_-]+$", description: "`next` of the page before." }),
        ),
        from: Type.Optional(Type.String({ format: "date-time", maxLength: 40, description: "Not before." })),
        to: Type.Optional(Type.String({ format: "date-time", maxLength: 40, description: "Before, exclusive." })),
        kind: Type.Optional(Type.Enum(KINDS)),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object({ items: Type.Array(OperationSchema), next: NEXT }, { title: "OperationPage" }),
    problems: ["unknown-member"],
    example: { answer: { items: [OPERATION_EXAMPLE], next: "WyIxMzEuYSJd" } },
  }),
  listLots: operation({
    operationId: "listLots",
    tag: "Members",
    summary: "List a member's lots, oldest first: one per funder",
    params: Params,
    querystring: Type.Object(
      {
        limit: LIMIT,
        cursor: CURSOR,
        open: Type.Optional(Type.Boolean({ description: "Only those with points left or held, or only the others." })),
      },
      { additionalProperties: false },
    ),
    status: 200,
    answer: Type.Object({ items: Type.Array(LotSchema), next: NEXT }, { title: "LotPage" }),
    problems: ["unknown-member"],
    example: { answer: { items: [LOT_EXAMPLE], next: "WzEwLDBd" } },
  }),
};

/** What a member has, and how it came to be. */
export function memberRoutes(deps: MemberRouteDeps): (app: App) => void {
  const { problems, reads } = deps;
  const unknown = (request: FastifyRequest, reply: FastifyReply) =>
    void sendFailure(problems, request, reply, { code: "unknown-member" });
  const visible = async (request: FastifyRequest, id: string): Promise<MemberId | undefined> => {
    const member = memberIds.parse(id);
    if (member === undefined) return undefined;
    return (await deps.maySeeMember(principalOf(request), member)) ? member : undefined;
  };

  return (app) => {
    app.get("/v1/members/:memberId/wallet", { schema: memberOperations.getWallet }, async (request, reply) => {
      const member = await visible(request, request.params.memberId);
      const wallet = member === undefined ? undefined : await reads.wallet(member);
      if (wallet === undefined) return unknown(request, reply);
      reply.send(wallet);
    });
    app.get("/v1/members/:memberId/operations", { schema: memberOperations.listOperations }, async (request, reply) => {
      const { limit, kind } = request.query;
      const { from, to, cursor } = readOperationQuery(request.query);
      const member = await visible(request, request.params.memberId);
      if (member === undefined) return unknown(request, reply);
      const page = await reads.operations(member, {
        limit,
        ...(kind === undefined ? {} : { kind }),
        ...(from === undefined ? {} : { fromAt: from }),
        ...(to === undefined ? {} : { untilAt: to }),
        ...(cursor === undefined ? {} : { after: cursor }),
      });
      if (page.items.length === 0 && (await reads.wallet(member)) === undefined) return unknown(request, reply);
      const next = page.next === undefined ? {} : { next: writePlace(page.next) };
      reply.send({ items: page.items as (typeof OPERATION_EXAMPLE)[], ...next });
    });
    app.get("/v1/members/:memberId/lots", { schema: memberOperations.listLots }, async (request, reply) => {
      const { limit, open } = request.query;
      const after = readPosition(request.query.cursor, ["int4", "int2"]) as [number, number] | undefined;
      const member = await visible(request, request.params.memberId);
      const query = {
        limit,
        ...(open === undefined ? {} : { isOpen: open }),
        ...(after === undefined ? {} : { after }),
      };
      const page = member === undefined ? undefined : await reads.lots(member, query);
      if (page === undefined) return unknown(request, reply);
      const next = page.nextAfter === undefined ? {} : { next: writeCursor(page.nextAfter) };
      reply.send({ items: page.items as (typeof LOT_EXAMPLE)[], ...next });
    });
  };
}

/** Throws ProblemError for a time or cursor that is none. */
function readOperationQuery(query: { from?: string; to?: string; cursor?: string }) {
  const faults: FieldFault[] = [];
  const time = (text: string | undefined, pointer: string): number | undefined => {
    const at = text === undefined ? undefined : parseInstant(text);
    if (text !== undefined && at === undefined) faults.push({ in: "query", ...badTime(pointer) });
    return at;
  };
  const from = time(query.from, "/from");
  const to = time(query.to, "/to");
  if (faults.length > 0) throw refuseFields(faults);
  return { from, to, cursor: query.cursor === undefined ? undefined : readPlace(query.cursor) };
}

/** The streams of a page as one text: `member.seq` of each, in hexadecimal. */
function writePlace(place: OperationPlace): string {
  return writeCursor([[...place].map(([member, seq]) => `${member.toString(16)}.${seq.toString(16)}`).join(" ")]);
}

const PLACE = /^([0-9a-f]{1,13})\.([0-9a-f]{1,8})$/;

function readPlace(cursor: string): OperationPlace {
  const [text] = readPosition(cursor, ["text"]) as [string];
  const place = new Map<MemberId, number>();
  for (const part of text.split(" ")) {
    const [, member, seq] = PLACE.exec(part) ?? [];
    const before = Number.parseInt(seq ?? "", 16);
    if (member === undefined || !(before <= MOST_SEQ)) {
      throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
    }
    place.set(Number.parseInt(member, 16), before);
  }
  return place;
}

const MOST_SEQ = 2_147_483_647;

function readPosition(cursor: string | undefined, kinds: readonly CursorKind[]) {
  if (cursor === undefined) return undefined;
  const parts = readCursor(cursor, kinds);
  if (parts === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
  return parts;
}
