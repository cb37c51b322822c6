import { SECOND_MS } from "#kernel/time.ts";
import type { CaseProgramme } from "../cases/programme.ts";
import { storeOf } from "../cases/programme-yaml.ts";
import * as model from "../model/ledger.ts";
import { lotTimes, priceSimply, spendableOn } from "../model/pricing.ts";
import { sum } from "../model/split.ts";
import type { Purchase, Refusal } from "../model/types.ts";
import type { Reply, Request } from "./requests.ts";
import { FUTURE_TOLERANCE_MS, LATE_WINDOW_DAYS, LONGEST_HOLD_MS, ONLINE_TOLERANCE_MS } from "./world.ts";

/** The model with what surrounds it: a clock, a programme, and what answers say beside the ledger's figures. */
export type ModelSide = {
  readonly ledger: model.Ledger;
  readonly programme: CaseProgramme;
  /** Points earned by member and business day, for the cap of a day. */
  readonly earnedOn: Map<string, number>;
  now: number;
};

export function programmeOf(side: ModelSide): CaseProgramme {
  return side.programme;
}

export function copyOf(side: ModelSide): ModelSide {
  return structuredClone(side);
}

/** Puts a request to the model. What the doors refuse (time, length of a hold) is refused here, after replays. */
export function askModel(side: ModelSide, request: Request): Reply {
  const { ledger, now } = side;
  const keyed = { key: keyOf(side, request), body: JSON.stringify(request) };
  const early = ledger.keys.has(keyed.key) ? undefined : refuseAtDoor(side, request);
  if (early) return { ok: false, code: early.code };
  switch (request.kind) {
    case "receipt":
      return askReceipt(side, keyed, request);
    case "return":
      return askReturn(side, keyed, request);
    case "hold": {
      const { member, partner, cents } = request;
      const expiresAt = now + request.ttlSeconds * SECOND_MS;
      const reply = model.hold(ledger, now, keyed, { member, partner, cents, expiresAt });
      return read(reply, () => ({ state: "open", held: cents }));
    }
    case "capture": {
      const { member, holdSeq, cents } = request;
      const reply = model.capture(ledger, now, keyed, { member, holdSeq, cents });
      return read(reply, () => ({
        state: "captured",
        captured: cents,
        released: heldBy(side, member, holdSeq) - cents,
      }));
    }
    case "void": {
      const { member, holdSeq } = request;
      const reply = model.voidHold(ledger, now, keyed, { member, holdSeq });
      return read(reply, () => ({ state: "voided", released: heldBy(side, member, holdSeq) }));
    }
    case "award": {
      const { member, funder, cents } = request;
      const usual = lotTimes(side.programme.lot, now, model.calendarOf(ledger)).expiresAt;
      const terms = { member, funders: [funder], amountCents: [cents], expiresAt: request.expiresAt ?? usual };
      return read(model.award(ledger, now, keyed, terms), () => ({ earned: cents }));
    }
  }
}

function askReceipt(side: ModelSide, keyed: model.Keyed, request: Extract<Request, { kind: "receipt" }>): Reply {
  const { ledger, now, programme, earnedOn } = side;
  const calendar = model.calendarOf(ledger);
  const today = `${request.member} ${calendar.dayOf(request.at)}`;
  const reply = model.purchase(ledger, now, keyed, {
    member: request.member,
    partner: request.partner,
    at: request.at,
    lineAmounts: request.lines.map((line) => line.amountKopecks),
    price: ({ activeCents, heldCents }) => {
      const spendCents = request.spendCents === 0 ? heldCents : request.spendCents;
      if (request.holdSeq !== undefined && spendCents > heldCents) return { code: "capture-exceeds-hold", heldCents };
      // Where both the programme's limit and the balance are passed, the narrower one is named.
      const balance = activeCents + heldCents;
      const limit = spendableOn(programme, request.lines);
      if (spendCents > balance && balance < limit) return { code: "insufficient-points", activeCents };
      return priceSimply(programme, { ...request, spendCents }, calendar, earnedOn.get(today));
    },
    ...(request.holdSeq === undefined ? {} : { holdSeq: request.holdSeq }),
  });
  if (reply.ok && !reply.replayed) earnedOn.set(today, (earnedOn.get(today) ?? 0) + reply.outcome.earned);
  return read(reply, (outcome) => outcome);
}

