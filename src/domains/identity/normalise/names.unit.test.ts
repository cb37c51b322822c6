import assert from "node:assert/strict";
import { test } from "node:test";
import { NAME_GROUPS } from "./diminutives.ts";
import { givenNameKey, mayBeSameGivenName, parsePersonName, surnameStem } from "./names.ts";
import { phoneticKey } from "./phonetic.ts";
import { looseSpelling, scriptOf, transliterate } from "./script.ts";
import { foldText } from "./text.ts";

test("a folded text has no case, no ё, no diacritics, no signs, but keeps й", () => {
  assert.equal(foldText("  Ёлкина-Майская  "), "елкина майская");
  assert.equal(foldText("O'Brien"), "obrien");
  assert.equal(foldText("José Müller-Łuczak"), "jose muller luczak");
  assert.equal(foldText("«»"), "");
});

test("a full name is taken apart whatever its order", () => {
  const ivan = { given: "иван", surname: "петров", patronymic: "сергеевич" };
  for (const text of ["Петров Иван Сергеевич", "Иван Сергеевич Петров", "ПЕТРОВ, Иван Сергеевич"]) {
    assert.deepEqual(parsePersonName(text), ivan, text);
  }
  assert.deepEqual(parsePersonName("John Smith"), { given: "john", surname: "smith", patronymic: "" });
  assert.deepEqual(parsePersonName("Smith, John A."), { given: "john", surname: "smith", patronymic: "a" });
  assert.deepEqual(parsePersonName("Саша Петров"), { given: "саша", surname: "петров", patronymic: "" });
  assert.deepEqual(parsePersonName("Петрова Анна"), { given: "анна", surname: "петрова", patronymic: "" });
  assert.deepEqual(parsePersonName("рыбонька"), { given: "рыбонька", surname: "", patronymic: "" });
  assert.deepEqual(parsePersonName("   "), { given: "", surname: "", patronymic: "" });
});

test("short names and transliterations may be the same name, other names may not", () => {
  for (const [a, b] of [
    ["саша", "александр"],
    ["sasha", "александра"],
    ["женя", "евгений"],
    ["bob", "robert"],
    ["yuriy", "юрий"],
  ]) {
    assert.ok(mayBeSameGivenName(a as string, b as string), `${a} ${b}`);
  }
  assert.ok(!mayBeSameGivenName("иван", "петр"));
  assert.ok(!mayBeSameGivenName("анна", "ольга"));
  assert.equal(givenNameKey("юрий"), givenNameKey("iurii"));
  assert.equal(givenNameKey("рыбонька"), "ribonka");
});

test("the table of short names has a few hundred Russian ones, all folded, each group with more than one name", () => {
  const cyrillic = new Set(NAME_GROUPS.flat().filter((name) => scriptOf(name) === "cyrillic"));
  assert.ok(cyrillic.size > 300, String(cyrillic.size));
  for (const group of NAME_GROUPS) {
    for (const name of group) assert.equal(foldText(name), name);
    assert.ok(group.length > 1, group.join(" "));
  }
});

test("transliterations of one name meet in one loose spelling", () => {
  assert.equal(transliterate("щукин"), "shchukin");
  assert.equal(new Set(["юрий", "yuriy", "iurii", "jurij", "yury"].map(looseSpelling)).size, 1);
  assert.equal(looseSpelling("shchukin"), looseSpelling("щукин"));
  assert.notEqual(looseSpelling("иванов"), looseSpelling("петров"));
});

test("surnames of husband and wife have one stem", () => {
  for (const [he, she] of [
    ["иванов", "иванова"],
    ["достоевский", "достоевская"],
    ["белый", "белая"],
    ["пушкин", "пушкина"],
  ]) {
    assert.equal(surnameStem(he as string), surnameStem(she as string));
  }
  assert.notEqual(surnameStem("коваленко"), surnameStem("коваль"));
});

test("names that sound alike share a phonetic key", () => {
  assert.equal(phoneticKey("смирнов"), phoneticKey("smirnoff"));
  assert.equal(phoneticKey("meyer"), phoneticKey("maier"));
  assert.notEqual(phoneticKey("иванов"), phoneticKey("петров"));
  assert.equal(phoneticKey(""), "");
});
