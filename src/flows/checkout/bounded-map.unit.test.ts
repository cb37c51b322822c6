import assert from "node:assert/strict";
import { test } from "node:test";
import { createBoundedMap } from "./bounded-map.ts";

test("what is used stays, however much passes by; what is not used goes", () => {
  const map = createBoundedMap<number, string>(100);
  map.set(0, "used");
  map.set(1, "not used");
  for (let key = 2; key < 1_000; key++) {
    map.set(key, "passing by");
    assert.equal(map.get(0), "used");
    assert.ok(map.size <= 100, `${map.size} entries`);
  }
  assert.equal(map.get(1), undefined);
});

test("the last half of the capacity is remembered for certain", () => {
  const map = createBoundedMap<number, number>(100);
  for (let key = 0; key < 1_234; key++) map.set(key, key);
  for (let key = 1_233; key > 1_233 - 50; key--) assert.equal(map.get(key), key);
});

test("a newer value replaces an older one in whatever generation it was, and what is deleted is gone", () => {
  const map = createBoundedMap<string, number>(4);
  map.set("a", 1);
  map.set("b", 1); // the first generation is full
  map.set("a", 2);
  assert.equal(map.get("a"), 2);
  map.delete("a");
  map.delete("b");
  assert.equal(map.get("a"), undefined);
  assert.equal(map.size, 0);
});