function askReturn(side: ModelSide, keyed: model.Keyed, request: Extract<Request, { kind: "return" }>): Reply {
  const { ledger, now, programme } = side;
  const calendar = model.calendarOf(ledger);
  const { member, purchaseSeq, at, lines } = request;
  const { returns } = programme;
  const reply = model.returnPurchase(ledger, now, keyed, {
    member,
    purchaseSeq,
    at,
    lines,
    policy:
      returns.policy === "original"
        ? { kind: "original" }
        : { kind: "grace", expiresAt: calendar.startOf(calendar.dayOf(now) + returns.graceDays + 1) },
    refund:
      request.refund === "money"
        ? { in: "money" }
        : { in: "points", expiresAt: lotTimes(programme.lot, now, calendar).expiresAt },
  });
  // What is refunded in points is no money.
  return read(reply, (outcome) => (request.refund === "points" ? { ...outcome, refundKopecks: 0 } : outcome));
}

/** Receipts and returns are known by their place, till, number and day; everything else by the asker's key. */
function keyOf({ ledger }: ModelSide, request: Request): string {
  if (request.kind !== "receipt" && request.kind !== "return") return `${request.kind} ${request.key}`;
  const day = model.calendarOf(ledger).dayOf(request.at);
  return `${request.kind} ${storeOf(request.partner)} ${request.number} ${day}`;
}

function refuseAtDoor(side: ModelSide, request: Request): Refusal | undefined {
  const { now } = side;
  if (request.kind === "hold" && request.ttlSeconds * SECOND_MS > LONGEST_HOLD_MS) return { code: "hold-too-long" };
  if (request.kind !== "receipt" && request.kind !== "return") return undefined;
  const bought = request.kind === "return" ? purchaseOf(side, request.member, request.purchaseSeq) : undefined;
  if (request.kind === "return" && !bought) return { code: "unknown-receipt" };
  if (bought && request.at < bought.at) return { code: "return-before-purchase" };
  const calendar = model.calendarOf(side.ledger);
  if (request.at > now + FUTURE_TOLERANCE_MS) return { code: "receipt-in-future" };
  if (calendar.dayOf(now) - calendar.dayOf(request.at) > LATE_WINDOW_DAYS) return { code: "receipt-too-late" };
  const isOffline = request.at < now - ONLINE_TOLERANCE_MS;
  if (request.kind === "receipt" && request.spendCents > 0 && isOffline && request.holdSeq === undefined) {
    return { code: "spend-needs-hold" };
  }
  return undefined;
}

function purchaseOf(side: ModelSide, member: number, seq: number): (Purchase & { at: number }) | undefined {
  const bought = model.memberOf(side.ledger, member).purchases.find((one) => one.seq === seq);
  const operation = side.ledger.operations.find((one) => one.member === member && one.seq === seq);
  return bought && operation ? { ...bought, at: operation.occurredAt } : undefined;
}

function heldBy(side: ModelSide, member: number, seq: number): number {
  const hold = model.memberOf(side.ledger, member).holds.find((one) => one.seq === seq);
  return sum(hold?.items.map((item) => item.cents) ?? []);
}

function read<Outcome>(
  reply: model.Reply<Outcome>,
  say: (outcome: Outcome) => Readonly<Record<string, number | string>>,
): Reply {
  if (!reply.ok) return { ok: false, code: reply.refusal.code };
  const { replayed, seq, wallet } = reply;
  return { ok: true, replayed, seq, wallet, said: say(reply.outcome) };
}
