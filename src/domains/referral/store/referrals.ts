import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { int8Array } from "#platform/postgres/binary-arrays.ts";
import { createPosition } from "#platform/postgres/position.ts";
import type { ReferralPurchase } from "../core/evaluate.ts";
import type { ReferralTerms } from "../core/terms.ts";

/** holding: a real purchase that may still be returned; claimed: a reward is on its way. */
export type ReferralState =
  | "waiting"
  | "holding"
  | "claimed"
  | "rewarded"
  | "refused"
  | "expired"
  | "taking-back"
  | "taken-back";

/** The member and the operation that it was given by, and how much. */
export type Given = readonly [member: MemberId, seq: number, cents: number];

export type Referral = {
  readonly member: MemberId;
  readonly inviter: MemberId;
  readonly acceptedAt: EpochMs;
  /** Who answers for the two now. */
  readonly root: MemberId;
  readonly inviterRoot: MemberId;
  readonly terms: ReferralTerms;
  readonly state: ReferralState;
  readonly reason?: string;
  readonly qualifiedAt?: EpochMs;
  readonly qualifiedBy?: string;
  readonly dueAt?: EpochMs;
  readonly turn: number;
  readonly given?: { readonly inviter: Given; readonly invited: Given };
};

type Row = {
  member_id: number | string;
  inviter: number | string;
  accepted_at: Date;
  root: number | string;
  inviter_root: number | string;
  terms: ReferralTerms;
  state: ReferralState;
  reason: string | null;
  qualified_at: Date | null;
  qualified_by: string | null;
  due_at: Date | null;
  turn: number;
  given: NonNullable<Referral["given"]> | null;
};

const COLUMNS = `r.member_id, r.inviter, r.accepted_at, r.root, r.inviter_root, r.terms, r.state, r.reason, r.qualified_at,
  r.qualified_by, r.due_at, r.turn, r.given`;

/** By primary key; what was refused when it was accepted gives way to another invitation. */
const INSERT = `
insert into referral (bucket, member_id, inviter, accepted_at, marks, root, inviter_root, terms, state, reason, due_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (bucket, member_id) do update set inviter = excluded.inviter, accepted_at = excluded.accepted_at,
  marks = excluded.marks, root = excluded.root, inviter_root = excluded.inviter_root, terms = excluded.terms,
  state = excluded.state, reason = excluded.reason, due_at = excluded.due_at
where referral.state = 'refused' and referral.turn = 0 and referral.qualified_at is null
returning 1`;

/** Whether it was taken: somebody may have been invited already. */
export async function insertReferral(
  client: ClientBase | Pool,
  referral: Pick<
    Referral,
    "member" | "inviter" | "acceptedAt" | "inviterRoot" | "terms" | "state" | "reason" | "dueAt"
  >,
  marks: readonly Buffer[],
): Promise<boolean> {
  const { member, inviter, acceptedAt, inviterRoot, terms, state, reason, dueAt } = referral;
  const { rows } = await client.query(INSERT, [
    bucketOf(member),
    member,
    inviter,
    new Date(acceptedAt),
    marks.map((mark) => mark.toString("hex")),
    member,
    inviterRoot,
    JSON.stringify(terms),
    state,
    reason ?? null,
    dueAt === undefined ? null : new Date(dueAt),
  ]);
  return rows.length === 1;
}

async function find(client: ClientBase | Pool, where: string, values: unknown[]): Promise<Referral[]> {
  const { rows } = await client.query<Row>(`select ${COLUMNS} from referral r where ${where}`, values);
  return rows.map(toReferral);
}

/** By referral_root: by whose invitation a member, or anybody he answers for, came. */
export function referralsOf(client: ClientBase | Pool, root: MemberId): Promise<Referral[]> {
  return find(client, "r.root = $1 order by r.accepted_at, r.member_id", [root]);
}

/** By referral_inviter: whom a member has invited, newest first. */
export function invitedBy(client: ClientBase | Pool, inviterRoot: MemberId): Promise<Referral[]> {
  return find(client, "r.inviter_root = $1 order by r.accepted_at desc, r.member_id", [inviterRoot]);
}

