import { digitsOf } from "./text.ts";

/** A loyalty card or payment token as it is looked up: letters in upper case and digits, no spaces or hyphens. */
export function parseCardToken(text: string): string | undefined {
  const token = text.toUpperCase().replace(/[\s\-_.]+/g, "");
  return /^[0-9A-Z*]{4,64}$/.test(token) ? token : undefined;
}

/** Luhn's check (ISO/IEC 7812-1, annex B): true for a number whose check digit fits. Catches one wrong digit. */
export function passesLuhn(text: string): boolean {
  const digits = digitsOf(text);
  if (digits.length < 8) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const weighed = i % 2 === 1 ? digit * 2 : digit;
    sum += weighed > 9 ? weighed - 9 : weighed;
  }
  return sum % 10 === 0;
}
