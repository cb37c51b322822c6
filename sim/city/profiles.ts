import { type Day, type EpochMs, formatDay } from "#kernel/time.ts";
import { FRAUD_FIGURES, PROFILE_FIGURES, PROFILE_QUALITY } from "./assumptions.ts";
import { aim, chance, createDice, type Dice, next, pickOne, purpose } from "./dice.ts";
import type { Difference, Note } from "./differences.ts";
import { type Address, addressesOf } from "./households.ts";
import { cardOf, deviceOf, externalIdOf, extraPhoneOf, phoneOf, SECOND_ACCOUNT } from "./identifiers.ts";
import { type WrittenName, writeName } from "./names-written.ts";
import { BANK, FISH, INSURER, isGrocer, PARTNERS, TELECOM } from "./partners.ts";
import type { Person } from "./people.ts";
import { instantOf } from "./receipts.ts";
import { NEVER } from "./spans.ts";
import { asTyped, transliterated, wrongBirthDate } from "./typos.ts";
import type { World } from "./world.ts";

/** What one partner knows of a person, in the words of `PUT /v1/profiles/{partner}/{externalId}`. */
export type Profile = {
  readonly partner: string;
  readonly externalId: string;
  readonly identifiers: readonly ProfileIdentifier[];
  readonly name?: WrittenName;
  /** YYYY-MM-DD. */
  readonly birthDate?: string;
  readonly gender?: "female" | "male";
  readonly address?: string;
  readonly at: EpochMs;
};

export type ProfileIdentifier = {
  readonly kind: "phone" | "card" | "email" | "device";
  readonly value: string;
  readonly verified: boolean;
};

/** A profile with the truth about it: whose it is and what is wrong with it. */
export type KnownProfile = {
  readonly profile: Profile;
  readonly person: number;
  readonly household: number;
  /** Which of the person's registrations it belongs to. */
  readonly account: number;
  readonly differences: readonly Difference[];
};

const PROFILE = purpose("profiles/profile");
const PERSONAL = purpose("profiles/personal");
const dice = createDice();

/** Whose old number the operator gave out again: somebody far away in the list. */
const RECYCLED_FROM = 7_919;

type Registration = { readonly partner: number; readonly account: number };
type Care = keyof typeof PROFILE_QUALITY;

/** Bank, insurer and telecom see a passport; pharmacies and ticket offices ask; the others take what is typed. */
function careOf(partner: number): Care {
  if (partner === BANK || partner === INSURER || partner === TELECOM) return "passport";
  return isGrocer(partner) || partner === FISH ? "typed" : "asked";
}

/** All profiles of a person, at every partner that knows them by the end of the city's period; a fraudster's many, too. */
export function profilesOf(world: World, index: number): KnownProfile[] {
  const { seed } = world;
  const person = world.person(index);
  const { spans, fraud } = world.habitsOf(index);
  const profiles: KnownProfile[] = [];
  for (let partner = 0; partner < PARTNERS.length; partner++) {
    const since = knownSince(spans.memberFrom, spans.starts[partner] ?? NEVER, partner);
    if (since >= world.closes) continue;
    profiles.push(makeProfile(world, person, partner, 0, since));
    aim(dice, seed, PERSONAL, index, partner);
    if (chance(dice, PROFILE_FIGURES.secondProfileBp)) {
      profiles.push(makeProfile(world, person, partner, SECOND_ACCOUNT, Math.min(since + 200, world.closes - 1)));
    }
    if (fraud?.kind !== "many-accounts" || !isGrocer(partner)) continue;
    for (let account = 1; account < FRAUD_FIGURES.manyAccounts.accounts; account++) {
      profiles.push(makeProfile(world, person, partner, account, Math.min(since + account, world.closes - 1)));
    }
  }
  return profiles;
}

/** Bank, telecom, insurer, ticket office and delivery know their clients anyway; the others know members. */
function knownSince(memberFrom: Day, start: Day, partner: number): Day {
  if (start === NEVER) return NEVER;
  return partner >= BANK ? start : Math.max(memberFrom, start);
}