/** By referral_inviter, locked in the order of the key: rewards of one inviter are counted one after the other. */
export function lockInvitedBy(client: ClientBase, inviterRoot: MemberId): Promise<Referral[]> {
  return find(client, "r.inviter_root = $1 order by r.bucket, r.member_id for update", [inviterRoot]);
}

/** By referral_due. */
export function dueReferrals(pool: Pool, now: EpochMs, limit: number): Promise<Referral[]> {
  return find(pool, "r.due_at <= $1 order by r.due_at limit $2", [new Date(now), limit]);
}

/** By referral_marks, beside the member's own: whether a device or card has accepted an invitation before. */
export async function isMarkKnown(
  client: ClientBase | Pool,
  marks: readonly Buffer[],
  members: readonly MemberId[],
): Promise<boolean> {
  if (marks.length === 0) return false;
  const { rows } = await client.query(
    "select 1 from referral where marks && $1::uuid[] and not (member_id = any($2)) limit 1",
    [marks.map((mark) => mark.toString("hex")), members],
  );
  return rows.length > 0;
}

/** Up the chain of inviters, by referral_root; a ring ends where it began. */
const ANCESTORS = `
with recursive up(root, depth) as (
  select $1::int8, 0
  union
  select r.inviter_root, u.depth + 1 from up u join referral r on r.root = u.root and r.state <> 'refused' where u.depth < 64
)
select distinct root from up where depth > 0`;

export async function ancestorsOf(client: ClientBase | Pool, root: MemberId): Promise<MemberId[]> {
  const { rows } = await client.query<{ root: number | string }>(ANCESTORS, [root]);
  return rows.map((row) => Number(row.root));
}

/** By primary key; only while it is of the turn and state that it was read in. */
const CHANGE = `
update referral set state = $5, reason = $6, qualified_at = $7, qualified_by = $8, due_at = $9, turn = $10, given = $11
where bucket = $1 and member_id = $2 and turn = $3 and state = $4 returning 1`;

export async function changeReferral(client: ClientBase | Pool, before: Referral, after: Referral): Promise<boolean> {
  const { rows } = await client.query(CHANGE, [
    bucketOf(before.member),
    before.member,
    before.turn,
    before.state,
    after.state,
    after.reason ?? null,
    after.qualifiedAt === undefined ? null : new Date(after.qualifiedAt),
    after.qualifiedBy ?? null,
    after.dueAt === undefined ? null : new Date(after.dueAt),
    after.turn,
    after.given === undefined ? null : JSON.stringify(after.given),
  ]);
  return rows.length === 1;
}

/** Along each member's own operations from a time on, by primary key; a new member has few. */
const PURCHASES = `
select o.kind, o.receipt_id, o.body ->> 'receiptId' as of_receipt, o.partner, o.occurred_at, (o.body ->> 'turnover')::int8 as turnover,
       coalesce((o.body -> 'spent' ->> 'cents')::int8, 0) as spent_cents
from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join operation o on o.bucket = x.bucket and o.member_id = x.member_id
where o.kind in ('purchase', 'return') and o.occurred_at >= $3 order by o.occurred_at limit 2000`;

type PurchaseRow = {
  kind: "purchase" | "return";
  receipt_id: string | null;
  of_receipt: string | null;
  partner: string;
  occurred_at: Date;
  turnover: number | string;
  spent_cents: number | string;
};

