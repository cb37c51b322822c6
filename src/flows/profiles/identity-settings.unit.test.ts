import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DEFAULT_LINKAGE, readIdentitySettings } from "./identity-settings.ts";

const read = (text: string) => readIdentitySettings(`format: 1\n${text}`, "identity.yaml");

test("the example of the documentation is read", () => {
  const file = readFileSync(new URL("../../../examples/profiles/identity.yaml", import.meta.url), "utf8");
  const settings = readIdentitySettings(file, "identity.yaml");
  assert.ok(settings.ok, JSON.stringify(settings));
  assert.deepEqual(settings.value.linkage, DEFAULT_LINKAGE, "it shows what holds anyway");
  assert.equal(settings.value.attributeRules.length, 2);
});

test("the night's linkage has a time of day, or never comes", () => {
  const at = (time: string) => {
    const settings = read(`linkage: { nightlyAt: "${time}" }\n`);
    return settings.ok ? settings.value.linkage.nightlyAtMinute : settings.failure[0]?.message;
  };
  assert.equal(at("04:30"), 270);
  assert.equal(at("never"), undefined);
  assert.match(String(at("24:00")), /time of day/);
});

test("a part that is left out is as usual, one that can't be is refused with its line", () => {
  const some = read("linkage: { mergeFrom: 0.999 }\n");
  assert.deepEqual(some.ok && some.value.linkage, { ...DEFAULT_LINKAGE, mergeFrom: 0.999 });
  const wrong = read("linkage: { mergeFrom: 99 }\n");
  assert.ok(!wrong.ok && wrong.failure[0]?.line === 2, JSON.stringify(wrong));
});
