import { compileProgramme, createProgrammes, type Programmes, parseProgramme } from "#domains/program/index.ts";

/** A small coalition: two grocers, a telecom, a bank; 10 % at alfa funded 5/3/2, and points are good everywhere. */
export const SMALL_COALITION = `
format: 1
programme: { id: test, name: {ru: Тест, en: Test}, timeZone: Europe/Moscow, operator: operator, pointValue: 1 RUB }
partners:
  operator: { name: {ru: Оператор, en: Operator}, kind: operator, canFund: true, canRedeem: false }
  alfa: { name: {ru: Альфа, en: Alfa}, kind: grocer, canFund: true, canRedeem: true }
  beta: { name: {ru: Бета, en: Beta}, kind: grocer, canFund: true, canRedeem: true }
  telecom: { name: {ru: Телеком, en: Telecom}, kind: telecom, canFund: true, canRedeem: true }
brands:
  alfa: { partner: alfa, name: {ru: Альфа, en: Alfa} }
  beta: { partner: beta, name: {ru: Бета, en: Beta} }
  telecom: { partner: telecom, name: {ru: Телеком, en: Telecom} }
stores:
  alfa-1: { brand: alfa, name: {ru: Альфа 1, en: Alfa 1} }
  beta-1: { brand: beta, name: {ru: Бета 1, en: Beta 1} }
  telecom-1: { brand: telecom, name: {ru: Телеком 1, en: Telecom 1} }
categories:
  food: { name: {ru: Продукты, en: Food} }
  alcohol: { name: {ru: Алкоголь, en: Alcohol} }
rules:
  base:
    name: {ru: за покупку, en: for the purchase}
    when: { partner: alfa }
    earn: 10%
    funders: { alfa: 5, beta: 3, telecom: 2 }
  telecom:
    name: {ru: за связь, en: for telecom}
    when: { partner: telecom }
    earn: 10%
    funders: telecom
spending:
  everywhere:
    name: {ru: везде, en: everywhere}
    largestShare: 100%
`;

/** Programmes of one version each text, in force from the given times (the first from the beginning). */
export function programmesOf(now: () => number, ...texts: (string | { text: string; from: number })[]): Programmes {
  const versions = texts.map((entry, index) => {
    const { text, from } = typeof entry === "string" ? { text: entry, from: 0 } : entry;
    const parsed = parseProgramme(text, `version-${index + 1}.yaml`);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure, null, 2));
    return compileProgramme(parsed.value, index + 1, from);
  });
  return createProgrammes(() => versions, now);
}
