import assert from "node:assert/strict";
import type { CaseProgramme } from "./programme.ts";
import { type Action, action, cents, endOf, moscow, type Stage, type Step, shown, step } from "./stage.ts";
import type { HoldSeen, ReceiptAsked, ReceiptSeen, ReturnSeen, Seen } from "./system.ts";

/** Amounts by category, in the order of the receipt's lines: `{ bread: "300", fish: "700" }`. */
export type Lines = Readonly<Record<string, string>>;

export type ReceiptSays = {
  readonly member: string;
  readonly partner: string;
  readonly lines: Lines;
  readonly spend?: string;
  readonly hold?: string;
  /** The till's own time when it isn't now. */
  readonly at?: string;
  readonly card?: string;
  readonly earns?: string;
  /** What waits for the top-up of a deposit. */
  readonly reserves?: string;
  /** What single rules gave, where the case is about that. */
  readonly byRule?: Readonly<Record<string, string>>;
};

export function programme(of: CaseProgramme): Step {
  return step("a programme applies", (stage) => stage.system.applyProgramme(of));
}

export function at(when: string): Step {
  return step(`it is ${when} in Moscow`, async (stage) => {
    stage.now = moscow(when);
    await stage.system.setTime(stage.now);
  });
}

/** A receipt under a name; its number at the till is the name. */
export function receipt(name: string, says: ReceiptSays): Action {
  const spend = says.spend ? `, ${says.spend} of it in points` : "";
  const text = `receipt ${name}: ${says.member} at ${says.partner}, ${describe(says.lines)}${spend}`;
  return action<ReceiptSeen>(
    text,
    (stage) => sendReceipt(stage, name, says),
    (seen) => {
      if (says.reserves !== undefined) assert.equal(shown(seen.reservedCents), shown(cents(says.reserves)), "reserved");
      if (says.earns !== undefined) assert.equal(shown(seen.earnedCents), shown(cents(says.earns)), "earned");
      assert.equal(shown(seen.spentCents), shown(cents(says.spend ?? "0")), "spent");
      for (const [rule, points] of Object.entries(says.byRule ?? {})) {
        assert.equal(shown(seen.rules.get(rule) ?? 0), shown(cents(points)), `rule ${rule}`);
      }
    },
  );
}

async function sendReceipt(stage: Stage, name: string, says: ReceiptSays): Promise<Seen<ReceiptSeen>> {
  const asked: ReceiptAsked = {
    member: says.member,
    ...(says.card ? { card: says.card } : {}),
    partner: says.partner,
    number: name,
    at: says.at ? moscow(says.at) : stage.now,
    lines: Object.entries(says.lines).map(([category, amount]) => ({ category, amountKopecks: cents(amount) })),
    spendCents: cents(says.spend ?? "0"),
    ...(says.hold ? { hold: holdId(stage, says.hold) } : {}),
  };
  const seen = await stage.system.receipt(asked);
  if (seen.ok && !stage.receipts.get(name)?.seen) stage.receipts.set(name, { asked, seen: seen.value });
  return seen;
}

/** Points of one funder out of nowhere: how cases get lots to begin with. `lastDay` is the last day they can be spent. */
export function award(member: string, funder: string, points: string, lastDay?: string): Action {
  return action(
    `${member} is given ${points} by ${funder}${lastDay ? `, last day ${lastDay}` : ", for good"}`,
    (stage) =>
      stage.system.award({
        key: `award-${stage.keys++}`,
        member,
        funder,
        pointsCents: cents(points),
        ...(lastDay ? { expiresAt: endOf(lastDay) } : {}),
      }),
    (seen) => assert.equal(shown(seen.earnedCents), shown(cents(points))),
  );
}

export type ReturnGives = {
  readonly takesBack?: string;
  readonly givesBack?: string;
  readonly arrears?: string;
  readonly expired?: string;
  readonly roubles?: string;
};

/** Lines of a receipt come back, by category, or all that is left of it. */
export function returns(
  name: string,
  lines: Lines | "all",
  gives: ReturnGives = {},
  says: { number?: string } = {},
): Action {
  const text = `${lines === "all" ? "all" : describe(lines)} of ${name} comes back`;
  return action<ReturnSeen>(
    text,
    (stage) => sendReturn(stage, name, lines, says),
    (seen) => {
      const same = (expected: string | undefined, value: number, what: string): void => {
        if (expected !== undefined) assert.equal(shown(value), shown(cents(expected)), what);
      };
      same(gives.takesBack, seen.takenBackCents, "taken back");
      same(gives.givesBack, seen.givenBackCents, "given back");
      same(gives.arrears, seen.arrearsCents, "new arrears");
      same(gives.expired, seen.expiredCents, "expired at once");
      same(gives.roubles, seen.refundKopecks, "roubles");
    },
  );
}

function sendReturn(
  stage: Stage,
  name: string,
  lines: Lines | "all",
  says: { number?: string },
): Promise<Seen<ReturnSeen>> {
  const bought = stage.receipts.get(name);
  assert.ok(bought?.seen, `no receipt ${name} yet`);
  const categories = bought.asked.lines.map((line) => line.category);
  return stage.system.returnReceipt({
    receipt: bought.seen.receipt,
    partner: bought.asked.partner,
    number: says.number ?? `return-${stage.keys++}`,
    at: stage.now,
    lines:
      lines === "all"
        ? "all"
        : Object.entries(lines).map(([category, amount]) => ({
            line: categories.indexOf(category),
            amountKopecks: cents(amount),
          })),
  });
}

export function hold(name: string, member: string, partner: string, points: string, ttlSeconds = 900): Action {
  return action<HoldSeen>(`${partner} holds ${points} of ${member}'s as ${name}`, async (stage) => {
    const key = `hold-${stage.keys++}`;
    const seen = await stage.system.hold({ key, member, partner, pointsCents: cents(points), ttlSeconds });
    if (seen.ok) stage.holds.set(name, seen.value.hold);
    return seen;
  });
}

export function capture(name: string, points: string): Action {
  return action(`${points} of ${name} are captured`, (stage) =>
    stage.system.capture({ key: `capture-${stage.keys++}`, hold: holdId(stage, name), pointsCents: cents(points) }),
  );
}

export function voids(name: string): Action {
  return action(`${name} is voided`, (stage) =>
    stage.system.voidHold({ key: `void-${stage.keys++}`, hold: holdId(stage, name) }),
  );
}

/** A prepaid funder pays in: a first deposit, or a top-up. */
export function deposit(funder: string, roubles: string): Action {
  return action(`${funder} pays in ${roubles}`, (stage) =>
    stage.system.deposit({ key: `deposit-${stage.keys++}`, funder, amountKopecks: cents(roubles) }),
  );
}

/** A second or two pass in the machinery. */
export function work(): Step {
  return step("what waits is looked at", (stage) => stage.system.work());
}

export function closeMonth(month: string): Action {
  return action(`${month} is closed`, (stage) => stage.system.closeMonth(month));
}

function holdId(stage: Stage, name: string): string {
  const id = stage.holds.get(name);
  assert.ok(id, `no hold ${name} yet`);
  return id;
}

function describe(lines: Lines): string {
  return Object.entries(lines)
    .map(([category, amount]) => `${category} ${amount}`)
    .join(" + ");
}
