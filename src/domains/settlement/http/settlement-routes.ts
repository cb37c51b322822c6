import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import { memberIds } from "#kernel/ids.ts";
import { formatMonth, type Month, parseMonth } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor } from "#platform/http/field-faults.ts";
import { operation } from "#platform/http/operation.ts";
import { ProblemError } from "#platform/http/problem.ts";
import type { ProblemRegistry } from "#platform/http/problem-registry.ts";
import { sendFailure } from "#platform/http/send.ts";
import { type LineCursor, lineReceipts } from "../store/line-receipts.ts";
import { listStored } from "../store/settlements.ts";
import { monthsWithOperations } from "../store/warehouse-months.ts";
import {
  LINE_EXAMPLE,
  LINE_RECEIPT_EXAMPLE,
  LineReceiptSchema,
  LineSchema,
  MONTH_PATTERN,
  SETTLEMENT_EXAMPLE,
  SettlementSchema,
  SettlementSummarySchema,
} from "./schemas.ts";
import { lineKey, type SettlementReadDeps, type SettlementReads } from "./settlement-reads.ts";
import { isSeenBy, lineReceiptView, lineView, settlementView, stateView } from "./settlement-view.ts";

export type SettlementRouteDeps = SettlementReadDeps & {
  readonly reads: SettlementReads;
  readonly problems: ProblemRegistry;
};

const MonthParams = Type.Object({ month: Type.String({ pattern: MONTH_PATTERN, description: "YYYY-MM." }) });
const LineParams = Type.Object({
  month: Type.String({ pattern: MONTH_PATTERN, description: "YYYY-MM." }),
  lineId: Type.String({ description: "`line_…`" }),
});
const LIMIT = Type.Integer({ minimum: 1, maximum: 1_000, default: 100 });
const CURSOR = Type.Optional(
  Type.String({ maxLength: 200, pattern: "^[A-Za-z0-9_-]+$", description: "`next` of the page before." }),
);
const NEXT = Type.Optional(Type.String({ description: "Goes on here; absent at the end." }));
const Page = Type.Object({ limit: LIMIT, cursor: CURSOR }, { additionalProperties: false });

export const settlementOperations = {
  listSettlements: operation({
    operationId: "listSettlements",
    tag: "Settlement",
    summary: "List months: open, being closed, closed; newest first",
    querystring: Page,
    status: 200,
    answer: Type.Object({ items: Type.Array(SettlementSummarySchema), next: NEXT }, { title: "SettlementPage" }),
    problems: [],
    example: {
      answer: {
        items: [{ month: "2026-03", state: "open" as const }],
        next: "WzI0MzEzXQ",
      },
    },
  }),
  getSettlement: operation({
    operationId: "getSettlement",
    tag: "Settlement",
    summary: "Read who owes whom for a month",
    description: "An open month is shown as it stands. A partner's key sees what concerns that partner.",
    params: MonthParams,
    status: 200,
    answer: SettlementSchema,
    problems: ["unknown-settlement"],
    example: { answer: SETTLEMENT_EXAMPLE },
  }),
  listSettlementLines: operation({
    operationId: "listSettlementLines",
    tag: "Settlement",
    summary: "List the lines of a month: claims, and credits that cite an earlier month",
    params: MonthParams,
    querystring: Page,
    status: 200,
    answer: Type.Object({ items: Type.Array(LineSchema), next: NEXT }, { title: "SettlementLinePage" }),
    problems: ["unknown-settlement"],
    example: { answer: { items: [LINE_EXAMPLE] } },
  }),
  listLineReceipts: operation({
    operationId: "listLineReceipts",
    tag: "Settlement",
    summary: "List the receipts and returns behind a line",
    description: "Their points sum to the line's.",
    params: LineParams,
    querystring: Page,
    status: 200,
    answer: Type.Object({ items: Type.Array(LineReceiptSchema), next: NEXT }, { title: "LineReceiptPage" }),
    problems: ["unknown-settlement", "unknown-settlement-line"],
    example: { answer: { items: [LINE_RECEIPT_EXAMPLE] } },
  }),
};

