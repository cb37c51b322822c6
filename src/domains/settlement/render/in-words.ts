import { invariant } from "#kernel/invariant.ts";
import type { Kopecks } from "#kernel/money.ts";
import type { Language } from "../core/party.ts";

/** Forms for 1, for 2 to 4, for the rest: рубль, рубля, рублей. */
type Forms = readonly [one: string, few: string, many: string];

const UNITS = [
  ...["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять"],
  ...["одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать"],
  ...["восемнадцать", "девятнадцать"],
];
const FEMININE: Readonly<Record<number, string>> = { 1: "одна", 2: "две" };
const TENS = [
  "",
  "",
  "двадцать",
  "тридцать",
  "сорок",
  "пятьдесят",
  "шестьдесят",
  "семьдесят",
  "восемьдесят",
  "девяносто",
];
const HUNDREDS = [
  ...["", "сто", "двести", "триста", "четыреста", "пятьсот"],
  ...["шестьсот", "семьсот", "восемьсот", "девятьсот"],
];
const SCALES: readonly { readonly forms: Forms; readonly isFeminine: boolean }[] = [
  { forms: ["", "", ""], isFeminine: false },
  { forms: ["тысяча", "тысячи", "тысяч"], isFeminine: true },
  { forms: ["миллион", "миллиона", "миллионов"], isFeminine: false },
  { forms: ["миллиард", "миллиарда", "миллиардов"], isFeminine: false },
  { forms: ["триллион", "триллиона", "триллионов"], isFeminine: false },
];
const ROUBLE: Forms = ["рубль", "рубля", "рублей"];
const KOPECK: Forms = ["копейка", "копейки", "копеек"];

const ENGLISH_UNITS = [
  ...["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
  ...["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"],
];
const ENGLISH_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const ENGLISH_SCALES = ["", "thousand", "million", "billion", "trillion"];

const MAX_ROUBLES = 10 ** 15;

/**
 * A sum as contracts spell it: roubles in words, kopecks in digits. "Сто двадцать рублей 00 копеек"; "One hundred twenty roubles
 * 00 kopecks". The sign is dropped: words around it say who pays. Below 10^15 roubles.
 */
export function roublesInWords(kopecks: Kopecks, language: Language): string {
  const size = Math.abs(kopecks);
  const roubles = Math.floor(size / 100);
  const rest = size % 100;
  invariant(roubles < MAX_ROUBLES, "a sum of roubles below 10^15");
  const digits = String(rest).padStart(2, "0");
  const words =
    language === "ru"
      ? `${russian(roubles)} ${formOf(roubles, ROUBLE)} ${digits} ${formOf(rest, KOPECK)}`
      : `${english(roubles)} ${roubles === 1 ? "rouble" : "roubles"} ${digits} ${rest === 1 ? "kopeck" : "kopecks"}`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function russian(value: number): string {
  if (value === 0) return UNITS[0] as string;
  return groupsOf(value)
    .map((group, scale) => russianGroup(group, scale))
    .filter((words) => words !== "")
    .reverse()
    .join(" ");
}

function russianGroup(group: number, scale: number): string {
  if (group === 0) return "";
  const { forms, isFeminine } = SCALES[scale] as (typeof SCALES)[number];
  const words = [HUNDREDS[Math.floor(group / 100)] as string];
  const rest = group % 100;
  const unit = rest < 20 ? rest : rest % 10;
  if (rest >= 20) words.push(TENS[Math.floor(rest / 10)] as string);
  if (unit > 0) words.push((isFeminine ? FEMININE[unit] : undefined) ?? (UNITS[unit] as string));
  words.push(formOf(group, forms));
  return words.filter((word) => word !== "").join(" ");
}

function formOf(count: number, forms: Forms): string {
  const rest = count % 100;
  if (rest > 10 && rest < 20) return forms[2];
  const last = count % 10;
  return last === 1 ? forms[0] : last > 1 && last < 5 ? forms[1] : forms[2];
}

function english(value: number): string {
  if (value === 0) return ENGLISH_UNITS[0] as string;
  return groupsOf(value)
    .map((group, scale) => (group === 0 ? "" : `${englishGroup(group)} ${ENGLISH_SCALES[scale]}`.trim()))
    .filter((words) => words !== "")
    .reverse()
    .join(" ");
}

function englishGroup(group: number): string {
  const words: string[] = [];
  if (group >= 100) words.push(`${ENGLISH_UNITS[Math.floor(group / 100)]} hundred`);
  const rest = group % 100;
  if (rest >= 20) {
    const unit = rest % 10 === 0 ? "" : `-${ENGLISH_UNITS[rest % 10]}`;
    words.push(`${ENGLISH_TENS[Math.floor(rest / 10)]}${unit}`);
  } else if (rest > 0) words.push(ENGLISH_UNITS[rest] as string);
  return words.join(" ");
}

/** Groups of three digits, lowest first. */
function groupsOf(value: number): number[] {
  const groups: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 1000)) groups.push(rest % 1000);
  return groups;
}
