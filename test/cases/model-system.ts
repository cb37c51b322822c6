import { type Day, type EpochMs, formatDay, parseMonth } from "#kernel/time.ts";
import * as model from "../model/ledger.ts";
import { priceSimply } from "../model/pricing.ts";
import { sum } from "../model/split.ts";
import { faultsOf } from "../model/truths.ts";
import type { CaseProgramme, CaseRule } from "./programme.ts";
import type { ExposureSeen, HoldSeen, ReceiptAsked, ReceiptSeen, Seen, System } from "./system.ts";

/** A spend without a hold is refused when the till's time is older than this: points can't be promised backwards. */
const OFFLINE_AFTER_MS = 15 * 60_000;

type World = {
  readonly ledger: model.Ledger;
  now: EpochMs;
  readonly members: Map<string, number>;
  readonly versions: { readonly fromAt: EpochMs; readonly programme: CaseProgramme }[];
  readonly budgetUsed: Map<string, number>;
  readonly programmeOf: Map<string, CaseProgramme>;
  readonly rulesOf: Map<string, ReadonlyMap<string, number>>;
  readonly deposits: Map<string, number>;
  readonly closed: Set<string>;
  /** What waits for deposits, in order. */
  readonly reserves: Reserve[];
};

type Reserve = {
  readonly receipt: string;
  readonly member: number;
  readonly funder: string;
  readonly untilAt: EpochMs;
  cents: number;
};

/** The reference cases on the reference model: no engine, no doors. */
export function createModelSystem(): System {
  const world: World = {
    ledger: model.createLedger(),
    now: 0,
    members: new Map(),
    versions: [],
    budgetUsed: new Map(),
    programmeOf: new Map(),
    rulesOf: new Map(),
    deposits: new Map(),
    closed: new Set(),
    reserves: [],
  };
  const { ledger } = world;
  const day = (at: EpochMs): Day => model.calendarOf(ledger).dayOf(at);
  return {
    name: "the reference model",
    setTime: async (now) => {
      world.now = now;
    },
    applyProgramme: async (programme) => {
      world.versions.push({ fromAt: world.versions.length === 0 ? 0 : world.now, programme });
    },
    receipt: async (asked) => sendReceipt(world, asked),
    returnReceipt: async (asked) => {
      const { member, seq } = readRef(asked.receipt);
      const returns = (world.programmeOf.get(asked.receipt) as CaseProgramme).returns;
      const keyed = { key: `return ${asked.partner} ${asked.number} ${day(asked.at)}`, body: JSON.stringify(asked) };
      const reply = model.returnPurchase(ledger, world.now, keyed, {
        member,
        purchaseSeq: seq,
        at: asked.at,
        lines: asked.lines,
        policy:
          returns.policy === "original"
            ? { kind: "original" }
            : { kind: "grace", expiresAt: startOf(world, day(world.now) + returns.graceDays + 1) },
        refund: asked.refund === "points" ? { in: "points", expiresAt: null } : { in: "money" },
      });
      // The cases return the whole of a receipt that reserved something, before it is given.
      if (reply.ok) for (const each of world.reserves) if (each.receipt === asked.receipt) each.cents = 0;
      return seen(reply, ({ outcome }) => ({
        takenBackCents: outcome.takenBack,
        givenBackCents: outcome.givenBack,
        arrearsCents: outcome.arrears,
        expiredCents: outcome.expired,
        refundKopecks: outcome.refundKopecks,
      }));
    },
    hold: async ({ key, member: name, partner, pointsCents, ttlSeconds }) => {
      const member = memberId(world, name);
      const expiresAt = world.now + ttlSeconds * 1000;
      const terms = { member, partner, cents: pointsCents, expiresAt };
      const reply = model.hold(ledger, world.now, { key, body: JSON.stringify(terms) }, terms);
      return seen(reply, ({ seq }): HoldSeen => ({ hold: `${member}.${seq}`, state: "open" }));
    },
    capture: async ({ key, hold, pointsCents }) => {
      const { member, seq } = readRef(hold);
      const terms = { member, holdSeq: seq, cents: pointsCents };
      const reply = model.capture(ledger, world.now, { key, body: JSON.stringify(terms) }, terms);
      return seen(reply, (): HoldSeen => ({ hold, state: "captured" }));
    },
    voidHold: async ({ key, hold }) => {
      const { member, seq } = readRef(hold);
      const reply = model.voidHold(ledger, world.now, { key, body: hold }, { member, holdSeq: seq });
      return seen(reply, (): HoldSeen => ({ hold, state: "voided" }));
    },
    award: async ({ key, member, funder, pointsCents, expiresAt }) => {
      const terms = { funders: [funder], amountCents: [pointsCents], expiresAt: expiresAt ?? null };
      const keyed = { key, body: JSON.stringify({ member, ...terms }) };
      const reply = model.award(ledger, world.now, keyed, { member: memberId(world, member), ...terms });
      return seen(reply, ({ outcome }) => ({ earnedCents: outcome.earned }));
    },
    closeMonth: async (month) => {
      model.closeMonth(ledger, world.now, parseMonth(month) as number);
      world.closed.add(month);
      return { ok: true, replayed: false, value: undefined };
    },
    deposit: async ({ funder, amountKopecks }) => {
      world.deposits.set(funder, (world.deposits.get(funder) ?? 0) + amountKopecks);
      return { ok: true, replayed: false, value: undefined };
    },
    work: async () => giveReserves(world),
    exposure: async (funder, redemptionBp) => exposureOf(world, funder, redemptionBp),
    ...reads(world),
  };
}

