import type { Kopecks, PointsCents } from "#kernel/money.ts";
import type { Language } from "../core/party.ts";

const THIN_GAP = "\u00a0";
const MINUS = "\u2212";

/** Hundredths as a decimal with two digits, grouped: 12 345,60 in Russian, 12,345.60 in English. */
export function formatHundredths(value: Kopecks | PointsCents, language: Language): string {
  const size = Math.abs(value);
  const whole = String(Math.floor(size / 100)).replace(/\B(?=(\d{3})+$)/g, language === "ru" ? THIN_GAP : ",");
  const rest = String(size % 100).padStart(2, "0");
  return `${value < 0 ? MINUS : ""}${whole}${language === "ru" ? "," : "."}${rest}`;
}

/** Hundredths for machines and spreadsheets: no groups, an ASCII minus, the decimal sign as asked. */
export function plainHundredths(value: Kopecks | PointsCents, decimal: "." | ","): string {
  const size = Math.abs(value);
  return `${value < 0 ? "-" : ""}${Math.floor(size / 100)}${decimal}${String(size % 100).padStart(2, "0")}`;
}

const MONTHS: { readonly [language in Language]: readonly string[] } = {
  ru: [
    ...["январь", "февраль", "март", "апрель", "май", "июнь"],
    ...["июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"],
  ],
  en: [
    ...["January", "February", "March", "April", "May", "June"],
    ...["July", "August", "September", "October", "November", "December"],
  ],
};

/** "2026-01" as "январь 2026 г." or "January 2026". */
export function formatMonthName(month: string, language: Language): string {
  const name = MONTHS[language][Number(month.slice(5, 7)) - 1] ?? month;
  return language === "ru" ? `${name}${THIN_GAP}${month.slice(0, 4)}${THIN_GAP}г.` : `${name} ${month.slice(0, 4)}`;
}

/** "2026-01-31" as "31.01.2026" or "31 January 2026". */
export function formatDate(day: string, language: Language): string {
  const [year, month, date] = day.split("-") as [string, string, string];
  if (language === "ru") return `${date}.${month}.${year}`;
  return `${Number(date)} ${MONTHS.en[Number(month) - 1]} ${year}`;
}
