import type { ClientBase, Pool } from "pg";
import { bucketOf, type PartnerId } from "#kernel/ids.ts";
import type { Kopecks } from "#kernel/money.ts";
import { type Day, type EpochMs, formatDay, parseDay } from "#kernel/time.ts";
import type { Payment } from "../core/subscription.ts";
import type { SubscriptionRef } from "./subscriptions.ts";

type Row = {
  member_id: number;
  number: number;
  payment: number;
  kind: Payment["kind"];
  plan: string;
  seller: string;
  amount_kopecks: number;
  period_from: Date;
  period_until: Date;
  is_trial: boolean;
  promo: string | null;
  token: string;
  state: Payment["state"];
  reference: string | null;
  decline: string | null;
  cites: number | null;
  programme_version: number;
  created_at: Date;
  settled_at: Date | null;
  accounting_day: string | null;
};

/** By a prefix of the primary key, newest first, after a place. */
const LIST = `
select * from subscription_payment where bucket = $1 and member_id = $2 and number = $3 and payment < $4
order by payment desc limit $5`;

export async function listPayments(
  client: ClientBase | Pool,
  { member, number }: SubscriptionRef,
  page: { readonly before?: number; readonly limit?: number } = {},
): Promise<Payment[]> {
  const values = [bucketOf(member), member, number, page.before ?? 2_147_483_647, page.limit ?? 1_000];
  const { rows } = await client.query<Row>(LIST, values);
  return rows.map(toPayment);
}

const INSERT = `
insert into subscription_payment (bucket, member_id, number, payment, kind, plan, seller, amount_kopecks, period_from,
  period_until, is_trial, promo, token, state, cites, programme_version, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'created', $14, $15, $16)`;

/** A payment that is to be made. Its row is there before the provider hears of it. */
export async function insertPayment(client: ClientBase, payment: Payment): Promise<void> {
  await client.query(INSERT, [
    bucketOf(payment.member),
    payment.member,
    payment.number,
    payment.payment,
    payment.kind,
    payment.plan,
    payment.seller,
    payment.amountKopecks,
    new Date(payment.periodFromAt),
    new Date(payment.periodUntilAt),
    payment.isTrial,
    payment.promo ?? null,
    payment.token,
    payment.cites ?? null,
    payment.programmeVersion,
    new Date(payment.createdAt),
  ]);
}

/** By primary key; what is settled never changes. */
const UPDATE = `
update subscription_payment set state = $5, reference = $6, decline = $7, settled_at = $8, accounting_day = $9,
  period_from = $10, period_until = $11
where bucket = $1 and member_id = $2 and number = $3 and payment = $4 and state in ('created', 'pending')`;

export async function updatePayment(client: ClientBase, payment: Payment): Promise<void> {
  await client.query(UPDATE, [
    bucketOf(payment.member),
    payment.member,
    payment.number,
    payment.payment,
    payment.state,
    payment.reference ?? null,
    payment.decline ?? null,
    payment.settledAt === undefined ? null : new Date(payment.settledAt),
    payment.accountingDay === undefined ? null : formatDay(payment.accountingDay),
    new Date(payment.periodFromAt),
    new Date(payment.periodUntilAt),
  ]);
}

export type RevenueLine = {
  readonly seller: PartnerId;
  readonly plan: string;
  readonly payments: number;
  readonly chargedKopecks: Kopecks;
  readonly refundedKopecks: Kopecks;
};

/** By subscription_payment_day, the days of one month. */
const REVENUE = `
select seller, plan, count(*)::int as payments,
  coalesce(sum(amount_kopecks) filter (where kind = 'charge'), 0)::int8 as charged,
  coalesce(sum(amount_kopecks) filter (where kind = 'refund'), 0)::int8 as refunded
from subscription_payment where accounting_day >= $1 and accounting_day <= $2 group by 1, 2 order by 1, 2`;

/** Money that came and went by subscriptions from one day through another, by who gets it. */
export async function subscriptionRevenue(pool: Pool, first: Day, last: Day): Promise<RevenueLine[]> {
  const { rows } = await pool.query<{
    seller: string;
    plan: string;
    payments: number;
    charged: number;
    refunded: number;
  }>(REVENUE, [formatDay(first), formatDay(last)]);
  return rows.map(({ seller, plan, payments, charged, refunded }) => ({
    seller,
    plan,
    payments,
    chargedKopecks: Number(charged),
    refundedKopecks: Number(refunded),
  }));
}

export type RevenueCursor = readonly [day: string, member: number, number: number, payment: number];

/** By subscription_payment_day, sorted within: one month at a time. */
const LIST_BY_DAY = `
select * from subscription_payment
where accounting_day >= $1 and accounting_day <= $2 and ($3::text is null or seller = $3)
  and (accounting_day, member_id, number, payment) > ($4, $5, $6, $7)
order by accounting_day, member_id, number, payment limit $8`;

/** The payments behind a month's revenue. */
export async function listRevenue(
  pool: Pool,
  days: { readonly first: Day; readonly last: Day },
  seller: PartnerId | undefined,
  after: RevenueCursor,
  limit: number,
): Promise<Payment[]> {
  const values = [formatDay(days.first), formatDay(days.last), seller ?? null, ...after, limit];
  const { rows } = await pool.query<Row>(LIST_BY_DAY, values);
  return rows.map(toPayment);
}

function toPayment(row: Row): Payment {
  const settledAt: EpochMs | undefined = row.settled_at?.getTime();
  const accountingDay = row.accounting_day === null ? undefined : parseDay(row.accounting_day);
  return {
    member: Number(row.member_id),
    number: row.number,
    payment: row.payment,
    kind: row.kind,
    plan: row.plan,
    seller: row.seller,
    amountKopecks: Number(row.amount_kopecks),
    periodFromAt: row.period_from.getTime(),
    periodUntilAt: row.period_until.getTime(),
    isTrial: row.is_trial,
    ...(row.promo === null ? {} : { promo: row.promo }),
    token: row.token,
    state: row.state,
    ...(row.reference === null ? {} : { reference: row.reference }),
    ...(row.decline === null ? {} : { decline: row.decline }),
    ...(row.cites === null ? {} : { cites: row.cites }),
    programmeVersion: row.programme_version,
    createdAt: row.created_at.getTime(),
    ...(settledAt === undefined ? {} : { settledAt }),
    ...(accountingDay === undefined ? {} : { accountingDay }),
  };
}