/** Settlements to look at, down to the receipts. */
export function settlementRoutes(deps: SettlementRouteDeps): (app: App) => void {
  const { problems, reads } = deps;
  const unknown = (request: FastifyRequest, reply: FastifyReply, month: Month) =>
    void sendFailure(problems, request, reply, { code: "unknown-settlement", month: formatMonth(month) });

  return (app) => {
    app.get("/v1/settlements", { schema: settlementOperations.listSettlements }, async (request, reply) => {
      const { limit, cursor } = request.query;
      const [before] = position(cursor, ["int4"]) ?? [FAR_FUTURE];
      reply.send(await listMonths(deps, before as Month, limit));
    });
    app.get("/v1/settlements/:month", { schema: settlementOperations.getSettlement }, async (request, reply) => {
      const month = monthOf(request.params.month);
      const seen = await reads.read(month);
      if (!seen) return unknown(request, reply, month);
      reply.send(settlementView(seen.settlement, seen.stored, viewerOf(request)));
    });
    app.get(
      "/v1/settlements/:month/lines",
      { schema: settlementOperations.listSettlementLines },
      async (request, reply) => {
        const { limit, cursor } = request.query;
        const [after] = position(cursor, ["text"]) ?? [""];
        const month = monthOf(request.params.month);
        const seen = await reads.read(month);
        if (!seen) return unknown(request, reply, month);
        const viewer = viewerOf(request);
        const lines = seen.settlement.lines.filter((line) => isSeenBy(viewer, line.funder, line.redeemer));
        const from = after === "" ? 0 : lines.findIndex((line) => line.id === after) + 1;
        const items = lines.slice(from, from + limit);
        const last = from + limit < lines.length ? items.at(-1) : undefined;
        reply.send({ items: items.map(lineView), ...(last === undefined ? {} : { next: writeCursor([last.id]) }) });
      },
    );
    app.get(
      "/v1/settlements/:month/lines/:lineId/receipts",
      { schema: settlementOperations.listLineReceipts },
      async (request, reply) => {
        const { limit, cursor } = request.query;
        const after = lineCursor(cursor);
        const month = monthOf(request.params.month);
        const seen = await reads.read(month);
        if (!seen) return unknown(request, reply, month);
        const line = seen.settlement.lines.find((each) => each.id === request.params.lineId);
        if (!line || !isSeenBy(viewerOf(request), line.funder, line.redeemer)) {
          return void sendFailure(problems, request, reply, { code: "unknown-settlement-line" });
        }
        const page = await lineReceipts(deps.warehouse, lineKey(month, line), after, limit);
        reply.send({ items: page.items.map(lineReceiptView), ...nextOf(page.next) });
      },
    );
  };
}

/** January 9999. */
const FAR_FUTURE: Month = 9_999 * 12;

/** What a partner's key may see is its own; the coalition's own people see all. */
export function viewerOf(request: FastifyRequest): PartnerId | undefined {
  return principalOf(request).partner;
}

/** The path's pattern has let only months through. */
export function monthOf(text: string): Month {
  return parseMonth(text) as Month;
}

function position(cursor: string | undefined, kinds: Parameters<typeof readCursor>[1]) {
  if (cursor === undefined) return undefined;
  const read = readCursor(cursor, kinds);
  if (read === undefined) throw new ProblemError({ code: "invalid-request", faults: [inQuery(badCursor("/cursor"))] });
  return read;
}

function inQuery(fault: ReturnType<typeof badCursor>) {
  return { ...fault, in: "query" as const };
}

/** [bucket, member, operation]: a member's id does not fit into a cursor's integers, so it stands there as text. */
function lineCursor(cursor: string | undefined): LineCursor | undefined {
  const read = position(cursor, ["int2", "text", "int4"]);
  if (read === undefined) return undefined;
  const member = memberIds.parse(read[1] as string);
  if (member === undefined)
    throw new ProblemError({ code: "invalid-request", faults: [inQuery(badCursor("/cursor"))] });
  return [read[0] as number, member, read[2] as number];
}

function nextOf(next: LineCursor | undefined): { next?: string } {
  return next === undefined ? {} : { next: writeCursor([next[0], memberIds.format(next[1]), next[2]]) };
}

/** Stored settlements and open months with operations, together, newest first. */
async function listMonths(deps: SettlementRouteDeps, before: Month, limit: number) {
  const stored = await listStored(deps.pool, before, limit + 1);
  const byMonth = new Map(stored.map((each) => [each.month, each]));
  const known = new Set(stored.map((each) => each.month));
  for (const month of await monthsWithOperations(deps.warehouse)) if (month < before) known.add(month);
  const months = [...known].sort((a, b) => b - a);
  const shown = months.slice(0, limit);
  const last = months.length > limit ? shown.at(-1) : undefined;
  return {
    items: shown.map((month) => ({ month: formatMonth(month), ...stateView(byMonth.get(month)) })),
    ...(last === undefined ? {} : { next: writeCursor([last]) }),
  };
}
