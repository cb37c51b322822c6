import assert from "node:assert/strict";
import { test } from "node:test";
import type { Receipt, Trait } from "#domains/program/index.ts";
import { DAY_MS } from "#kernel/time.ts";
import { programmesOf, SMALL_COALITION } from "../../../../test/support/programmes.ts";
import { earnedMore, repeated, replayHistory } from "./replay-history.ts";

const NOW = Date.parse("2026-06-15T12:00:00+03:00");
const boosted = SMALL_COALITION.replace(
  "rules:",
  `boosts:
  gift: { name: Gift }
caps:
  gift-total: { name: Gift, per: member, limit: 25 points }
rules:
  gift:
    name: Gift
    when: { partner: alfa, boost: gift }
    earn: 20%
    funders: { alfa: 3, telecom: 1 }
    caps: [gift-total]`,
);
const programme = programmesOf(() => NOW, boosted).current();
const receipt = (partner: string, at: number): Receipt => ({
  ...{ partner, store: `${partner}-1`, till: "", number: "", at },
  ...{ lines: [{ category: "food", amountKopecks: 5_000 }], deliveryFeeKopecks: 0, tenders: [], spendCents: 0 },
});
const held: Trait = { kind: "boost", key: "gift", fromAt: NOW, untilAt: NOW + 10 * DAY_MS };
const standing = (traits: readonly Trait[]) => ({ traits, firstPurchaseAt: new Map() });
const more = (receipts: readonly Receipt[]) =>
  earnedMore(replayHistory(programme, standing([held]), receipts), replayHistory(programme, standing([]), receipts));

test("what a boost gives is what its receipts earn with it less what they earn without, by funder and by partner", () => {
  const given = more([receipt("alfa", NOW), receipt("telecom", NOW + 1), receipt("alfa", NOW + DAY_MS)]);
  assert.deepEqual(Object.fromEntries(given.byFunder), { alfa: 1_500, telecom: 500 });
  assert.deepEqual(Object.fromEntries(given.byPartner), { alfa: 2_000 });
});

test("caps are used up along the receipts, also along those that are repeated; after its end a boost gives nothing", () => {
  const week = repeated([receipt("alfa", NOW)], 2 * DAY_MS, 4);
  assert.deepEqual(
    week.map(({ at }) => (at - NOW) / DAY_MS),
    [0, 2, 4, 6],
  );
  assert.deepEqual(Object.fromEntries(more(week).byPartner), { alfa: 2_500 }, "10, 10 and the 5 that the cap has left");
  assert.equal(more([receipt("alfa", NOW + 10 * DAY_MS)]).byPartner.size, 0);
});

test("a receipt that the programme can't price earns nothing and stops nothing", () => {
  const unknown = { ...receipt("alfa", NOW), store: "gone" };
  assert.deepEqual(Object.fromEntries(more([unknown, receipt("alfa", NOW + 1)]).byPartner), { alfa: 1_000 });
});
