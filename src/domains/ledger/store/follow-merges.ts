import type { ClientBase, Pool } from "pg";
import { bucketOf, type MemberId } from "#kernel/ids.ts";
import { invariant } from "#kernel/invariant.ts";
import { int2Array, int8Array } from "#platform/postgres/binary-arrays.ts";
import { departureOf } from "../core/relocate.ts";
import type { StateFacts } from "../core/state-facts.ts";
import type { Wallet } from "../core/wallet.ts";
import { readHoldState } from "./holds.ts";
import { loadWallets } from "./load-wallets.ts";
import { readOperation } from "./operations.ts";

/** More merges in a row than any member has; past them the rows go round in a circle. */
const MOST_HOPS = 64;

/** The wallet that answers for a member, and what to add to the member's own numbers to have the survivor's. */
export type Survivor = { readonly wallet: Wallet; readonly shift: number };

/** Wallets by the member named: of the survivor where it was merged. One query where nobody was, one more per hop. */
export async function loadSurvivors(
  client: ClientBase | Pool,
  members: readonly MemberId[],
): Promise<Map<MemberId, Survivor>> {
  const survivors = new Map<MemberId, Survivor>();
  let open = members.map((named) => ({ named, at: named, shift: 0 }));
  for (let hop = 0; open.length > 0; hop++) {
    invariant(hop < MOST_HOPS, "merges lead nowhere");
    const wallets = await loadWallets(client, [...new Set(open.map(({ at }) => at))]);
    const merged: typeof open = [];
    for (const { named, at, shift } of open) {
      const wallet = wallets.get(at);
      if (wallet?.status === "merged" && wallet.mergedInto !== undefined) {
        merged.push({ named, at: wallet.mergedInto, shift: shift + (wallet.mergedBase ?? 0) });
      } else if (wallet) survivors.set(named, { wallet, shift });
    }
    open = merged;
  }
  return survivors;
}

/** By primary key, a hop at a time; no lots are read. */
const MERGED_INTO = `
select w.member_id, w.status, w.merged_into
from unnest($1::int2[], $2::int8[]) as x(bucket, member_id)
join wallet w on w.bucket = x.bucket and w.member_id = x.member_id`;

/** The member that answers for each of these; members without a wallet are absent, erased ones stand for themselves. */
export async function survivorsOf(
  client: ClientBase | Pool,
  members: readonly MemberId[],
): Promise<Map<MemberId, MemberId>> {
  const roots = new Map<MemberId, MemberId>();
  let open = members.map((named) => ({ named, at: named }));
  for (let hop = 0; open.length > 0; hop++) {
    invariant(hop < MOST_HOPS, "merges lead nowhere");
    const ids = [...new Set(open.map(({ at }) => at))];
    const { rows } = await client.query<{ member_id: number | string; status: string; merged_into: string | null }>({
      name: "merged-into",
      text: MERGED_INTO,
      values: [int2Array(ids.map(bucketOf)), int8Array(ids)],
    });
    const into = new Map(rows.map((row) => [Number(row.member_id), row.merged_into]));
    const next: typeof open = [];
    for (const { named, at } of open) {
      const target = into.get(at);
      if (target === undefined) continue;
      if (target === null) roots.set(named, at);
      else next.push({ named, at: Number(target) });
    }
    open = next;
  }
  return roots;
}

/** Unmerges after an operation, by primary key: the stream of one member from there on. */
const UNMERGES = `
select facts from operation where bucket = $1 and member_id = $2 and seq > $3 and kind = 'unmerge' order by seq`;

export type Relocation = { readonly member: MemberId; readonly renumber: (seq: number) => number };

/** Where an operation made with a merged member's identifier belongs since an unmerge; itself when there was none. */
export async function relocate(
  client: ClientBase | Pool,
  operation: { readonly member: MemberId; readonly seq: number; readonly via?: MemberId | undefined },
): Promise<Relocation> {
  const { member, seq, via } = operation;
  const stays: Relocation = { member, renumber: (n) => n };
  if (via === undefined) return stays;
  const { rows } = await client.query<{ facts: { state: StateFacts } }>(UNMERGES, [bucketOf(member), member, seq]);
  const departure = departureOf(
    rows.map(({ facts }) => facts.state),
    operation,
  );
  if (!departure) return stays;
  const { to, renumber } = departure;
  const onward = await relocate(client, { ...to, seq: renumber(seq) });
  return { member: onward.member, renumber: (n) => onward.renumber(renumber(n)) };
}

/** Where a hold is now: it follows merges and unmerges under another number. */
export async function locateHold(
  client: ClientBase | Pool,
  hold: { readonly member: MemberId; readonly seq: number },
): Promise<{ member: MemberId; seq: number }> {
  let at = { member: hold.member, seq: hold.seq };
  for (let hop = 0; hop < MOST_HOPS; hop++) {
    const state = await readHoldState(client, at.member, at.seq);
    if (state?.state !== "moved") return at;
    const wallet = (await loadWallets(client, [at.member])).get(at.member);
    if (wallet?.mergedInto !== undefined) {
      at = { member: wallet.mergedInto, seq: at.seq + (wallet.mergedBase ?? 0) };
      continue;
    }
    const operation = await readOperation(client, at.member, at.seq);
    const moved = await relocate(client, { ...at, via: operation?.facts?.via });
    if (moved.member === at.member) return at;
    at = { member: moved.member, seq: moved.renumber(at.seq) };
  }
  return at;
}