const programmeNow = (world: World): CaseProgramme => world.versions.at(-1)?.programme as CaseProgramme;

function outstandingOf(world: World, funder: string): number {
  const entries = [...world.ledger.members.keys()].flatMap((id) => model.lotsAt(world.ledger, id, world.now));
  return sum(entries.filter((e) => e.funder === funder).map((e) => e.remaining + e.held));
}

/** Claims of others on a funder, by month. */
function claimsOn(world: World, funder: string, isCounted: (month: string) => boolean): number {
  const months = new Set(world.ledger.operations.map(({ accountingDay }) => formatDay(accountingDay).slice(0, 7)));
  const cells = [...months]
    .filter(isCounted)
    .flatMap((month) => model.matrixOf(world.ledger, parseMonth(month) as number));
  return sum(cells.filter((cell) => cell.funder === funder && cell.redeemer !== funder).map(({ cents }) => cents));
}

/** What a funder's deposit or guarantee covers in all, and what of it is left; undefined for whom nothing limits. */
function coverOf(world: World, funder: string): { whole: number; left: number } | undefined {
  const { prepaid, guarantees } = programmeNow(world);
  if (prepaid?.partners.includes(funder)) {
    const whole = world.deposits.get(funder) ?? 0;
    return { whole, left: whole - outstandingOf(world, funder) - claimsOn(world, funder, () => true) };
  }
  const whole = guarantees?.[funder];
  if (whole === undefined) return undefined;
  const claims = claimsOn(world, funder, (month) => !world.closed.has(month));
  return { whole, left: whole - outstandingOf(world, funder) - claims };
}

function exposureOf(world: World, funder: string, redemptionBp: number): ExposureSeen {
  const outstandingCents = outstandingOf(world, funder);
  const cover = coverOf(world, funder);
  const isShort = cover !== undefined && (cover.whole - cover.left) * 10 >= cover.whole * 8;
  return {
    outstandingCents,
    unsettledCents: claimsOn(world, funder, (month) => !world.closed.has(month)),
    expectedClaimCents: Math.floor((outstandingCents * redemptionBp) / 10_000),
    ...(cover === undefined
      ? {}
      : { cover: { leftCents: cover.left, state: cover.left <= 0 ? "stopped" : isShort ? "short" : "ok" } }),
  };
}

