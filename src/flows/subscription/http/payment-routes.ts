import { principalOf } from "#domains/access/http/index.ts";
import { listPayments, listRevenue, type PaymentOutcome, subscriptionRevenue } from "#domains/subscription/index.ts";
import { firstDayOf, formatDay, lastDayOf, parseMonth } from "#kernel/time.ts";
import type { App } from "#platform/http/app.ts";
import { readCursor, writeCursor } from "#platform/http/cursor.ts";
import { badCursor, fault } from "#platform/http/field-faults.ts";
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
    eventRoute(deps, app);
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

/** What a provider's message says, sent by whoever checked its signature. */
function eventRoute(deps: SubscriptionHttpDeps, app: App): void {
  const refuse = sender(deps);
  const schema = subscriptionOperations.createPaymentEvent;
  app.post("/v1/payment-events", { schema }, async (request, reply) => {
    if (!deps.programmes.latest) return refuse(request, reply, { code: "no-programme" });
    const { key, state, reference, decline = "declined", mayRetry = true } = request.body;
    const ref = parsePaymentKey(key);
    const find = async () => ref && (await listPayments(deps.pool, ref)).find(({ payment }) => payment === ref.payment);
    if (ref === undefined || (await find()) === undefined) return refuse(request, reply, { code: "unknown-payment" });
    const outcome: PaymentOutcome =
      state === "succeeded" ? { state, reference } : { state, reference, decline, mayRetry };
    await transaction(deps.pool, (client) => settlePayment(client, deps, ref, outcome));
    await collect(deps, ref);
    await settleBenefit(deps, ref);
    reply.send(paymentJson((await find()) as NonNullable<Awaited<ReturnType<typeof find>>>));
  });
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
