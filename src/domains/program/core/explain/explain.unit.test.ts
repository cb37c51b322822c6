import assert from "node:assert/strict";
import { test } from "node:test";
import { type ProgrammeParts, priceOk, programmeOf, receiptOf, standingOf, trait } from "../test-builders.ts";
import type { Priced } from "../types.ts";
import { explain } from "./explain.ts";

/** As read: no-break spaces look like spaces. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");
const why = (priced: Priced, parts: ProgrammeParts, language: "ru" | "en") =>
  explain(priced.rules, programmeOf(parts), language).map((row) => plain(row.why));

const PLUS: ProgrammeParts = {
  subscriptions: { plus: { name: "Plus", seller: "op", price: "199 RUB", period: "month" } },
  rules: {
    plus: {
      name: { ru: "на продукты по подписке", en: "on groceries with the subscription" },
      earn: "5%",
      funders: "op",
      when: { subscription: "plus" },
    },
  },
};
const subscriber = standingOf({ traits: [trait("subscription", "plus")] });

test("a member reads what they got, for what, from how much", () => {
  const priced = priceOk(receiptOf([["food", 250]]), programmeOf(PLUS), subscriber);
  assert.deepEqual(why(priced, PLUS, "ru"), ["+5 % на продукты по подписке: 12,50 балла с 250,00 ₽"]);
  assert.deepEqual(why(priced, PLUS, "en"), ["+5% on groceries with the subscription: 12.50 points from ₽250.00"]);
});

test("there is a row per funder, each with its share of the points", () => {
  const parts: ProgrammeParts = {
    rules: { base: { name: "за покупки", earn: "10%", funders: { alfa: 5, beta: 3, op: 2 } } },
  };
  const programme = programmeOf(parts);
  const rows = explain(priceOk(receiptOf([["food", 1000]]), programme).rules, programme, "ru");
  assert.deepEqual(
    rows.map(({ rule, funder, base, percent, points }) => ({ rule, funder, base, percent, points })),
    [
      { rule: "base", funder: "alfa", base: 100_000, percent: 1_000, points: 5_000 },
      { rule: "base", funder: "beta", base: 100_000, percent: 1_000, points: 3_000 },
      { rule: "base", funder: "op", base: 100_000, percent: 1_000, points: 2_000 },
    ],
  );
  assert.equal(plain(rows[0]?.why ?? ""), "+10 % за покупки: 100 баллов с 1 000,00 ₽; из них 50 даёт Alfa");
});

test("a seller's rule is explained with the receipt's partner", () => {
  const parts: ProgrammeParts = { rules: { base: { name: "base", earn: "1%", funders: ["seller", "op"] } } };
  const programme = programmeOf(parts);
  const priced = priceOk(receiptOf([["food", 100]], { partner: "beta", store: "beta-1" }), programme);
  const stored = JSON.parse(JSON.stringify(priced.rules)) as Priced["rules"];
  assert.deepEqual(
    explain(stored, programme, "en").map(({ funder, points }) => [funder, points]),
    [
      ["beta", 50],
      ["op", 50],
    ],
  );
});

const CAPPED: ProgrammeParts = {
  rules: { base: { name: "за покупки", earn: "10%", funders: "alfa" } },
  caps: {
    most: {
      name: { ru: "не больше 50 баллов в день", en: "50 points a day" },
      per: "day",
      limit: "50 points",
      appliesTo: "all",
    },
  },
};

test("a cap is said with what it left", () => {
  const priced = priceOk(receiptOf([["food", 1000]]), programmeOf(CAPPED));
  assert.deepEqual(why(priced, CAPPED, "ru"), [
    "+10 % за покупки: 100 баллов с 1 000,00 ₽, начислено 50 (предел: не больше 50 баллов в день)",
  ]);
});

test("a rule that a cap cut to nothing is said too, with no points", () => {
  const standing = standingOf({ capUse: new Map([["c:most|20468", 5_000]]) });
  const priced = priceOk(receiptOf([["food", 1000]]), programmeOf(CAPPED), standing);
  const [row] = explain(priced.rules, programmeOf(CAPPED), "en");
  assert.equal(row?.points, 0);
  assert.equal(row?.why, "+10% за покупки: 100 points from ₽1,000.00, none given (limit: 50 points a day)");
});

test("a multiplier says what it was put on top of", () => {
  const parts: ProgrammeParts = {
    rules: {
      base: { name: { ru: "за покупки", en: "for purchases" }, earn: "1%", funders: "alfa" },
      ten: { name: { ru: "по средам", en: "on Wednesdays" }, earn: "10x" },
    },
  };
  const priced = priceOk(receiptOf([["food", 250]]), programmeOf(parts));
  assert.deepEqual(why(priced, parts, "ru"), [
    "+1 % за покупки: 2,50 балла с 250,00 ₽",
    "×10 по средам: ещё 22,50 балла к «за покупки»",
  ]);
  assert.equal(why(priced, parts, "en")[1], "×10 on Wednesdays: 22.50 points more on top of “for purchases”");
});

test("fixed points have no base to tell, points for each sum have", () => {
  const parts: ProgrammeParts = {
    rules: {
      fuel: { name: "Топливо", earn: { points: "1 point", forEach: "50 RUB" }, funders: "op" },
      gift: { name: "Подарок", earn: "21 points", funders: "op" },
    },
  };
  const priced = priceOk(receiptOf([["food", 120]]), programmeOf(parts));
  assert.deepEqual(why(priced, parts, "ru"), ["Топливо: 2 балла с 120,00 ₽", "Подарок: 21 балл"]);
});

test("percentages by line are said when all lines have the same", () => {
  const parts: ProgrammeParts = {
    rules: { base: { name: "по списку", earn: { percent: { food: "0.5%", wine: "3%" } }, funders: "op" } },
  };
  const same = priceOk(
    receiptOf([
      ["bread", 100],
      ["dairy", 100],
    ]),
    programmeOf(parts),
  );
  assert.deepEqual(why(same, parts, "ru"), ["+0,5 % по списку: 1 балл с 200,00 ₽"]);
  const mixed = priceOk(
    receiptOf([
      ["bread", 100],
      ["wine", 100],
    ]),
    programmeOf(parts),
  );
  assert.deepEqual(why(mixed, parts, "ru"), ["по списку: 3,50 балла с 200,00 ₽"]);
});
