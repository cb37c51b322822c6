import fc from "fast-check";
import { DAY_MS, HOUR_MS, monthOf } from "#kernel/time.ts";
import {
  award,
  bookDue,
  calendarOf,
  capture,
  closeMonth,
  hold,
  type Ledger,
  memberOf,
  purchase,
  type Reply,
  returnPurchase,
  voidHold,
  walletAt,
} from "./ledger.ts";
import { splitInProportion } from "./split.ts";
import type { Part } from "./types.ts";

/**
 * Random work for the model alone: parts, attributions and lives are arbitrary, richer than any programme makes them.
 * Times are whole hours, so that things often fall due at one instant. References are by index, so that shrinking works.
 */
export type RandomPart = { delayHours: number; lifeHours: number | null; cents: readonly (readonly number[])[] };
export type RandomCommand =
  | { do: "wait"; hours: number }
  | {
      do: "purchase";
      partner: number;
      lateHours: number;
      lines: readonly number[];
      parts: readonly RandomPart[];
      spendPermille: number;
      hold: number;
    }
  | { do: "return"; pick: number; permille: readonly number[] | "all"; grace: number | null; inPoints: boolean }
  | { do: "hold"; permille: number; hours: number }
  | { do: "capture"; pick: number; permille: number }
  | { do: "void"; pick: number }
  | { do: "award"; funder: number; cents: number; lifeHours: number | null }
  | { do: "sweep" }
  | { do: "close" };

export const PARTNERS = ["aist", "bereg", "veter"] as const;
export const START = Date.UTC(2025, 0, 28, 20);
export const MEMBER = 7;

const hours = fc.constantFrom(0, 1, 2, 4, 24, 25, 240);
const life = fc.option(fc.constantFrom(1, 2, 5, 24, 48, 720), { nil: null, freq: 5 });
const permille = fc.oneof(fc.constantFrom(0, 1, 333, 500, 1000, 1100), fc.integer({ min: 0, max: 1000 }));
const lineCents = fc.array(fc.oneof(fc.constantFrom(0, 1, 3), fc.integer({ min: 0, max: 5000 })), {
  minLength: 3,
  maxLength: 3,
});
const part: fc.Arbitrary<RandomPart> = fc.record({
  delayHours: fc.constantFrom(0, 0, 1, 24),
  lifeHours: life,
  cents: fc.array(lineCents, { minLength: 3, maxLength: 3 }),
});

export const randomCommand: fc.Arbitrary<RandomCommand> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant("wait" as const), hours }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("purchase" as const),
      partner: fc.nat(2),
      lateHours: fc.constantFrom(0, 0, 0, 1, 30),
      lines: fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 3 }),
      parts: fc.array(part, { maxLength: 2 }),
      spendPermille: fc.oneof(fc.constant(0), permille),
      hold: fc.integer({ min: -6, max: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("return" as const),
      pick: fc.nat(7),
      permille: fc.oneof(fc.constant("all" as const), fc.array(permille, { minLength: 3, maxLength: 3 })),
      grace: fc.option(fc.constantFrom(24, 240), { nil: null }),
      inPoints: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("hold" as const), permille, hours: fc.constantFrom(1, 2, 24) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("capture" as const), pick: fc.nat(3), permille }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("void" as const), pick: fc.nat(3) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("award" as const),
      funder: fc.nat(2),
      cents: fc.integer({ min: 1, max: 9000 }),
      lifeHours: life,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("sweep" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("close" as const) }) },
);

export type Run = { readonly ledger: Ledger; now: number; step: number };

