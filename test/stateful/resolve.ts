import { memberOf, walletAt } from "../model/ledger.ts";
import { spendableOn } from "../model/pricing.ts";
import { sum } from "../model/split.ts";
import { type ModelSide, programmeOf } from "./ask-model.ts";
import type { Ask } from "./commands.ts";
import { type Request, withAnotherBody } from "./requests.ts";
import { CATEGORIES, FUNDERS, PARTNERS } from "./world.ts";

/** What a run remembers to make requests: who there is, what was asked, and numbers for what is new. */
export type Asking = {
  readonly model: ModelSide;
  readonly members: readonly number[];
  readonly asked: Request[];
  /** Begins every number and key of this run, so that runs share a database. */
  readonly prefix: string;
};

/** Turns a command into a request by what the model knows now. What it picks may not exist: then nobody's is named. */
export function resolve(asking: Asking, ask: Ask): Request {
  const { model, members } = asking;
  const { ledger, now } = model;
  if (
    (ask.ask === "capture" || ask.ask === "void") &&
    memberOf(ledger, members[ask.member] as number).holds.length === 0
  ) {
    return resolve(asking, { ask: "hold", member: ask.member, partner: 0, permille: 400, ttlSeconds: 3_600 });
  }
  if (ask.ask === "again") {
    const before = asking.asked[ask.pick % Math.max(1, asking.asked.length)];
    if (!before) return { kind: "void", key: `${asking.prefix}-none`, member: members[0] as number, holdSeq: 999 };
    return ask.changed ? withAnotherBody(before) : before;
  }
  const id = members[ask.member % members.length] as number;
  const member = memberOf(ledger, id);
  const name = `${asking.prefix}-${asking.asked.length}`;
  const active = walletAt(ledger, id, now).activeCents;
  const held = "pick" in ask ? pickMostly(member.holds, (one) => one.state === "open", ask.pick) : undefined;
  switch (ask.ask) {
    case "receipt": {
      const lines = ask.lines.map(([category, amountKopecks]) => ({
        category: CATEGORIES[category] as string,
        amountKopecks,
      }));
      const hold = ask.hold === null ? undefined : pickMostly(member.holds, (one) => one.state === "open", ask.hold);
      const funds = hold ? sum(hold.items.map((item) => item.cents)) : active;
      const most = Math.min(funds, spendableOn(programmeOf(model), lines));
      return {
        kind: "receipt",
        member: id,
        partner: PARTNERS[ask.partner] as string,
        number: name,
        at: now - ask.lateMs,
        lines,
        spendCents: ask.spend === 0 ? 0 : Math.max(1, permilleOf(most, ask.spend)),
        ...(hold ? { holdSeq: hold.seq } : {}),
      };
    }
    case "return": {
      const bought = pickMostly(member.purchases, (one) => sum(one.returned) < sum(one.lineAmounts), ask.pick);
      const { lines } = ask;
      const left = bought?.lineAmounts.map((amount, i) => amount - (bought.returned[i] as number)) ?? [100];
      const asked =
        lines === "all"
          ? []
          : left.map((amount, line) => ({ line, amountKopecks: permilleOf(amount, lines[line] ?? 0) }));
      const some = asked.filter((line) => line.amountKopecks > 0);
      return {
        kind: "return",
        member: id,
        purchaseSeq: bought?.seq ?? 999,
        partner: bought?.partner ?? "alfa",
        number: name,
        at: now - ask.earlyMs,
        lines: some.length === 0 ? "all" : some,
        refund: ask.inPoints ? "points" : "money",
      };
    }
    case "hold":
      return {
        kind: "hold",
        key: name,
        member: id,
        partner: PARTNERS[ask.partner] as string,
        cents: Math.max(1, permilleOf(active, ask.permille)),
        ttlSeconds: ask.ttlSeconds,
      };
    case "capture": {
      const cents = Math.max(1, permilleOf(sum(held?.items.map((item) => item.cents) ?? []), ask.permille));
      return { kind: "capture", key: name, member: id, holdSeq: held?.seq ?? 999, cents };
    }
    case "void":
      return { kind: "void", key: name, member: id, holdSeq: held?.seq ?? 999 };
    case "award":
      return {
        kind: "award",
        key: name,
        member: id,
        funder: FUNDERS[ask.funder] as string,
        cents: ask.cents,
        ...(ask.lifeMs === null ? {} : { expiresAt: now + ask.lifeMs }),
      };
  }
}

/** Mostly what can still be used, now and then anything. */
function pickMostly<T>(all: readonly T[], isUsable: (one: T) => boolean, pick: number): T | undefined {
  const usable = all.filter(isUsable);
  const from = usable.length > 0 && pick % 4 !== 3 ? usable : all;
  return from[pick % Math.max(1, from.length)];
}

function permilleOf(of: number, permille: number): number {
  return Math.floor((of * permille) / 1000) + (permille > 1000 ? 1 : 0);
}
