import type { FastifyReply, FastifyRequest, RequestPayload } from "fastify";
import type { Static } from "typebox";
import { principalOf } from "#domains/access/http/index.ts";
import { listPayments, listRevenue, type PaymentOutcome, subscriptionRevenue } from "#domains/subscription/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { firstDayOf, formatDay, lastDayOf, parseMonth } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor, fault } from "#platform/http/field-faults.ts";
import { ProblemError } from "#platform/http/problem.ts";
import { refuseFields } from "#platform/http/validation.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { collect, parsePaymentKey, settlePayment } from "../collect.ts";
import { settleBenefit } from "../settle-benefit.ts";
import { subscriptionOperations } from "./operations.ts";
import { type SubscriptionHttpDeps, sender, visible } from "./subscription-routes.ts";
import { paymentJson } from "./views.ts";

export function paymentRoutes(deps: SubscriptionHttpDeps): (app: App) => void {
  return (app) => {
    historyRoute(deps, app);
    eventRoutes(deps, app);
    revenueRoute(deps, app);
  };
}

function historyRoute(deps: SubscriptionHttpDeps, app: App): void {
  const refuse = sender(deps);
  const schema = subscriptionOperations.listSubscriptionPayments;
  app.get("/v1/subscriptions/:subscriptionId/payments", { schema }, async (request, reply) => {
    const { limit, cursor } = request.query;
    const [before] = cursor === undefined ? [] : (readCursor(cursor, ["int4"]) ?? []);
    if (cursor !== undefined && before === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
    const found = await visible(deps, principalOf(request), request.params.subscriptionId);
    if (found === undefined) return refuse(request, reply, { code: "unknown-subscription" });
    const page = { limit: limit + 1, ...(before === undefined ? {} : { before: Number(before) }) };
    const rows = await listPayments(deps.pool, found, page);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const next = rows.length > limit && last ? { next: writeCursor([last.payment]) } : {};
    reply.send({ items: items.map(paymentJson), ...next });
  });
}

/** What became of a payment, by a person of the operator, or by the gateway itself. */
function eventRoutes(deps: SubscriptionHttpDeps, app: App): void {
  const refuse = sender(deps);
  const { createPaymentEvent, notifyPayment } = subscriptionOperations;
  app.post("/v1/payment-events", { schema: createPaymentEvent }, async (request, reply) => {
    const told = await takeEvent(deps, request.body);
    if (told.ok) reply.send(told.value);
    else refuse(request, reply, told.failure);
  });
  const signed = signedBody((request, bytes) => deps.provider.isOwnMessage(request.headers, bytes));
  const options = { schema: notifyPayment, bodyLimit: NOTIFICATION_BYTES, ...signed };
  app.post("/v1/payment-notifications", options, async (request, reply) => {
    const told = await takeEvent(deps, request.body);
    if (told.ok) reply.send(told.value);
    else refuse(request, reply, told.failure);
  });
}

const NOTIFICATION_BYTES = 16_384;

/** Lets a body through, before anything else is said of it, when `isSigned` knows its bytes. */
function signedBody(isSigned: (request: FastifyRequest, bytes: Uint8Array) => boolean) {
  const read = new WeakMap<FastifyRequest, Buffer[]>();
  return {
    preParsing: (request: FastifyRequest, _: FastifyReply, payload: RequestPayload, done: Parsed) => {
      const chunks: Buffer[] = [];
      read.set(request, chunks);
      payload.on("data", (chunk: Buffer) => void chunks.push(chunk));
      done(null, payload);
    },
    preValidation: (request: FastifyRequest, _: FastifyReply, done: (error?: Error) => void) => {
      const isOwn = isSigned(request, Buffer.concat(read.get(request) ?? []));
      if (isOwn) done();
      else done(new ProblemError({ code: "bad-signature" }));
    },
  };
}

type Parsed = (error: Error | null, payload: RequestPayload) => void;
type Told = Static<(typeof subscriptionOperations)["createPaymentEvent"]["body"]>;
type Untold =
  | { readonly code: "no-programme" | "unknown-payment" }
  | { readonly code: "payment-settled"; readonly state: string };

async function takeEvent(
  deps: SubscriptionHttpDeps,
  { key, state, reference, decline = "declined", mayRetry = true }: Told,
): Promise<Result<ReturnType<typeof paymentJson>, Untold>> {
  if (!deps.programmes.latest) return err({ code: "no-programme" });
  const ref = parsePaymentKey(key);
  const find = async () => ref && (await listPayments(deps.pool, ref)).find(({ payment }) => payment === ref.payment);
  if (ref === undefined || (await find()) === undefined) return err({ code: "unknown-payment" });
  const outcome: PaymentOutcome =
    state === "succeeded" ? { state, reference } : { state, reference, decline, mayRetry };
  await transaction(deps.pool, (client) => settlePayment(client, deps, ref, outcome));
  await collect(deps, ref);
  await settleBenefit(deps, ref);
  const payment = (await find()) as NonNullable<Awaited<ReturnType<typeof find>>>;
  return payment.state === state ? ok(paymentJson(payment)) : err({ code: "payment-settled", state: payment.state });
}

function revenueRoute(deps: SubscriptionHttpDeps, app: App): void {
  const schema = subscriptionOperations.listSubscriptionRevenue;
  app.get("/v1/subscription-revenue", { schema }, async (request, reply) => {
    const { month: text, limit, cursor } = request.query;
    const { partner } = principalOf(request);
    const month = parseMonth(text);
    if (month === undefined) {
      throw refuseFields([{ in: "query", ...fault("/month", "bad-day", { ru: "Это не месяц.", en: "Not a month." }) }]);
    }
    const after = cursor === undefined ? (["1970-01-01", 0, 0, 0] as const) : readPlace(cursor);
    if (after === undefined) throw refuseFields([{ in: "query", ...badCursor("/cursor") }]);
    const days = { first: firstDayOf(month), last: lastDayOf(month) };
    const [totals, rows] = await Promise.all([
      subscriptionRevenue(deps.pool, days.first, days.last),
      listRevenue(deps.pool, days, partner, after, limit + 1),
    ]);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    const next =
      rows.length > limit && last?.accountingDay !== undefined
        ? { next: writeCursor([formatDay(last.accountingDay), last.member, last.number, last.payment]) }
        : {};
    reply.send({
      totals: totals
        .filter(({ seller }) => partner === undefined || seller === partner)
        .map((line) => ({ ...line, netKopecks: line.chargedKopecks - line.refundedKopecks })),
      items: items.map(paymentJson),
      ...next,
    });
  });
}

function readPlace(cursor: string): readonly [string, number, number, number] | undefined {
  const place = readCursor(cursor, ["text", "int8", "int4", "int4"]);
  if (place === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(String(place[0]))) return undefined;
  return [String(place[0]), Number(place[1]), Number(place[2]), Number(place[3])];
}