function makeProfile(world: World, person: Person, partner: number, account: number, since: Day): KnownProfile {
  const { seed } = world;
  const id = PARTNERS[partner]?.id ?? "";
  const quality = PROFILE_QUALITY[careOf(partner)];
  const household = world.households.household(person.household);
  aim(dice, seed, PROFILE, person.index, partner * 16 + account);
  const differences: Difference[] = [];
  if (account === SECOND_ACCOUNT) differences.push("second-profile");
  else if (account > 0) differences.push("many-accounts");
  const note = (is: boolean, difference: Difference): boolean => {
    if (is) differences.push(difference);
    return is;
  };

  const name = writeName(dice, person, quality, note);
  const birthDate = formatDay(person.birthDay);
  const noBirth = note(chance(dice, quality.noBirthBp), "no-birth-date");
  const wrongBirth = !noBirth && note(chance(dice, quality.wrongBirthBp), "wrong-birth-date");
  const noGender = note(chance(dice, quality.noGenderBp), "no-gender");
  const noAddress = note(chance(dice, quality.noAddressBp), "no-address");
  const addresses = addressesOf(seed, household);
  const keptAddress = chance(dice, PROFILE_FIGURES.oldAddressKeptBp);
  const movedSince = !noAddress && addresses.earlier !== undefined && note(keptAddress, "earlier-address");
  const at = instantOf(since, 9 * 3_600 + Math.floor(next(dice) * 12 * 3_600));
  const profile = {
    partner: id,
    externalId: externalIdOf(seed, id, person.index, account),
    identifiers: identifiersOf(world, person, partner, account, note),
    name,
    ...(noBirth ? {} : { birthDate: wrongBirth ? wrongBirthDate(dice, birthDate) : birthDate }),
    ...(noGender ? {} : { gender: person.gender }),
    ...(noAddress
      ? {}
      : { address: writeAddress(dice, (movedSince ? addresses.earlier : undefined) ?? addresses.now) }),
    at,
  };
  return { profile, person: person.index, household: person.household, account, differences };
}

/** The loyalty card at shops, a phone (verified where a code is sent), often an e-mail, and the device at those with an app. */
function identifiersOf(
  world: World,
  person: Person,
  partner: number,
  account: number,
  note: Note,
): ProfileIdentifier[] {
  const { seed } = world;
  const { index } = person;
  const found: ProfileIdentifier[] = [];
  if (partner < BANK) found.push({ kind: "card", value: cardOf(seed, index, account), verified: true });
  const phone = phoneAt(world, person, { partner, account }, note);
  const isVerified = phone.own && careOf(partner) !== "asked";
  found.push({ kind: "phone", value: isVerified ? phone.value : asTyped(dice, phone.value), verified: isVerified });
  if (chance(dice, PROFILE_FIGURES.emailBp) && account === 0) {
    const misspelt = note(chance(dice, PROFILE_FIGURES.emailTypoBp), "email-typo");
    found.push({ kind: "email", value: emailOf(seed, person, misspelt), verified: false });
  }
  if (isGrocer(partner)) found.push({ kind: "device", value: deviceOf(seed, index), verified: false });
  return found;
}

/**
 * The phone in one profile: the present one, or one that leads astray. The first registration at a grocer always has the
 * present one, verified: it is what the person shows at tills.
 */
function phoneAt(world: World, person: Person, at: Registration, note: Note): { value: string; own: boolean } {
  const { seed } = world;
  const { index, household } = person;
  const figures = PROFILE_FIGURES;
  const kept = chance(dice, figures.oldPhoneKeptBp);
  const family = chance(dice, figures.familyPhoneBp);
  const recycled = chance(dice, figures.recycledPhoneBp);
  const earlierOwner = (index + RECYCLED_FROM) % world.people;
  if (at.account > 0 && at.account < SECOND_ACCOUNT) {
    return { value: extraPhoneOf(seed, index, at.account), own: true };
  }
  const present = { value: phoneOf(seed, index, 0), own: true };
  if (isGrocer(at.partner) && at.account === 0) return present;
  if (note(family && index !== household, "family-phone")) return { value: phoneOf(seed, household, 0), own: false };
  if (note(recycled && hasNewPhone(seed, earlierOwner), "recycled-phone")) {
    return { value: phoneOf(seed, earlierOwner, 1), own: true };
  }
  if (note(kept && hasNewPhone(seed, index), "earlier-phone")) return { value: phoneOf(seed, index, 1), own: true };
  return present;
}

/** Whether the person had another phone before, which some profiles still hold. */
export function hasNewPhone(seed: number, person: number): boolean {
  return chance(aim(createDice(), seed, PERSONAL, person, 99), PROFILE_FIGURES.newPhoneBp);
}

const MAIL = ["pochta.example", "yashchik.example", "pismo.example"] as const;

/** One address a person; the misspelt one has a letter too few in the name of the mail service. */
export function emailOf(seed: number, person: Person, misspelt: boolean): string {
  const own = aim(createDice(), seed, PERSONAL, person.index, 98);
  const service = pickOne(own, MAIL);
  const year = formatDay(person.birthDay).slice(2, 4);
  const style = next(own);
  const first = transliterated(person.name.first, "everyday").toLowerCase();
  const last = transliterated(person.name.last, "everyday").toLowerCase();
  const name =
    style < 0.5 ? `${first}.${last}` : style < 0.8 ? `${last}${year}` : `${first.slice(0, 1)}.${last}.${year}`;
  return `${name}${person.index % 97}@${misspelt ? service.replace(/.(?=\.example)/, "") : service}`;
}

function writeAddress(dice: Dice, { street, house, flat }: Address): string {
  const style = next(dice);
  if (style < 0.4) return `г. Апельсинск, ул. ${street}, д. ${house}, кв. ${flat}`;
  if (style < 0.7) return `Апельсинск, ${street} ${house}-${flat}`;
  if (style < 0.9) return `${street.toUpperCase()} УЛ., ${house}, ${flat}`;
  return `ул ${street} дом ${house} квартира ${flat}`;
}