/** Applies one command; what it names may not exist, then it is refused like any other. */
export function apply(run: Run, command: RandomCommand): Reply<unknown> | undefined {
  const { ledger } = run;
  const keyed = { key: `k${run.step++}`, body: JSON.stringify(command) };
  const member = memberOf(ledger, MEMBER);
  const active = walletAt(ledger, MEMBER, run.now).activeCents;
  switch (command.do) {
    case "wait":
      run.now += command.hours * HOUR_MS;
      return undefined;
    case "purchase":
      return purchase(ledger, run.now, keyed, purchaseTerms(run, command, active));
    case "return": {
      const bought = member.purchases[command.pick % Math.max(1, member.purchases.length)];
      const asked = command.permille;
      const lines =
        asked === "all"
          ? ("all" as const)
          : (bought?.lineAmounts ?? [100]).map((amount, line) => ({
              line,
              amountKopecks: part1000(amount, asked[line] ?? 0),
            }));
      return returnPurchase(ledger, run.now, keyed, {
        member: MEMBER,
        purchaseSeq: bought?.seq ?? 999,
        at: run.now,
        lines,
        policy:
          command.grace === null
            ? { kind: "original" }
            : { kind: "grace", expiresAt: run.now + command.grace * HOUR_MS },
        refund: command.inPoints ? { in: "points", expiresAt: run.now + 5 * DAY_MS } : { in: "money" },
      });
    }
    case "hold": {
      const cents = Math.max(1, part1000(active, command.permille));
      const terms = { member: MEMBER, partner: PARTNERS[0], cents, expiresAt: run.now + command.hours * HOUR_MS };
      return hold(ledger, run.now, keyed, terms);
    }
    case "capture": {
      const held = member.holds[command.pick % Math.max(1, member.holds.length)];
      const heldCents = held?.items.reduce((total, item) => total + item.cents, 0) ?? 0;
      const cents = Math.max(1, part1000(heldCents, command.permille));
      return capture(ledger, run.now, keyed, { member: MEMBER, holdSeq: held?.seq ?? 999, cents });
    }
    case "void":
      return voidHold(ledger, run.now, keyed, {
        member: MEMBER,
        holdSeq: member.holds[command.pick % Math.max(1, member.holds.length)]?.seq ?? 999,
      });
    case "award":
      return award(ledger, run.now, keyed, {
        member: MEMBER,
        funders: [PARTNERS[command.funder] as string],
        amountCents: [command.cents],
        expiresAt: command.lifeHours === null ? null : run.now + command.lifeHours * HOUR_MS,
      });
    case "sweep":
      bookDue(ledger, MEMBER, run.now);
      return undefined;
    case "close":
      closeMonth(ledger, run.now, monthOf(calendarOf(ledger).dayOf(run.now)) - 1);
      return undefined;
  }
}

function purchaseTerms(run: Run, command: Extract<RandomCommand, { do: "purchase" }>, active: number) {
  const at = run.now - command.lateHours * HOUR_MS;
  const total = command.lines.reduce((a, b) => a + b, 0);
  const held = memberOf(run.ledger, MEMBER).holds[command.hold];
  const of = held ? held.items.reduce((sum, item) => sum + item.cents, 0) : active;
  const spend = Math.min(total, part1000(of, command.spendPermille));
  return {
    member: MEMBER,
    partner: PARTNERS[command.partner] as string,
    at,
    lineAmounts: command.lines,
    parts: command.parts.map((one) => toPart(one, at, command.lines.length)),
    spentByLine: spend === 0 ? command.lines.map(() => 0) : splitInProportion(spend, command.lines),
    ...(held ? { holdSeq: held.seq } : {}),
  };
}

function toPart(one: RandomPart, at: number, lines: number): Part {
  const lineCents = one.cents.slice(0, lines);
  return {
    availableAt: at + one.delayHours * HOUR_MS,
    expiresAt: one.lifeHours === null ? null : at + (one.delayHours + one.lifeHours) * HOUR_MS,
    funders: PARTNERS,
    amountCents: PARTNERS.map((_, f) => lineCents.reduce((total, line) => total + (line[f] as number), 0)),
    lineCents,
  };
}

export function part1000(of: number, permille: number): number {
  return Math.floor((of * permille) / 1000);
}
