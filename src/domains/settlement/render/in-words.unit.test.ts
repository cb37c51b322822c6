import assert from "node:assert/strict";
import { test } from "node:test";
import { roublesInWords } from "./in-words.ts";
import { formatDate, formatHundredths, formatMonthName, plainHundredths } from "./numbers.ts";

const SUMS: readonly (readonly [kopecks: number, ru: string, en: string])[] = [
  [0, "Ноль рублей 00 копеек", "Zero roubles 00 kopecks"],
  [1, "Ноль рублей 01 копейка", "Zero roubles 01 kopeck"],
  [12_000, "Сто двадцать рублей 00 копеек", "One hundred twenty roubles 00 kopecks"],
  [101, "Один рубль 01 копейка", "One rouble 01 kopeck"],
  [222, "Два рубля 22 копейки", "Two roubles 22 kopecks"],
  [1_111, "Одиннадцать рублей 11 копеек", "Eleven roubles 11 kopecks"],
  [-2_105, "Двадцать один рубль 05 копеек", "Twenty-one roubles 05 kopecks"],
  [100_100, "Одна тысяча один рубль 00 копеек", "One thousand one roubles 00 kopecks"],
  [200_000, "Две тысячи рублей 00 копеек", "Two thousand roubles 00 kopecks"],
  [1_200_000, "Двенадцать тысяч рублей 00 копеек", "Twelve thousand roubles 00 kopecks"],
  [2_200_000_091, "Двадцать два миллиона рублей 91 копейка", "Twenty-two million roubles 91 kopecks"],
  [
    123_456_789_042,
    "Один миллиард двести тридцать четыре миллиона пятьсот шестьдесят семь тысяч восемьсот девяносто рублей 42 копейки",
    "One billion two hundred thirty-four million five hundred sixty-seven thousand eight hundred ninety roubles 42 kopecks",
  ],
  [100_000_000_000_000, "Один триллион рублей 00 копеек", "One trillion roubles 00 kopecks"],
];

test("sums are spelled as contracts spell them, in Russian with its cases and genders", () => {
  for (const [kopecks, ru, en] of SUMS) {
    assert.equal(roublesInWords(kopecks, "ru"), ru);
    assert.equal(roublesInWords(kopecks, "en"), en);
  }
});

test("figures, months and days are written as each language writes them", () => {
  assert.equal(formatHundredths(-1_234_567, "ru"), "\u221212\u00a0345,67");
  assert.equal(formatHundredths(1_234_567, "en"), "12,345.67");
  assert.equal(formatHundredths(5, "en"), "0.05");
  assert.equal(plainHundredths(-1_234_567, ","), "-12345,67");
  assert.equal(formatMonthName("2026-01", "ru"), "январь\u00a02026\u00a0г.");
  assert.equal(formatMonthName("2026-12", "en"), "December 2026");
  assert.equal(formatDate("2026-01-05", "ru"), "05.01.2026");
  assert.equal(formatDate("2026-01-05", "en"), "5 January 2026");
});
