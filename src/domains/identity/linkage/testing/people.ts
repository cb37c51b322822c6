import { createRandom, type Random } from "#kernel/random.ts";
import { transliterate } from "../../normalise/script.ts";
import { ENGLISH, RUSSIAN } from "./word-lists.ts";

/**
 * Makes records of invented people with known truth: people in households, a few records each, as partners would have
 * them: typos, gaps, nicknames, transliteration, swapped names, moves, new phones, surnames changed by marriage. Only for
 * tests and benches.
 */
export type PeopleOptions = {
  readonly records: number;
  readonly seed: number;
  readonly language: "ru" | "en";
  /** 1 is as customer data are; 2 is heavily damaged. */
  readonly noise?: number;
};

export const PEOPLE_COLUMNS = ["surname", "given", "patronymic", "birth", "phone", "email", "city", "address"] as const;
type ColumnName = (typeof PEOPLE_COLUMNS)[number];
type PersonRecord = Record<ColumnName, string>;

export type People = {
  /** `values[column][row]` in the order of PEOPLE_COLUMNS. */
  readonly values: readonly string[][];
  /** The person of each row. */
  readonly truth: readonly string[];
};

type Household = { surname: string; city: string; address: string; phone: string };
type Person = PersonRecord & { readonly isWoman: boolean };
type Lists = typeof RUSSIAN | typeof ENGLISH;

/** Records of one person: most have one or two, few have many. */
const COPIES = [0.45, 0.3, 0.15, 0.07, 0.03];

export function makePeople(options: PeopleOptions): People {
  const random = createRandom(options.seed);
  const lists: Lists = options.language === "ru" ? RUSSIAN : ENGLISH;
  const values: string[][] = PEOPLE_COLUMNS.map(() => []);
  const truth: string[] = [];
  for (let person = 0; truth.length < options.records; ) {
    const household = makeHousehold(lists, random);
    for (let size = 1 + pick([0.35, 0.35, 0.2, 0.1], random); size > 0; size--, person++) {
      const one = makePerson(lists, household, random);
      for (let copies = 1 + pick(COPIES, random); copies > 0 && truth.length < options.records; copies--) {
        const copy = damaged(one, lists, options.noise ?? 1, random);
        for (const [index, column] of PEOPLE_COLUMNS.entries()) (values[index] as string[]).push(copy[column]);
        truth.push(String(person));
      }
    }
  }
  return shuffled({ values, truth }, random.fork("order"));
}

function pick(weights: readonly number[], random: Random): number {
  let left = random.next();
  for (const [index, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  return weights.length - 1;
}

/** Few values are frequent, many are rare, as names are. */
function oneOf<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random.next() ** 1.7 * list.length)] as T;
}

function makeHousehold(lists: Lists, random: Random): Household {
  const street = oneOf(lists.streetRoots, random) + (lists === ENGLISH ? " " : "") + oneOf(lists.streetEnds, random);
  return {
    surname: surnameOf(lists, random),
    city: oneOf(lists.cities, random),
    address: `${street} ${1 + random.int(150)}-${1 + random.int(200)}`,
    phone: phoneOf(random),
  };
}

function surnameOf(lists: Lists, random: Random): string {
  const middle = random.next() < 0.5 ? "" : oneOf(["ар", "ел", "ин", "ол", "ур", "ан"], random);
  const root = oneOf(lists.surnameRoots, random);
  return root + (lists === ENGLISH ? transliterate(middle) : middle) + oneOf(lists.surnameEnds, random);
}

function phoneOf(random: Random): string {
  return `+79${String(random.int(1_000_000_000)).padStart(9, "0")}`;
}

function makePerson(lists: Lists, household: Household, random: Random): Person {
  const isWoman = random.next() < 0.53;
  const given = oneOf(isWoman ? lists.women : lists.men, random);
  const base = random.next() < 0.85 ? household.surname : surnameOf(lists, random);
  const surname = lists === RUSSIAN && isWoman ? feminine(base) : base;
  const father = oneOf(lists.men, random);
  const day = new Date(Date.UTC(1940 + random.int(68), random.int(12), 1 + random.int(28))).toISOString().slice(0, 10);
  return {
    isWoman,
    surname,
    given,
    patronymic: lists === RUSSIAN ? patronymicOf(father, isWoman) : "",
    birth: day,
    phone: random.next() < 0.1 ? household.phone : phoneOf(random),
    email: emailOf(given, surname, random),
    city: household.city,
    address: household.address,
  };
}

