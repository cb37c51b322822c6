import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCardToken, passesLuhn } from "./card.ts";
import { dateDigits, dateNumber, guessDateOrder, parseDate } from "./date.ts";
import { formatEmail, nameWordsOf, parseEmail } from "./email.ts";
import { parseNumber } from "./number.ts";
import { parsePhone } from "./phone.ts";

test("phones of any spelling become E.164; what is no phone is nothing", () => {
  for (const text of ["8 (916) 123-45-67", "+7 916 1234567", "9161234567", "7-916-123-45-67"]) {
    assert.equal(parsePhone(text, "RU"), "+79161234567", text);
  }
  assert.equal(parsePhone("310/246-1501", "us"), "+13102461501");
  assert.equal(parsePhone("+44 20 7946 0958"), "+442079460958");
  assert.equal(parsePhone("123"), undefined);
  assert.throws(() => parsePhone("123", "ZZ"), /unknown country ZZ/);
});

test("e-mails lose case, spaces and +tags", () => {
  const email = parseEmail(" Anna.Petrova+shop@Mail.RU ");
  assert.deepEqual(email, { local: "anna.petrova", domain: "mail.ru" });
  assert.equal(formatEmail({ local: "a", domain: "b.c" }), "a@b.c");
  assert.deepEqual(nameWordsOf({ local: "anna.petrova85", domain: "x" }), ["anna", "petrova"]);
  for (const text of ["", "@x.ru", "anna@", "anna"]) assert.equal(parseEmail(text), undefined, text);
});

test("card tokens are compared without spaces; a wrong digit fails Luhn's check", () => {
  assert.equal(parseCardToken("2200 1234-5678 9010"), "2200123456789010");
  assert.equal(parseCardToken("ab 12"), "AB12");
  assert.equal(parseCardToken("?"), undefined);
  assert.ok(passesLuhn("4111 1111 1111 1111"));
  assert.ok(!passesLuhn("4111 1111 1111 1112"));
});

const SEVENTH = { year: 1985, month: 2, day: 7 };

test("one date in all the forms that files have", () => {
  const forms = [
    "1985-02-07",
    "19850207",
    "07.02.1985",
    "7/2/85",
    "7 Feb 1985",
    "February 7, 1985",
    "7 февраля 1985 г.",
    "1985-02-07T00:00:00Z",
    "1985-02-07 12:30",
  ];
  for (const text of forms) assert.deepEqual(parseDate(text), SEVENTH, text);
  assert.deepEqual(parseDate("02/07/1985", "mdy"), SEVENTH);
  assert.deepEqual(parseDate("85-02-07", "ymd"), SEVENTH);
  assert.deepEqual(parseDate("1985-07-02", "ymd"), { year: 1985, month: 7, day: 2 });
});

test("parts that only fit the other way round are read that way; parts that are missing stay missing", () => {
  assert.deepEqual(parseDate("02/17/1985", "dmy"), { year: 1985, month: 2, day: 17 });
  assert.deepEqual(parseDate("1985-17-02"), { year: 1985, month: 2, day: 17 });
  assert.deepEqual(parseDate("1985-02"), { year: 1985, month: 2, day: 0 });
  assert.deepEqual(parseDate("1985"), { year: 1985, month: 0, day: 0 });
  for (const text of ["", "x", "13", "99.99.1985"]) assert.equal(parseDate(text), undefined, text);
  assert.equal(dateDigits({ year: 1985, month: 2, day: 0 }), "19850200");
  assert.equal(dateNumber({ year: 1970, month: 1, day: 2 }), 1);
  assert.equal(dateNumber({ year: 1985, month: 2, day: 0 }), undefined);
});

test("the order of a column's dates is read from those that can tell", () => {
  assert.equal(guessDateOrder(["01/02/1985", "02/25/1985", "03/31/1985"]), "mdy");
  assert.equal(guessDateOrder(["01/02/1985", "25/02/1985"]), "dmy");
  assert.equal(guessDateOrder(["1985-02-07"]), "dmy");
});

test("numbers of either decimal sign", () => {
  for (const [text, value] of [
    ["1 234,50", 1234.5],
    ["1,234.50", 1234.5],
    ["$12", 12],
    ["1,234,567", 1234567],
    ["3.4 kg", 3.4],
    ["-5", -5],
  ] as const) {
    assert.equal(parseNumber(text), value, text);
  }
  for (const text of ["", "abc", "1.2.3.4,5,6"]) assert.equal(parseNumber(text), undefined, text);
});