/** First come, first served, as far as the deposit goes. */
function giveReserves(world: World): void {
  for (const reserve of world.reserves) {
    if (world.now >= reserve.untilAt) reserve.cents = 0;
    const cents = Math.min(reserve.cents, Math.max(0, coverOf(world, reserve.funder)?.left ?? 0));
    if (cents === 0) continue;
    const { member, funder } = reserve;
    const keyed = { key: `reserve ${reserve.receipt} ${reserve.cents}`, body: "" };
    const terms = { member, funders: [funder], amountCents: [cents], expiresAt: null };
    const reply = model.award(world.ledger, world.now, keyed, terms);
    if (reply.ok) reserve.cents -= cents;
  }
}

type Reads = Pick<System, "wallet" | "lots" | "operations" | "matrix" | "net" | "outstanding" | "verify">;

function reads(world: World): Reads {
  const { ledger } = world;
  return {
    wallet: async (name) => {
      const wallet = model.walletAt(ledger, memberId(world, name), world.now);
      const arrearsTo = new Map<string, number>();
      for (const debt of model.memberOf(ledger, memberId(world, name)).debts) {
        arrearsTo.set(debt.funder, (arrearsTo.get(debt.funder) ?? 0) + debt.cents);
      }
      return { ...wallet, arrearsTo };
    },
    lots: async (name) =>
      model.lotsAt(ledger, memberId(world, name), world.now).map(({ funder, remaining, held, expiresAt }) => ({
        funder,
        remainingCents: remaining,
        heldCents: held,
        expiresAt,
      })),
    operations: async (name) =>
      ledger.operations
        .filter((operation) => operation.member === memberId(world, name))
        .map((operation) => ({
          kind: operation.kind,
          at: operation.occurredAt,
          accountingDay: formatDay(operation.accountingDay),
        })),
    matrix: async (month) => model.matrixOf(ledger, parseMonth(month) as number),
    net: async (month) => {
      const net = new Map<string, number>();
      for (const { funder, redeemer, cents } of model.matrixOf(ledger, parseMonth(month) as number)) {
        if (funder === redeemer) continue;
        net.set(funder, (net.get(funder) ?? 0) - cents);
        net.set(redeemer, (net.get(redeemer) ?? 0) + cents);
      }
      return net;
    },
    outstanding: async (funder, redemptionBp) => {
      const outstandingCents = outstandingOf(world, funder);
      return { outstandingCents, expectedClaimCents: Math.floor((outstandingCents * redemptionBp) / 10_000) };
    },
    verify: async () => [...ledger.members.keys()].flatMap((id) => faultsOf(ledger, id)),
  };
}

function sendReceipt(world: World, asked: ReceiptAsked): Seen<ReceiptSeen> {
  const member = memberId(world, asked.member);
  const { ledger, now } = world;
  const day = model.calendarOf(ledger).dayOf(asked.at);
  const keyed = {
    key: `receipt ${asked.partner} ${asked.till ?? "1"} ${asked.number} ${day}`,
    body: JSON.stringify(asked),
  };
  const isReplay = ledger.keys.has(keyed.key);
  if (!isReplay && asked.spendCents > 0 && asked.hold === undefined && now - asked.at > OFFLINE_AFTER_MS) {
    return { ok: false, code: "spend-needs-hold", status: 422 };
  }
  const programme = world.versions.findLast((version) => version.fromAt <= asked.at)?.programme as CaseProgramme;
  let rules = new Map<string, number>();
  let waits: Waits = new Map();
  const reply = model.purchase(ledger, now, keyed, {
    member,
    partner: asked.partner,
    at: asked.at,
    lineAmounts: asked.lines.map((line) => line.amountKopecks),
    price: ({ heldCents }) => {
      const spendCents = asked.spendCents === 0 ? heldCents : asked.spendCents;
      const covered = withinCovers(world, withinBudgets(world, programme, asked), asked);
      waits = covered.waits;
      const price = priceSimply(covered.programme, { ...asked, spendCents }, model.calendarOf(ledger));
      if (price.ok) rules = new Map(price.rules.map(({ rule, pointsCents }) => [rule, pointsCents]));
      return price;
    },
    ...(asked.hold ? { holdSeq: readRef(asked.hold).seq } : {}),
  });
  return seen(reply, ({ seq, outcome, replayed }) => {
    const receipt = `${member}.${seq}`;
    world.programmeOf.set(receipt, programme);
    if (!replayed) {
      world.rulesOf.set(receipt, rules);
      for (const [rule, pointsCents] of rules) use(world, rule, pointsCents);
      const untilAt = now + (programme.prepaid?.reserveDays ?? 30) * 86_400_000;
      for (const [funder, cents] of waits) world.reserves.push({ receipt, member, funder, untilAt, cents });
    }
    return {
      receipt,
      earnedCents: outcome.earned,
      reservedCents: replayed ? 0 : sum([...waits.values()]),
      spentCents: outcome.spent,
      rules: world.rulesOf.get(receipt) ?? rules,
    };
  });
}

