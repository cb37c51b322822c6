import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { DAY_MS, HOUR_MS } from "#kernel/time.ts";
import {
  award,
  bookDue,
  capture,
  createLedger,
  hold,
  type Ledger,
  lotsAt,
  memberOf,
  purchase,
  voidHold,
  walletAt,
} from "./ledger.ts";
import {
  apply,
  MEMBER,
  PARTNERS,
  part1000,
  type RandomCommand,
  type Run,
  randomCommand,
  START,
} from "./random-commands.ts";
import { settlementMatrix } from "./reads.ts";
import { sum } from "./split.ts";
import { faultsOf } from "./truths.ts";
import type { Entry, Member, Movement } from "./types.ts";

const commands = fc.array(randomCommand, { minLength: 1, maxLength: 40 });

function runAll(list: readonly RandomCommand[], check?: (run: Run) => void): Run {
  const run: Run = { ledger: createLedger(), now: START, step: 0 };
  for (const command of list) {
    apply(run, command);
    check?.(run);
  }
  return run;
}

/** A member's state without what only names operations, so that two histories can be compared. */
function balances(member: Member): unknown {
  return member.entries.map(({ seq: _seq, earnedAt: _at, ...rest }) => rest);
}

describe("the reference model, against itself", () => {
  test("after every operation of any history the truths hold", () => {
    fc.assert(
      fc.property(commands, (list) => {
        runAll(list, (run) => assert.deepEqual(faultsOf(run.ledger, MEMBER), []));
      }),
      { numRuns: 300 },
    );
  });

  test("a spend empties earlier lots before it touches later ones, and shares a group to the cent", () => {
    fc.assert(
      fc.property(commands, fc.integer({ min: 1, max: 1000 }), (list, permille) => {
        const run = runAll(list);
        const before = lotsAt(run.ledger, MEMBER, run.now).filter((entry) => entry.active && entry.remaining > 0);
        const cents = part1000(sum(before.map((entry) => entry.remaining)), permille);
        fc.pre(cents > 0);
        const terms = {
          member: MEMBER,
          partner: "aist",
          at: run.now,
          lineAmounts: [cents],
          parts: [],
          spentByLine: [cents],
        };
        const reply = purchase(run.ledger, run.now, { key: "spend", body: "" }, terms);
        assert.ok(reply.ok);
        const spent = run.ledger.operations.at(-1)?.movements.filter((m) => m[1] === "re") ?? [];
        checkOrder(before, spent, cents);
      }),
      { numRuns: 300 },
    );
  });

  test("letting time pass in many steps ends where one step ends", () => {
    fc.assert(
      fc.property(commands, fc.array(fc.nat(60), { maxLength: 6 }), (list, waits) => {
        const run = runAll(list);
        const end = run.now + sum(waits) * HOUR_MS;
        const inOneStep = structuredClone(run.ledger);
        bookDue(inOneStep, MEMBER, end);
        let now = run.now;
        for (const wait of waits) {
          now += wait * HOUR_MS;
          bookDue(run.ledger, MEMBER, now);
        }
        bookDue(run.ledger, MEMBER, end);
        assert.deepEqual(memberOf(run.ledger, MEMBER), memberOf(inOneStep, MEMBER));
        assert.deepEqual(withoutPosting(run.ledger), withoutPosting(inOneStep));
        assert.deepEqual(walletAt(run.ledger, MEMBER, end), walletAt(inOneStep, MEMBER, end));
      }),
      { numRuns: 200 },
    );
  });
});

