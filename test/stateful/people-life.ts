import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import type { Pool } from "pg";
import { createCheckout, type Principal } from "#flows/checkout/index.ts";
import { agree, transfer, undo } from "#flows/household/index.ts";
import { createProfiles } from "#flows/profiles/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { manualClock } from "#platform/clock.ts";
import { programmesOf } from "../support/programmes.ts";
import { PEOPLE, type PeopleCommand } from "./people-commands.ts";

const PARTNERS = ["alfa", "beta", "telecom"] as const;
const operator: Principal = { keyId: "op", role: "operator" };

/** The coalition that histories happen in. */
export function createWorld(pool: Pool, programme: string) {
  const clock = manualClock(Date.parse("2026-06-01T12:00:00+03:00"));
  const programmes = programmesOf(clock.now, programme);
  const identifierSecret = Buffer.from("test");
  return {
    ...{ pool, clock, programmes, number: 0 },
    checkout: createCheckout({ pool, clock, programmes, identifierSecret }),
    profiles: createProfiles({
      ...{ pool, clock, programmes, identifierSecret },
      ...{ masterKey: randomBytes(32), random: randomBytes },
    }),
  };
}
export type World = ReturnType<typeof createWorld>;

/** A few people and what has happened to them so far. */
export type Life = {
  readonly world: World;
  readonly cards: readonly string[];
  readonly members: number[];
  readonly receipts: { readonly id: string; readonly partner: string }[];
  readonly holds: string[];
  readonly moves: { readonly member: number; readonly seq: number }[];
};

export type Done = { readonly ok: boolean } | undefined;

/** People who have bought something, and who all let each other take points. */
export async function beginLife(world: World): Promise<Life> {
  const born = ++world.number;
  const cards = Array.from({ length: PEOPLE }, (_, i) => `${born}-${i}`);
  const life: Life = { world, cards, members: [], receipts: [], holds: [], moves: [] };
  for (const index of cards.keys()) {
    const first = await buy(life, index, "alfa", 300, 0);
    assert.ok(first.ok, JSON.stringify(first));
    life.members.push(memberIds.parse(first.value.body.member as string) as number);
  }
  for (const one of life.members) {
    for (const other of life.members) if (one !== other) await agree(world, one, other, "test");
  }
  return life;
}

const named = (life: Life, who: number) =>
  ({ by: "identifier", kind: "card", value: life.cards[who] as string }) as const;
const keyOf = ({ world }: Life) => ({ idempotencyKey: `k${++world.number}` });
const by = { by: "test", note: "test" };

async function buy(life: Life, who: number, partner: string, roubles: number, spendCents: number) {
  const { world, receipts } = life;
  const shop = { partner, store: `${partner}-1`, till: "1", number: String(++world.number), at: world.clock.now() };
  const lines = [{ category: "food", amountKopecks: roubles * 100 }];
  const receipt = { ...shop, lines, deliveryFeeKopecks: 0, tenders: [], spendCents };
  const bought = await world.checkout.postReceipt({ receipt, member: named(life, who) }, operator);
  if (bought.ok) receipts.push({ id: bought.value.body.receiptId, partner });
  return bought;
}

/** Does one thing; undefined where there was nothing to do it with. */
export async function act(life: Life, each: PeopleCommand): Promise<Done> {
  const { world, members } = life;
  const member = "who" in each ? (members[each.who] as number) : 0;
  switch (each.do) {
    case "buy":
      return buy(life, each.who, PARTNERS[each.at] as string, each.roubles, spendOf(each));
    case "return":
      return giveBack(life, each);
    case "hold":
    case "end-hold":
      return holdOrEnd(life, each);
    case "move": {
      const asked = { from: member, to: members[each.to] as number, pointsCents: each.cents, ...by, ...keyOf(life) };
      const moved = await transfer(world, asked);
      if (moved.ok) life.moves.push({ member: moved.value.operation.member, seq: moved.value.operation.seq });
      return moved;
    }
    case "undo": {
      const of = life.moves[each.pick % Math.max(1, life.moves.length)];
      return of && undo(world, { transfer: of, ...by, ...keyOf(life) });
    }
    case "merge":
      return world.profiles.merge(member, members[each.with] as number, by);
    case "unmerge":
      return world.profiles.unmerge(member, by);
    case "erase":
      return world.profiles.erase(member);
    case "wait":
      world.clock.advance(each.ms);
      return;
  }
}

function spendOf({ spend, roubles }: { readonly spend: number; readonly roubles: number }): number {
  return spend === 3 ? Math.min(roubles * 100, 2_000) : 0;
}

async function giveBack(life: Life, each: { readonly pick: number; readonly inPoints: boolean }): Promise<Done> {
  const { world, receipts } = life;
  const of = receipts[each.pick % receipts.length];
  if (!of) return;
  const document = { store: `${of.partner}-1`, till: "1", number: `r${++world.number}`, at: world.clock.now() };
  const refund = each.inPoints ? ("points" as const) : ("money" as const);
  return world.checkout.returnReceipt({ receiptId: of.id, ...document, lines: "all", refund }, operator);
}

type HoldCommand = Extract<PeopleCommand, { readonly do: "hold" | "end-hold" }>;

async function holdOrEnd(life: Life, each: HoldCommand): Promise<Done> {
  const { world, holds } = life;
  if (each.do === "hold") {
    const asked = { partner: "beta", pointsCents: each.cents, ttlSeconds: 86_400, ...keyOf(life) };
    const held = await world.checkout.placeHold({ ...asked, member: named(life, each.who) }, operator);
    if (held.ok) holds.push(held.value.body.hold);
    return held;
  }
  const holdId = holds[each.pick % Math.max(1, holds.length)];
  if (holdId === undefined) return;
  const key = { ...keyOf(life), holdId };
  return each.captures
    ? world.checkout.captureHold({ ...key, pointsCents: 1 }, operator)
    : world.checkout.voidHold(key, operator);
}