function feminine(surname: string): string {
  if (/(?:ов|ев|ин)$/.test(surname)) return `${surname}а`;
  return surname.replace(/ский$/, "ская");
}

function patronymicOf(father: string, isWoman: boolean): string {
  const stem = father.replace(/й$/, "е").replace(/[аья]$/, "");
  return stem + (stem.endsWith("е") ? (isWoman ? "вна" : "вич") : isWoman ? "овна" : "ович");
}

function emailOf(given: string, surname: string, random: Random): string {
  const [first, last] = [given, surname].map((name) => transliterate(name.toLowerCase().replaceAll("ё", "е")));
  const local = [`${first}.${last}`, `${first?.[0]}.${last}`, `${last}${first?.[0]}`, `${first}${last}`][random.int(4)];
  const domain = oneOf(["mail.ru", "yandex.ru", "gmail.com", "bk.ru", "list.ru", "inbox.ru"], random);
  return `${local}${random.next() < 0.7 ? random.int(100) : ""}@${domain}`;
}

/** A record of the person as some partner has it. */
function damaged(person: Person, lists: Lists, noise: number, random: Random): PersonRecord {
  const happens = (share: number) => random.next() < share * noise;
  const copy: PersonRecord = { ...person };
  if (person.isWoman && happens(0.04)) {
    const other = surnameOf(lists, random);
    copy.surname = lists === RUSSIAN ? feminine(other) : other;
  }
  if (happens(0.1)) copy.given = oneOf((lists.short[person.given] ?? person.given).split(" "), random);
  if (happens(0.1)) Object.assign(copy, makeAddress(lists, random));
  if (happens(0.12)) copy.phone = phoneOf(random);
  if (happens(0.15)) copy.email = emailOf(person.given, copy.surname, random);
  if (happens(0.03)) [copy.given, copy.surname] = [copy.surname, copy.given];
  if (lists === RUSSIAN && happens(0.05)) {
    for (const column of ["surname", "given", "patronymic"] as const)
      copy[column] = titled(transliterate(copy[column].toLowerCase()));
  }
  if (happens(0.03)) copy.birth = otherDate(copy.birth, random);
  for (const column of PEOPLE_COLUMNS)
    if (column !== "birth" && happens(0.04)) copy[column] = mistyped(copy[column], random);
  const gaps = {
    surname: 0.02,
    given: 0.02,
    patronymic: 0.35,
    birth: 0.2,
    phone: 0.1,
    email: 0.4,
    city: 0.15,
    address: 0.3,
  };
  for (const column of PEOPLE_COLUMNS) if (happens(gaps[column])) copy[column] = "";
  if (random.next() < 0.5) copy.phone = copy.phone.replace(/^\+7(\d{3})(\d{3})(\d{2})(\d{2})$/, "8 ($1) $2-$3-$4");
  return copy;
}

function makeAddress(lists: Lists, random: Random) {
  const { city, address } = makeHousehold(lists, random);
  return { city, address };
}

function titled(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A slip: one digit, day and month swapped, or the first of the month or year. */
function otherDate(date: string, random: Random): string {
  const [year, month, day] = date.split("-") as [string, string, string];
  const kind = random.int(3);
  if (kind === 0) return mistypedDigit(date, random);
  if (kind === 1 && Number(day) <= 12) return `${year}-${day}-${month}`;
  return `${year}-${random.next() < 0.5 ? month : "01"}-01`;
}

function mistypedDigit(text: string, random: Random): string {
  const places = [...text].flatMap((sign, index) => (/\d/.test(sign) ? [index] : []));
  const at = places[random.int(places.length)] ?? 0;
  return text.slice(0, at) + String(random.int(10)) + text.slice(at + 1);
}

/** One letter left out, doubled, replaced or swapped with its neighbour. */
function mistyped(text: string, random: Random): string {
  if (text.length < 3) return text;
  const at = 1 + random.int(text.length - 1);
  const letter = text[random.int(text.length)] as string;
  switch (random.int(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1);
    case 1:
      return text.slice(0, at) + letter + text.slice(at);
    case 2:
      return text.slice(0, at) + letter + text.slice(at + 1);
    default:
      return text.slice(0, at - 1) + (text[at] ?? "") + (text[at - 1] ?? "") + text.slice(at + 1);
  }
}

function shuffled({ values, truth }: People, random: Random): People {
  const order = truth.map((_, index) => index);
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.int(i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return {
    values: values.map((column) => order.map((row) => column[row] as string)),
    truth: order.map((row) => truth[row] as string),
  };
}
