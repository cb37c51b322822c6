import type { PROFILE_QUALITY } from "./assumptions.ts";
import { PROFILE_FIGURES } from "./assumptions.ts";
import { chance, type Dice, next, pickOne } from "./dice.ts";
import type { Note } from "./differences.ts";
import { NICKNAMES } from "./names.ts";
import type { Person } from "./people.ts";
import { inWrongLayout, transliterated, withoutYo, withTypo } from "./typos.ts";

/** A name as somebody wrote it; parts that were not given are absent. */
export type WrittenName = { readonly given: string; readonly surname?: string; readonly patronymic?: string };

type Quality = (typeof PROFILE_QUALITY)[keyof typeof PROFILE_QUALITY];

/** How a person's name stands in one profile. Every draw is made in any case, so that one difference shifts no other. */
export function writeName(dice: Dice, person: Person, quality: Quality, note: Note): WrittenName {
  const { name } = person;
  const nickname = chance(dice, quality.nicknameBp);
  const called = pickOne(dice, NICKNAMES);
  const isShort = chance(dice, quality.diminutiveBp);
  const before = chance(dice, PROFILE_FIGURES.earlierNameBp);
  const noMiddle = chance(dice, quality.noMiddleBp);
  if (note(nickname, "nickname")) return { given: called };

  const usesEarlier = name.earlierLast !== undefined && note(before, "earlier-name");
  const parts = {
    given: note(isShort, "diminutive") ? name.short : name.first,
    surname: (usesEarlier ? name.earlierLast : undefined) ?? name.last,
    ...(note(noMiddle, "no-middle") ? {} : { patronymic: name.middle }),
  };
  return spoil(dice, parts, quality, note);
}

function spoil(dice: Dice, clean: WrittenName, quality: Quality, note: Note): WrittenName {
  const losesYo = chance(dice, PROFILE_FIGURES.yoLostBp);
  const hasTypo = chance(dice, quality.typoBp);
  const inSurname = next(dice) < 0.6;
  const isLatin = chance(dice, quality.translitBp);
  const rule = next(dice) < 0.5 ? "everyday" : "passport";
  const isOtherLayout = chance(dice, quality.layoutBp);
  const swaps = chance(dice, quality.swappedBp);
  let name = clean;
  const hasYo = /ё/i.test(`${name.given}${name.surname}${name.patronymic ?? ""}`);
  if (hasYo && note(losesYo, "yo-lost")) name = eachPart(name, withoutYo);
  if (note(hasTypo, "typo")) {
    name = inSurname
      ? { ...name, surname: withTypo(dice, name.surname ?? "") }
      : { ...name, given: withTypo(dice, name.given) };
  }
  if (note(isLatin, "translit")) name = eachPart(name, (part) => transliterated(part, rule));
  else if (note(isOtherLayout, "wrong-layout")) name = eachPart(name, inWrongLayout);
  return note(swaps, "swapped") ? { ...name, given: name.surname ?? "", surname: name.given } : name;
}

function eachPart(name: WrittenName, change: (part: string) => string): WrittenName {
  return {
    given: change(name.given),
    ...(name.surname === undefined ? {} : { surname: change(name.surname) }),
    ...(name.patronymic === undefined ? {} : { patronymic: change(name.patronymic) }),
  };
}
