import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseProgramme } from "#domains/program/index.ts";
import { parseOffers, parsePromos } from "./index.ts";

const read = (path: string) => readFileSync(new URL(`../../../examples/${path}`, import.meta.url), "utf8");

test("the examples fit the demo programme, and each other", () => {
  const programme = parseProgramme(read("demo/programme.yaml"), "programme.yaml");
  assert.ok(programme.ok);
  const offers = parseOffers(read("demo/offers.yaml"), "offers.yaml", programme.value);
  assert.ok(offers.ok, JSON.stringify(offers));
  const known = offers.value.offers;
  const promos = parsePromos(read("demo/promotions.yaml"), "promotions.yaml", programme.value, known);
  assert.ok(promos.ok, JSON.stringify(promos));
  const strangers = parsePromos(read("demo/promotions.yaml"), "promotions.yaml", programme.value, {});
  assert.match(JSON.stringify(strangers), /an offer of this programme/);
});

test("faults of a file of promotions stand where they are", () => {
  const programme = parseProgramme(read("demo/programme.yaml"), "programme.yaml");
  assert.ok(programme.ok);
  const fine = { partner: "kalitka", name: "x", from: "2026-01-01", until: "2026-12-31", unique: 5 };
  const faultsOf = (over: object) => {
    const text = JSON.stringify({ format: 1, promotions: { p: { ...fine, ...over } } });
    return JSON.stringify(parsePromos(text, "p.yaml", programme.value, {}));
  };
  const points = { gives: { points: "5 points" }, funders: { kalitka: 1 } };
  assert.match(faultsOf(points), /"ok":true/);
  const cases: [object, RegExp][] = [
    [{ ...points, code: "SUN" }, /one of code, unique/],
    [{ gives: { points: "5 points" } }, /funders/],
    [{ ...points, limit: "5 times" }, /limited by their number/],
    [{ ...points, unique: undefined, code: "SUN" }, /a limit or a budget/],
    [{ gives: { subscription: "dolka-plus" } }, /price and periods/],
    [{ gives: { subscription: "dolka", price: "9 RUB", periods: "1 time" } }, /a subscription of this programme/],
    [{ gives: { offer: "nothing" } }, /an offer of this programme/],
    [{ gives: {}, funders: { kalitka: 1 } }, /one of offer, points, subscription/],
  ];
  for (const [over, expected] of cases) assert.match(faultsOf(over), expected);
});
