import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { int2Array, int8Array } from "#platform/postgres/binary-arrays.ts";
import type { EndReason, Subscription, SubscriptionState } from "../core/subscription.ts";

/** What is stored beside the subscription itself. */
export type StoredSubscription = Subscription & {
  /** Until when the trait holds that was given; absent before the first. */
  readonly givenUntilAt?: EpochMs;
  readonly turn: number;
  readonly isDue: boolean;
  readonly idempotencyKey: string;
  readonly bodyHash: string;
};

export type SubscriptionRef = { readonly member: MemberId; readonly number: number };

type Row = {
  member_id: number;
  number: number;
  plan: string;
  seller: string;
  state: SubscriptionState;
  is_cancelled: boolean;
  created_at: Date;
  started_at: Date | null;
  period_from: Date | null;
  period_until: Date | null;
  anchor_at: Date | null;
  anchor_months: number;
  is_trial: boolean;
  promo: string | null;
  promo_kopecks: number | null;
  promo_left: number;
  token: string | null;
  attempts: number;
  payments: number;
  next_at: Date | null;
  benefit_until: Date | null;
  ended_at: Date | null;
  end_reason: EndReason | null;
  take_back_from: Date | null;
  given_until: Date | null;
  turn: number;
  is_due: boolean;
  idempotency_key: string;
  body_hash: string;
};

/** By prefixes of the primary keys: the member's own, and those of members merged into it. Newest first. */
const LIST = `
select s.* from subscription s where s.bucket = $1 and s.member_id = $2
union all
select s.* from unnest($3::int2[], $4::int8[]) as m(bucket, member_id)
join subscription s on s.bucket = m.bucket and s.member_id = m.member_id
order by created_at desc, number desc`;
const MERGED = "select merged_id from subscription_owner where bucket = $1 and member_id = $2";

export async function listSubscriptions(client: ClientBase | Pool, member: MemberId): Promise<StoredSubscription[]> {
  const { rows: owned } = await client.query<{ merged_id: number }>(MERGED, [bucketOf(member), member]);
  const merged = owned.map((row) => Number(row.merged_id));
  const values = [bucketOf(member), member, int2Array(merged.map(bucketOf)), int8Array(merged)];
  const { rows } = await client.query<Row>(LIST, values);
  return rows.map(toSubscription);
}

/** By primary key; locked until the transaction ends, where asked: changes of one come one after the other. */
export async function readSubscription(
  client: ClientBase | Pool,
  { member, number }: SubscriptionRef,
  lock?: "lock",
): Promise<StoredSubscription | undefined> {
  const { rows } = await client.query<Row>(
    `select * from subscription where bucket = $1 and member_id = $2 and number = $3 ${lock ? "for update" : ""}`,
    [bucketOf(member), member, number],
  );
  return rows[0] && toSubscription(rows[0]);
}

/** By the index of what is due next; a page of all shards. */
const LIST_NEXT = `
select member_id, number from subscription where next_at <= $1 order by next_at limit $2`;

export async function listNext(pool: Pool, now: EpochMs, limit: number): Promise<SubscriptionRef[]> {
  const { rows } = await pool.query<Pick<Row, "member_id" | "number">>(LIST_NEXT, [new Date(now), limit]);
  return rows.map((row) => ({ member: Number(row.member_id), number: row.number }));
}

/** By the partial index of what is due. */
const LIST_DUE = `
select member_id, number from subscription where is_due order by bucket, member_id, number limit $1`;

export async function listDueBenefits(pool: Pool, limit: number): Promise<SubscriptionRef[]> {
  const { rows } = await pool.query<Pick<Row, "member_id" | "number">>(LIST_DUE, [limit]);
  return rows.map((row) => ({ member: Number(row.member_id), number: row.number }));
}

/** By primary key; a second subscription to the same plan raises 23505. */
const INSERT = `
insert into subscription (bucket, member_id, number, plan, seller, state, is_cancelled, created_at, started_at, period_from,
  period_until, anchor_at, anchor_months, is_trial, promo, promo_kopecks, promo_left, token, attempts, payments, next_at,
  benefit_until, ended_at, end_reason, take_back_from, given_until, turn, is_due, idempotency_key, body_hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
  $26, $27, $28, $29, $30)`;

