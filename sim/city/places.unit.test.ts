import assert from "node:assert/strict";
import { test } from "node:test";
import { GROCERY_FIGURES, OTHER_FIGURES, VISIT_FIGURES } from "./assumptions.ts";
import { CATEGORIES } from "./categories.ts";
import { PARTNERS } from "./partners.ts";
import { DISTRICTS, STORES } from "./places.ts";

const KEBAB = /^[a-z]+(-[a-z0-9]+)*$/;

test("ids are kebab-case slugs and unique", () => {
  for (const list of [PARTNERS, CATEGORIES, STORES, DISTRICTS]) {
    const ids = list.map(({ id }) => id);
    for (const id of ids) assert.match(id, KEBAB);
    assert.equal(new Set(ids).size, ids.length);
  }
});

test("every store is of a partner's brand and in a district, and every category and partner has figures", () => {
  const brands = new Map(PARTNERS.map(({ id, brands }) => [id, brands.map((brand) => brand.id)]));
  for (const { partner, brand, district } of STORES) {
    assert.ok(brands.get(partner)?.includes(brand));
    assert.ok(DISTRICTS.some(({ id }) => id === district));
  }
  for (const { id } of CATEGORIES) assert.ok(GROCERY_FIGURES[id] ?? OTHER_FIGURES[id], id);
  for (const { id } of PARTNERS) assert.ok(VISIT_FIGURES[id], id);
});

test("there are two grocers of one family and about 25 grocery categories", () => {
  const grocers = PARTNERS.filter(({ kind }) => kind === "grocer");
  assert.equal(grocers.length, 2);
  assert.equal(new Set(grocers.map(({ family }) => family)).size, 1);
  const count = CATEGORIES.filter(({ kind }) => kind === "grocer").length;
  assert.ok(count >= 24 && count <= 30);
});

test("districts hold all people, and stores stand within theirs", () => {
  const whole = DISTRICTS.reduce((sum, { populationShare }) => sum + populationShare, 0);
  assert.ok(Math.abs(whole - 1) < 1e-9);
  for (const { channel, district, at } of STORES) {
    const place = DISTRICTS.find(({ id }) => id === district);
    if (channel !== "store" || !place) continue;
    assert.ok(Math.hypot(at.x - place.centre.x, at.y - place.centre.y) <= place.radiusKm);
  }
});

test("the lists of kinds lie together, which internal numbers of categories rely on", () => {
  const kinds = CATEGORIES.map(({ kind }) => kind);
  assert.deepEqual(kinds.filter((kind, i) => kind !== kinds[i - 1]).length, new Set(kinds).size);
});
