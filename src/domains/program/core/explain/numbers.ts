import type { BasisPoints, Kopecks, PointsCents } from "#kernel/money.ts";

export type Language = "ru" | "en";

/** Keeps a number and its unit on one line. */
const NBSP = "\u00a0";
const WORDS = { one: "балл", few: "балла", many: "баллов", other: "балла" };

/** `12,50 балла`, `100 баллов`; `12.50 points`. */
export function pointsText(cents: PointsCents, language: Language): string {
  const number = amountText(cents, language, cents % 100 !== 0);
  if (language === "en") return `${number} ${cents === 100 ? "point" : "points"}`;
  return `${number} ${cents % 100 === 0 ? WORDS[formOf(cents / 100)] : WORDS.other}`;
}

/** Russian's plural of a whole number, as CLDR has it: 1, 21, 31 one; 2-4, 22-24 few; the rest, 11-14 too, many. */
function formOf(count: number): "one" | "few" | "many" {
  const [last, lastTwo] = [count % 10, count % 100];
  if (last === 1 && lastTwo !== 11) return "one";
  return last >= 2 && last <= 4 && (lastTwo < 12 || lastTwo > 14) ? "few" : "many";
}

/** `12,50` or `100`, without the word. */
export function bareNumber(cents: number, language: Language): string {
  return amountText(cents, language, cents % 100 !== 0);
}

/** `1 250,00 ₽`; `₽1,250.00`. */
export function moneyText(kopecks: Kopecks, language: Language): string {
  const number = amountText(kopecks, language, true);
  return language === "ru" ? `${number}${NBSP}₽` : `₽${number}`;
}

/** `5 %`, `0,5 %`; `5%`, `0.5%`. */
export function percentText(rateBp: BasisPoints, language: Language): string {
  const number = trimmed(rateBp, language);
  return language === "ru" ? `${number}${NBSP}%` : `${number}%`;
}

/** `×10`, `×1,5`. */
export function multiplierText(multiplierBp: BasisPoints, language: Language): string {
  return `×${trimmed(multiplierBp / 100, language)}`;
}

function trimmed(hundredths: number, language: Language): string {
  const text = amountText(hundredths, language, hundredths % 100 !== 0);
  return hundredths % 100 === 0 ? text : text.replace(/0$/, "");
}

function amountText(hundredths: number, language: Language, withFraction: boolean): string {
  const rest = hundredths % 100;
  const number = (hundredths - rest) / 100;
  const whole = number < 1_000 ? String(number) : grouped(number, language);
  if (!withFraction) return whole;
  return `${whole}${language === "ru" ? "," : "."}${rest < 10 ? "0" : ""}${rest}`;
}

function grouped(number: number, language: Language): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, language === "ru" ? NBSP : ",");
}