export async function insertSubscription(client: ClientBase, subscription: StoredSubscription): Promise<void> {
  const { member, number, plan, seller, createdAt, idempotencyKey, bodyHash } = subscription;
  const { state, isCancelled, ...changing } = subscription;
  const rest = changingValues({ ...changing, state, isCancelled });
  await client.query(INSERT, [
    bucketOf(member),
    member,
    number,
    plan,
    seller,
    state,
    isCancelled,
    new Date(createdAt),
    ...rest.slice(2),
    idempotencyKey,
    bodyHash,
  ]);
}

/** By primary key; the row is locked by the caller. */
const UPDATE = `
update subscription set state = $4, is_cancelled = $5, started_at = $6, period_from = $7, period_until = $8, anchor_at = $9,
  anchor_months = $10, is_trial = $11, promo = $12, promo_kopecks = $13, promo_left = $14, token = $15, attempts = $16,
  payments = $17, next_at = $18, benefit_until = $19, ended_at = $20, end_reason = $21, take_back_from = $22,
  given_until = $23, turn = $24, is_due = $25
where bucket = $1 and member_id = $2 and number = $3`;

export async function updateSubscription(client: ClientBase, subscription: StoredSubscription): Promise<void> {
  const { member, number } = subscription;
  await client.query(UPDATE, [bucketOf(member), member, number, ...changingValues(subscription)]);
}

function changingValues(row: StoredSubscription): unknown[] {
  return [
    row.state,
    row.isCancelled,
    date(row.startedAt),
    date(row.periodFromAt),
    date(row.periodUntilAt),
    date(row.anchorAt),
    row.anchorMonths,
    row.isTrial,
    row.promo ?? null,
    row.promoKopecks ?? null,
    row.promoLeft,
    row.token ?? null,
    row.attempts,
    row.payments,
    date(row.nextAt),
    date(row.benefitUntilAt),
    date(row.endedAt),
    row.endReason ?? null,
    date(row.takeBackFromAt),
    date(row.givenUntilAt),
    row.turn,
    row.isDue,
  ];
}

function date(at: EpochMs | undefined): Date | null {
  return at === undefined ? null : new Date(at);
}

function toSubscription(row: Row): StoredSubscription {
  const times = {
    startedAt: row.started_at,
    periodFromAt: row.period_from,
    periodUntilAt: row.period_until,
    anchorAt: row.anchor_at,
    nextAt: row.next_at,
    benefitUntilAt: row.benefit_until,
    endedAt: row.ended_at,
    takeBackFromAt: row.take_back_from,
    givenUntilAt: row.given_until,
  };
  const known = Object.entries(times).flatMap(([name, at]) => (at === null ? [] : [[name, at.getTime()] as const]));
  return {
    member: Number(row.member_id),
    number: row.number,
    plan: row.plan,
    seller: row.seller,
    state: row.state,
    isCancelled: row.is_cancelled,
    createdAt: row.created_at.getTime(),
    ...(Object.fromEntries(known) as { readonly [name in keyof typeof times]?: EpochMs }),
    anchorMonths: row.anchor_months,
    isTrial: row.is_trial,
    ...(row.promo === null ? {} : { promo: row.promo }),
    ...(row.promo_kopecks === null ? {} : { promoKopecks: Number(row.promo_kopecks) }),
    promoLeft: row.promo_left,
    ...(row.token === null ? {} : { token: row.token }),
    attempts: row.attempts,
    payments: row.payments,
    ...(row.end_reason === null ? {} : { endReason: row.end_reason }),
    turn: row.turn,
    isDue: row.is_due,
    idempotencyKey: row.idempotency_key,
    bodyHash: row.body_hash,
  };
}

/** By primary key, its row locked until the transaction ends. True when a place was left. */
const USE_PROMO = `
insert into subscription_promo (plan, promo, used) values ($1, $2, 1)
on conflict (plan, promo) do update set used = subscription_promo.used + 1
  where $3::int is null or subscription_promo.used < $3
returning used`;

export async function usePromo(
  client: ClientBase,
  plan: string,
  promo: string,
  limit: number | undefined,
): Promise<boolean> {
  const { rows } = await client.query(USE_PROMO, [plan, promo, limit ?? null]);
  return rows.length === 1;
}

/** Gives back a place that a declined first payment did not use; by primary key. */
export async function releasePromo(client: ClientBase, plan: string, promo: string): Promise<void> {
  await client.query("update subscription_promo set used = used - 1 where plan = $1 and promo = $2 and used > 0", [
    plan,
    promo,
  ]);
}
