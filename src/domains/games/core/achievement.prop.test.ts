import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createCalendar } from "#kernel/time.ts";
import { achieve } from "./achievement.ts";
import type { GameContribution } from "./contribution.ts";
import { placeAll, placeOf } from "./leaderboard/places.ts";
import { weekScores } from "./leaderboard/score.ts";
import type { AchievementTerms } from "./terms.ts";

const calendar = createCalendar("Europe/Moscow");
const game = { live: [{ fromAt: 100, untilAt: 900 }] };
const LEAST = 50;

function terms(needed: number, onReturn: "keep" | "take-back"): AchievementTerms {
  const deed = { kind: "purchase", partners: undefined, categories: undefined, leastKopecks: LEAST } as const;
  const distinct = { of: "partners", needed, deed, named: undefined } as const;
  return { kind: "achievement", steps: [], windowMs: undefined, distinct, onReturn };
}

/** Receipts at a few partners, some of them returned in part or whole, now or later. */
const histories = fc
  .array(
    fc.record({
      step: fc.constantFrom("p", "q", "r", "s"),
      at: fc.integer({ min: 0, max: 1_000 }),
      amount: fc.integer({ min: 1, max: 200 }),
      back: fc.option(fc.record({ share: fc.integer({ min: 1, max: 100 }), after: fc.integer({ min: 0, max: 500 }) })),
    }),
    { maxLength: 12 },
  )
  .map((purchases) =>
    purchases.flatMap(({ step, at, amount, back }, i): GameContribution[] => {
      const purchase = { step, source: `o:${i}`, at, amount, pointsCents: amount };
      if (back === null) return [purchase];
      const returned = Math.ceil((amount * back.share) / 100);
      const common = { step, source: `r:${i}`, cites: `o:${i}`, at: at + back.after };
      return [purchase, { ...common, amount: -returned, pointsCents: -returned }];
    }),
  );

const shuffles = histories.chain((history) =>
  fc.tuple(fc.constant(history), fc.shuffledSubarray(history, { minLength: history.length })),
);

test("an achievement ends in the same state whatever the order of arrival", () => {
  fc.assert(
    fc.property(
      shuffles,
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom("keep" as const, "take-back" as const),
      (both, needed, onReturn) => {
        const [one, other] = both.map((rows) => achieve(rows, game, terms(needed, onReturn), calendar));
        assert.deepEqual(one, other);
      },
    ),
  );
});

test("it is reached when, and only when, so many different ones stood at one moment: by a plain count of every moment", () => {
  fc.assert(
    fc.property(histories, fc.integer({ min: 1, max: 4 }), (rows, needed) => {
      const counts = (at: number, isLess: (row: GameContribution) => boolean) => {
        const left = new Map<string, { step: string; amount: number }>();
        for (const row of rows) {
          if (row.cites === undefined && row.at <= at && row.at >= 100 && row.at < 900) {
            left.set(row.source, { step: row.step, amount: row.amount });
          }
        }
        for (const row of rows) {
          const cited = row.cites === undefined ? undefined : left.get(row.cites);
          if (cited && isLess(row)) cited.amount += row.amount;
        }
        return new Set([...left.values()].filter(({ amount }) => amount >= LEAST).map(({ step }) => step)).size;
      };
      const moments = rows
        .filter(({ cites }) => cites === undefined)
        .map(({ at }) => at)
        .sort((a, b) => a - b);
      const kept = achieve(rows, game, terms(needed, "keep"), calendar).done?.at;
      // At one instant a return comes after the deeds of that instant.
      const isKept = moments.find((at) => counts(at, (row) => row.at < at) >= needed);
      assert.equal(kept, isKept);
      const taken = achieve(rows, game, terms(needed, "take-back"), calendar).done?.at;
      assert.equal(
        taken,
        moments.find((at) => counts(at, () => true) >= needed),
      );
    }),
  );
});

test("a week's score is the same whatever the order, and returning everything leaves nothing", () => {
  fc.assert(
    fc.property(shuffles, ([one, other]) => {
      const plain = (rows: readonly GameContribution[]) =>
        [...weekScores(rows, game, calendar).values()].sort((a, b) => a.week - b.week);
      assert.deepEqual(plain(one), plain(other));
      const all = one
        .filter(({ cites }) => cites === undefined)
        .flatMap((row) => [
          row,
          { ...row, source: `x${row.source}`, cites: row.source, amount: -row.amount, pointsCents: -row.amount },
        ]);
      for (const { turnoverKopecks, pointsCents, receipts } of plain(all)) {
        assert.deepEqual([turnoverKopecks, pointsCents, receipts], [0, 0, 0]);
      }
    }),
  );
});

test("places: nobody above has less, ties are equal, and prizes given are exactly those there are places for", () => {
  const boards = fc.record({
    rates: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 40 }),
    prizes: fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 10 }),
  });
  fc.assert(
    fc.property(boards, ({ rates, prizes }) => {
      const entries = rates.map((rateBp, who) => ({ who, rateBp }));
      const placed = placeAll(entries, prizes, (who) => String((who * 7_919) % 101).padStart(3, "0"));
      const bins = [...Map.groupBy(rates, (rate) => rate)].map(([rate, all]) => [rate, all.length] as const);
      for (const { rateBp, place } of placed) assert.equal(place, placeOf(bins, rateBp));
      const given = placed.reduce((sum, { prizeCents }) => sum + prizeCents, 0);
      assert.equal(
        given,
        prizes.slice(0, rates.length).reduce((sum, cents) => sum + cents, 0),
      );
      for (const group of Map.groupBy(placed, ({ place }) => place).values()) {
        const shares = group.map(({ prizeCents }) => prizeCents);
        assert.ok(Math.max(...shares) - Math.min(...shares) <= 1, "equal to the hundredth");
      }
    }),
  );
});