describe("the reference model's holds, keys and claims", () => {
  test("a hold that is voided or captured whole leaves what no hold, or a plain spend, would", () => {
    fc.assert(
      fc.property(commands, fc.integer({ min: 1, max: 1000 }), (list, permille) => {
        const run = runAll(list);
        const cents = part1000(walletAt(run.ledger, MEMBER, run.now).activeCents, permille);
        fc.pre(cents > 0);
        const other = structuredClone(run.ledger);
        bookDue(other, MEMBER, run.now);
        const direct = structuredClone(run.ledger);
        const key = (name: string) => ({ key: name, body: "" });
        const terms = { member: MEMBER, partner: "aist", cents, expiresAt: run.now + HOUR_MS };
        const placed = hold(run.ledger, run.now, key("hold"), terms);
        assert.ok(placed.ok);
        const captured = structuredClone(run.ledger);
        assert.ok(voidHold(run.ledger, run.now, key("void"), { member: MEMBER, holdSeq: placed.seq }).ok);
        assert.deepEqual(walletAt(run.ledger, MEMBER, run.now), walletAt(other, MEMBER, run.now));
        assert.ok(capture(captured, run.now, key("capture"), { member: MEMBER, holdSeq: placed.seq, cents }).ok);
        const bought = {
          member: MEMBER,
          partner: "aist",
          at: run.now,
          lineAmounts: [cents],
          parts: [],
          spentByLine: [cents],
        };
        assert.ok(purchase(direct, run.now, key("spend"), bought).ok);
        assert.deepEqual(balances(memberOf(captured, MEMBER)), balances(memberOf(direct, MEMBER)));
      }),
      { numRuns: 200 },
    );
  });

  test("the same request again gives the same answer and writes nothing; another body under its key is a conflict", () => {
    fc.assert(
      fc.property(commands, fc.integer({ min: 1, max: 900 }), (list, cents) => {
        const run = runAll(list);
        const terms = { member: MEMBER, funders: ["aist"], amountCents: [cents], expiresAt: null };
        const first = award(run.ledger, run.now, { key: "award", body: "a" }, terms);
        const written = structuredClone(run.ledger);
        const again = award(run.ledger, run.now + DAY_MS, { key: "award", body: "a" }, terms);
        assert.deepEqual(again, { ...first, replayed: true });
        const other = award(run.ledger, run.now, { key: "award", body: "b" }, terms);
        assert.deepEqual(other, { ok: false, refusal: { code: "idempotency-conflict" } });
        assert.deepEqual(run.ledger, written);
      }),
      { numRuns: 50 },
    );
  });

  test("what was redeemed less what came back is what the months' matrices sum to", () => {
    fc.assert(
      fc.property(commands, (list) => {
        const { ledger } = runAll(list);
        const months = new Set(
          ledger.operations.map((op) => new Date(op.accountingDay * DAY_MS).toISOString().slice(0, 7)),
        );
        const cells = [...months].flatMap((month) =>
          settlementMatrix(ledger.operations, Number(month.slice(0, 4)) * 12 + Number(month.slice(5)) - 1),
        );
        for (const funder of PARTNERS) {
          const claimed = sum(cells.filter((cell) => cell.funder === funder).map((cell) => cell.cents));
          const spent = sum(
            memberOf(ledger, MEMBER)
              .entries.filter((entry) => entry.funder === funder)
              .map((entry) => entry.spent),
          );
          assert.equal(claimed, spent);
        }
      }),
      { numRuns: 200 },
    );
  });
});

function withoutPosting(ledger: Ledger): unknown {
  return ledger.operations.map(({ postedAt: _postedAt, ...operation }) => operation);
}

/** Truth 4 by its definition, not by the code that draws: earlier groups first, shares exact within one cent. */
function checkOrder(before: readonly Entry[], spent: readonly Movement[], cents: number): void {
  const taken = (entry: Entry): number =>
    sum(spent.filter((m) => m[2] === entry.seq && m[3] === entry.part && m[4] === entry.funder).map((m) => m[6]));
  assert.equal(sum(before.map(taken)), cents);
  for (const entry of before) {
    for (const other of before) {
      const [a, b] = [entry.expiresAt ?? Number.POSITIVE_INFINITY, other.expiresAt ?? Number.POSITIVE_INFINITY];
      const isEarlier =
        a !== b ? a < b : entry.earnedAt !== other.earnedAt ? entry.earnedAt < other.earnedAt : entry.seq < other.seq;
      if (isEarlier && taken(other) > 0) assert.equal(taken(entry), entry.remaining, "an earlier lot was passed over");
      const sameGroup = a === b && entry.seq === other.seq;
      if (sameGroup) {
        const group = before.filter((e) => (e.expiresAt ?? Number.POSITIVE_INFINITY) === a && e.seq === entry.seq);
        const exact = (sum(group.map(taken)) * entry.remaining) / sum(group.map((e) => e.remaining));
        assert.ok(Math.abs(taken(entry) - exact) < 1, "a share is off by a cent or more");
      }
    }
  }
}