/** What these members have bought since, with what came back of it; returns find their purchase by its receipt. */
export async function purchasesSince(
  client: ClientBase | Pool,
  members: readonly MemberId[],
  since: EpochMs,
  pointKopecks: number,
): Promise<ReferralPurchase[]> {
  const values = [members.map(bucketOf), members, new Date(since)];
  const { rows } = await client.query<PurchaseRow>(PURCHASES, values);
  const returns = Map.groupBy(
    rows.filter(({ kind }) => kind === "return"),
    (row) => row.of_receipt ?? row.receipt_id ?? "",
  );
  return rows.flatMap((row) => {
    if (row.kind !== "purchase" || row.receipt_id === null) return [];
    const money = Number(row.turnover) - Math.round((Number(row.spent_cents) * pointKopecks) / 100);
    return [
      {
        receiptId: row.receipt_id,
        partner: row.partner,
        at: row.occurred_at.getTime(),
        moneyKopecks: money,
        returns: (returns.get(row.receipt_id) ?? []).map((each) => ({
          at: each.occurred_at.getTime(),
          kopecks: -Number(each.turnover),
        })),
      },
    ];
  });
}

/** How far invitations have followed operations. */
export const referralPosition = createPosition("referral_position");

/** Whether anybody has been invited. */
export async function hasReferrals(pool: Pool): Promise<boolean> {
  return (await pool.query("select 1 from referral limit 1")).rows.length > 0;
}

/** A member's referral by referral_root. */
const TOUCH = `
update referral r set due_at = least(coalesce(r.due_at, $2), $2)
where r.root = any($1) and r.state not in ('refused', 'expired')`;

/** Invitations of these members, who have bought or returned, are due. */
export async function touchReferrals(client: ClientBase, members: readonly MemberId[], now: EpochMs): Promise<void> {
  if (members.length > 0) await client.query(TOUCH, [int8Array(members), new Date(now)]);
}

/** By referral_root and referral_inviter: both sides that any of these stands for or is. */
export async function referralsAround(client: ClientBase, members: readonly MemberId[]): Promise<Referral[]> {
  return find(client, "r.root = any($1) or r.inviter_root = any($1) or r.member_id = any($1) or r.inviter = any($1)", [
    members,
  ]);
}

/** By primary key. */
const MOVE_ROOTS = `
update referral set root = $3, inviter_root = $4, due_at = case when state in ('refused', 'expired') then due_at else $5 end
where bucket = $1 and member_id = $2`;

export async function moveRoots(
  client: ClientBase,
  { member }: Referral,
  root: MemberId,
  inviterRoot: MemberId,
  now: EpochMs,
): Promise<void> {
  await client.query(MOVE_ROOTS, [bucketOf(member), member, root, inviterRoot, new Date(now)]);
}

/** By primary key. */
const PUT_CODE = `
insert into referral_code (code_bucket, code_hash, bucket, member_id, created_at) values ($1, $2, $3, $4, $5)
on conflict (code_bucket, code_hash) do nothing`;
const FIND_CODE = "select member_id from referral_code where code_bucket = $1 and code_hash = $2";

type Code = { readonly bucket: number; readonly hash: Buffer };

export async function putReferralCode(pool: Pool, code: Code, member: MemberId, now: EpochMs): Promise<void> {
  await pool.query(PUT_CODE, [code.bucket, code.hash.toString("hex"), bucketOf(member), member, new Date(now)]);
}

export async function findReferralCode(pool: Pool, code: Code): Promise<MemberId | undefined> {
  const { rows } = await pool.query<{ member_id: number | string }>(FIND_CODE, [
    code.bucket,
    code.hash.toString("hex"),
  ]);
  return rows[0] && Number(rows[0].member_id);
}

function toReferral(row: Row): Referral {
  return {
    member: Number(row.member_id),
    inviter: Number(row.inviter),
    acceptedAt: row.accepted_at.getTime(),
    root: Number(row.root),
    inviterRoot: Number(row.inviter_root),
    terms: row.terms,
    state: row.state,
    ...(row.reason === null ? {} : { reason: row.reason }),
    ...(row.qualified_at === null ? {} : { qualifiedAt: row.qualified_at.getTime() }),
    ...(row.qualified_by === null ? {} : { qualifiedBy: row.qualified_by }),
    ...(row.due_at === null ? {} : { dueAt: row.due_at.getTime() }),
    turn: row.turn,
    ...(row.given === null ? {} : { given: row.given }),
  };
}
