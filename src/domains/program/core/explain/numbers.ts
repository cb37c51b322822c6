import type { BasisPoints, Kopecks, PointsCents } from "#kernel/money.ts";

export type Language = "ru" | "en";

/** Keeps a number and its unit on one line. */
const NBSP = "\u00a0";
const WORDS = { one: "балл", few: "балла", many: "баллов", other: "балла" };
const RU_PLURALS = new Intl.PluralRules("ru");

/** `12,50 балла`, `100 баллов`; `12.50 points`. */
export function pointsText(cents: PointsCents, language: Language): string {
  const number = amountText(cents, language, cents % 100 !== 0);
  if (language === "en") return `${number} ${cents === 100 ? "point" : "points"}`;
  const form = cents % 100 === 0 ? RU_PLURALS.select(cents / 100) : "other";
  return `${number} ${WORDS[form as keyof typeof WORDS] ?? WORDS.other}`;
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
  const whole = String((hundredths - rest) / 100).replace(/\B(?=(\d{3})+$)/g, language === "ru" ? NBSP : ",");
  if (!withFraction) return whole;
  return `${whole}${language === "ru" ? "," : "."}${String(rest).padStart(2, "0")}`;
}