function use(world: World, rule: string, cents: number): void {
  world.budgetUsed.set(rule, (world.budgetUsed.get(rule) ?? 0) + cents);
}

/** What each rule with a budget may still give to this receipt: what it asks, what is left, or nothing. */
function withinBudgets(world: World, programme: CaseProgramme, asked: ReceiptAsked): CaseProgramme {
  const rules = programme.rules.map((rule): CaseRule => {
    if (!rule.budget) return rule;
    const price = priceSimply({ ...programme, rules: [rule] }, asked, model.calendarOf(world.ledger));
    const alone = price.ok ? (price.rules[0]?.pointsCents ?? 0) : 0;
    const left = rule.budget.cents - (world.budgetUsed.get(rule.id) ?? 0);
    const given = alone <= left ? alone : rule.budget.policy === "trim" ? left : 0;
    return { ...rule, earn: { fixedCents: given } };
  });
  return { ...programme, rules };
}

type Waits = ReadonlyMap<string, number>;

/** What each rule's only funder can pay: all, what is left, or nothing; the rest may wait. */
function withinCovers(world: World, programme: CaseProgramme, asked: ReceiptAsked) {
  const waits = new Map<string, number>();
  const rules = programme.rules.map((rule): CaseRule => {
    const [funder, ...others] = Object.keys(rule.funders);
    const cover = funder === undefined || others.length > 0 ? undefined : coverOf(world, funder);
    if (funder === undefined || cover === undefined) return rule;
    const price = priceSimply({ ...programme, rules: [rule] }, asked, model.calendarOf(world.ledger));
    const alone = price.ok ? (price.rules[0]?.pointsCents ?? 0) : 0;
    const spokenFor = sum(world.reserves.filter((each) => each.funder === funder).map(({ cents }) => cents));
    const left = Math.max(0, cover.left - spokenFor);
    const short = programme.prepaid?.short ?? "part";
    const given = alone <= left ? alone : short === "refuse" ? 0 : left;
    if (short === "reserve" && alone > given) waits.set(funder, alone - given);
    return { ...rule, earn: { fixedCents: given } };
  });
  return { programme: { ...programme, rules }, waits };
}

function memberId(world: World, name: string): number {
  const id = world.members.get(name) ?? world.members.size + 1;
  world.members.set(name, id);
  return id;
}

function startOf(world: World, day: Day): EpochMs {
  return model.calendarOf(world.ledger).startOf(day);
}

function readRef(text: string): { member: number; seq: number } {
  const [member, seq] = text.split(".").map(Number);
  return { member: member as number, seq: seq as number };
}

/** The statuses that the API's page gives to these codes. */
function seen<Outcome, T>(reply: model.Reply<Outcome>, read: (answer: model.Answer<Outcome>) => T): Seen<T> {
  if (reply.ok) return { ok: true, replayed: reply.replayed, value: read(reply) };
  const { code } = reply.refusal;
  return { ok: false, code, status: code === "idempotency-conflict" ? 409 : code.startsWith("unknown") ? 404 : 422 };
}
