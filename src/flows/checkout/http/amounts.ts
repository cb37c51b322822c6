import type { Kopecks, PointsCents } from "#kernel/money.ts";
import type { Language } from "#platform/http/language.ts";

/** `1 234,56 ₽` or `₽1,234.56`: sums for a person. */
export function roubles(kopecks: Kopecks, language: Language): string {
  const sum = hundredths(kopecks, language);
  return language === "ru" ? `${sum} ₽` : `₽${sum}`;
}

/** `баллов: 12,34` or `12.34 points`. */
export function points(cents: PointsCents, language: Language): string {
  const sum = hundredths(cents, language);
  return language === "ru" ? `баллов: ${sum}` : `${sum} points`;
}

/** Integer hundredths with separators; no more digits than there are. */
export function hundredths(value: number, language: Language): string {
  const size = Math.abs(value);
  const whole = Math.floor(size / 100).toString();
  const groups = whole.replaceAll(/\B(?=(\d{3})+$)/g, language === "ru" ? "\u00a0" : ",");
  const rest = size % 100;
  const fraction = rest === 0 ? "" : `${language === "ru" ? "," : "."}${String(rest).padStart(2, "0")}`;
  return `${value < 0 ? "−" : ""}${groups}${fraction}`;
}
