import type { ClientBase } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import type { EpochMs } from "#kernel/time.ts";
import { int8Array } from "#platform/postgres/binary-arrays.ts";
import { ended, type Subscription } from "../core/subscription.ts";
import { listSubscriptions, readSubscription, type StoredSubscription, updateSubscription } from "./subscriptions.ts";

/** By primary key; a merged member brings those merged into it before. */
const JOIN = `
insert into subscription_owner (bucket, member_id, merged_id)
select $1::int2, $2::int8, $3::int8 where exists (select 1 from subscription where bucket = $4 and member_id = $3)
union all
select $1::int2, $2::int8, merged_id from subscription_owner where bucket = $4 and member_id = $3
on conflict (bucket, member_id, merged_id) do nothing`;

/**
 * The survivor answers for the merged member's subscriptions, which stay where they were bought. Of two to one plan the
 * one that is paid for the shorter time is not renewed.
 */
export async function mergeSubscriptions(
  client: ClientBase,
  survivor: MemberId,
  merged: MemberId,
  now: EpochMs,
): Promise<void> {
  await client.query(JOIN, [bucketOf(survivor), survivor, merged, bucketOf(merged)]);
  const open = (await listSubscriptions(client, survivor)).filter(isOpen);
  for (const plan of new Set(open.map((each) => each.plan))) {
    const same = open.filter((each) => each.plan === plan);
    const longest = same.reduce((a, b) => ((b.periodUntilAt ?? 0) > (a.periodUntilAt ?? 0) ? b : a));
    for (const each of same) if (each !== longest) await stopRenewing(client, each, now);
  }
}

function isOpen({ state, isCancelled }: Subscription): boolean {
  return !isCancelled && (state === "active" || state === "grace");
}

async function stopRenewing(client: ClientBase, { member, number }: Subscription, now: EpochMs): Promise<void> {
  const stored = await readSubscription(client, { member, number }, "lock");
  const { periodUntilAt } = stored ?? {};
  if (stored === undefined || periodUntilAt === undefined || !isOpen(stored)) return;
  const next: StoredSubscription = {
    ...stored,
    isCancelled: true,
    benefitUntilAt: periodUntilAt,
    nextAt: Math.max(periodUntilAt, now),
    isDue: true,
  };
  await updateSubscription(client, next);
}

/** By a prefix of the primary key: tokens name a person's card. */
const FORGET_TOKENS = `
update subscription_payment set token = 'erased' where bucket = $1 and member_id = $2 and number = $3`;

/**
 * An erased member pays for nothing any more: what goes on ends now, and no token is left. Payments stay, as the money did;
 * one that is on its way and comes goes back.
 */
export async function eraseSubscriptions(client: ClientBase, member: MemberId, now: EpochMs): Promise<void> {
  for (const { member: buyer, number } of await listSubscriptions(client, member)) {
    const stored = await readSubscription(client, { member: buyer, number }, "lock");
    if (stored === undefined) continue;
    const { token: _, nextAt: __, ...rest } = stored;
    const over = stored.state === "ended" ? rest : ended(rest, "cancelled", now, undefined);
    await updateSubscription(client, { ...rest, ...over, isDue: false });
    await client.query(FORGET_TOKENS, [bucketOf(buyer), buyer, number]);
  }
}

/** Members that go take their subscriptions along. */
export async function splitSubscriptions(
  client: ClientBase,
  survivor: MemberId,
  members: readonly MemberId[],
): Promise<void> {
  await client.query("delete from subscription_owner where bucket = $1 and member_id = $2 and merged_id = any($3)", [
    bucketOf(survivor),
    survivor,
    int8Array(members),
  ]);
}
