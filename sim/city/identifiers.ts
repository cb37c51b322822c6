import { hash32, mix32 } from "#kernel/random.ts";
import { shuffled } from "./shuffle.ts";

/**
 * Numbers that people are known by. Each is a permutation of (person, which), so it is unique, needs no table, and
 * does not show who is next to whom. None of them belongs to anybody: telephone codes are ones that are not allotted,
 * card numbers have a prefix of no payment system, mail goes to `.example`.
 */

/** A registration of a person: 0 is the first, 1 to 7 are a multi-accounter's, SECOND_ACCOUNT a repeated one. */
export const SECOND_ACCOUNT = 15;
const ACCOUNTS = 16;

/** ASSUMPTION: mobile codes that no operator had in 2024; ten million numbers each. */
const PHONE_CODES = [907, 935, 940, 942, 943, 944, 945, 946, 947, 948, 972, 973, 974, 975, 976, 998] as const;
const NUMBERS_IN_CODE = 10_000_000;

const ACCOUNT_SPACE = 100_000_000_000;

/** `generation` 0 is the present phone, 1 the one before. E.164. */
export function phoneOf(seed: number, person: number, generation: 0 | 1): string {
  const number = shuffled(person * 2 + generation, PHONE_CODES.length * NUMBERS_IN_CODE, seed);
  const code = PHONE_CODES[Math.floor(number / NUMBERS_IN_CODE)];
  return `+7${code}${String(number % NUMBERS_IN_CODE).padStart(7, "0")}`;
}

/** SIM cards bought for more registrations, in a code of their own; unique up to 1.25 million people, rare twins above. */
export function extraPhoneOf(seed: number, person: number, account: number): string {
  const number = shuffled((person * 8 + account) % NUMBERS_IN_CODE, NUMBERS_IN_CODE, seed);
  return `+7957${String(number).padStart(7, "0")}`;
}

function accountNumber(seed: number, person: number, account: number, salt: number): number {
  return shuffled(person * ACCOUNTS + account, ACCOUNT_SPACE, seed ^ salt);
}

/** The loyalty card: 16 digits, the last by Luhn's formula, so that a cashier's slip is noticed. */
export function cardOf(seed: number, person: number, account: number): string {
  const digits = `7789${String(accountNumber(seed, person, account, 1)).padStart(11, "0")}`;
  return digits + luhnDigit(digits);
}

export function luhnDigit(digits: string): number {
  let sum = 0;
  for (let i = digits.length - 1, doubled = true; i >= 0; i--, doubled = !doubled) {
    const digit = digits.charCodeAt(i) - 48;
    sum += doubled ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return (10 - (sum % 10)) % 10;
}

/** The partner's own id of a client. */
export function externalIdOf(seed: number, partner: string, person: number, account: number): string {
  return `${partner.slice(0, 2)}-${accountNumber(seed, person, account, hash32(partner)).toString(36).padStart(8, "0")}`;
}

/** What a till learns of a payment card: the same card gives the same token everywhere; bank 0 is the coalition's. */
export function paymentTokenOf(seed: number, person: number, bank: number): string {
  return `tok_${twice(seed, person, bank)}`;
}

export function deviceOf(seed: number, person: number): string {
  return `dev_${twice(seed, person, 99)}`;
}

function twice(seed: number, person: number, which: number): string {
  const high = mix32(mix32(seed + which) ^ person);
  const low = mix32(mix32(person + 0x51ed270b) ^ (seed + which));
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}
