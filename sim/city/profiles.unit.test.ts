import assert from "node:assert/strict";
import { test } from "node:test";
import { formatDay } from "#kernel/time.ts";
import { createCity } from "./city.ts";
import { aim, createDice, purpose } from "./dice.ts";
import type { Difference } from "./differences.ts";
import { phoneOf } from "./identifiers.ts";
import { inWrongLayout, transliterated, withoutYo, withTypo, wrongBirthDate } from "./typos.ts";

const PEOPLE = 6_000;
const city = createCity({ seed: 13, people: PEOPLE, from: "2025-01-01", to: "2025-07-01" });
const known = Array.from({ length: PEOPLE }, (_, i) => city.profiles(i)).flat();
const partnerIds = new Set(city.partners.map(({ id }) => id));
const having = (difference: Difference) => known.filter(({ differences }) => differences.includes(difference));

test("every profile is of a partner of the coalition, has an id of its own there, and one identifier at least", () => {
  const ids = new Set<string>();
  for (const { profile } of known) {
    assert.ok(partnerIds.has(profile.partner));
    assert.ok(profile.identifiers.length > 0);
    ids.add(`${profile.partner}|${profile.externalId}`);
  }
  assert.equal(ids.size, known.length);
});

test("the truth links the profiles of a person although most differ", () => {
  const names = new Map<number, Set<string>>();
  for (const { person, household, profile } of known) {
    assert.equal(city.person(person).household, household);
    const seen = names.get(person) ?? new Set();
    names.set(person, seen.add(JSON.stringify(profile.name)));
  }
  const differing = [...names.values()].filter((seen) => seen.size > 1).length;
  assert.ok(differing / names.size > 0.5, `${differing} of ${names.size}`);
});

test("every kind of difference occurs, and where none is noted the profile agrees with the passport", () => {
  const kinds: readonly Difference[] = [
    "typo",
    "yo-lost",
    "diminutive",
    "nickname",
    "swapped",
    "translit",
    "wrong-layout",
    "earlier-name",
    "no-middle",
    "wrong-birth-date",
    "no-birth-date",
    "no-gender",
    "no-address",
    "earlier-address",
    "earlier-phone",
    "family-phone",
    "recycled-phone",
    "email-typo",
    "second-profile",
    "many-accounts",
  ];
  for (const kind of kinds) assert.ok(having(kind).length > 0, kind);
  const clean = known.filter(({ differences }) => differences.length === 0);
  assert.ok(clean.length > 500);
  for (const { person, profile } of clean) {
    const { name, gender, birthDay } = city.person(person);
    assert.deepEqual(profile.name, { given: name.first, surname: name.last, patronymic: name.middle });
    assert.equal(profile.gender, gender);
    assert.equal(profile.birthDate, formatDay(birthDay));
  }
});

test("who sees a passport knows nearly everybody's birth date; who takes what is typed gets nicknames", () => {
  const of = (partner: string) => known.filter(({ profile }) => profile.partner === partner);
  const dated = (partner: string) => of(partner).filter(({ profile }) => profile.birthDate).length / of(partner).length;
  assert.equal(dated("kubyshka"), 1);
  assert.ok(dated("kalitka") < 0.8);
  assert.ok(having("nickname").every(({ profile }) => profile.partner !== "kubyshka"));
  assert.ok(having("nickname").some(({ profile }) => profile.name?.given === "рыбонька"));
});

test("tills read identifiers that a grocer's profile has verified", () => {
  const verified = new Set(
    known.flatMap(({ profile }) => profile.identifiers.filter((each) => each.verified).map(({ value }) => value)),
  );
  for (const { card, phone, person } of city.members()) {
    const atGrocer = city.profiles(person).some(({ profile }) => profile.partner === "kalitka");
    if (atGrocer) assert.ok(verified.has(card) && verified.has(phone));
  }
});

test("a profile with an earlier phone has it, and one with a family phone has a relative's", () => {
  for (const { person, profile } of having("earlier-phone")) {
    assert.ok(digitsOf(profile.identifiers).includes(phoneOf(13, person, 1).slice(-10)));
  }
  for (const { household, profile } of having("family-phone")) {
    assert.ok(digitsOf(profile.identifiers).includes(phoneOf(13, household, 0).slice(-10)));
  }
});

function digitsOf(identifiers: readonly { readonly value: string }[]): string[] {
  return identifiers.map(({ value }) => value.replace(/\D/g, "").slice(-10));
}

test("words go wrong in known ways", () => {
  assert.equal(withoutYo("Алёна Воробьёва"), "Алена Воробьева");
  assert.equal(transliterated("Щукин", "everyday"), "Shchukin");
  assert.equal(transliterated("Юлия", "everyday"), "Yuliya");
  assert.equal(transliterated("Юлия", "passport"), "Iuliia");
  assert.equal(inWrongLayout("Иван"), "Bdfy");
});

test("a typo changes a word by one slip and keeps its first letter", () => {
  const dice = aim(createDice(), 1, purpose("test"), 0, 0);
  for (let i = 0; i < 500; i++) {
    const spoilt = withTypo(dice, "Кузнецова");
    assert.equal(spoilt[0], "К");
    assert.ok(Math.abs(spoilt.length - 9) <= 1);
  }
});

test("a wrong birth date is another date of the calendar", () => {
  const dice = aim(createDice(), 1, purpose("test"), 1, 0);
  for (let i = 0; i < 500; i++) {
    const wrong = wrongBirthDate(dice, "1984-02-29");
    assert.match(wrong, /^\d{4}-\d{2}-\d{2}$/);
    assert.notEqual(wrong, "1984-02-29");
  }
});
