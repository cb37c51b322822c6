import { BITS } from "../compile/needs.ts";
import type { Trait } from "../types.ts";
import { type Scratch, scratch } from "./scratch.ts";

const { favourites, held, lineCategory, lineFavourite, lineFavouriteBp, slots } = scratch;

/** The member as it was at the receipt's time: its highest level, favourite lines, what conditions ask for. */
export function readTraits(s: Scratch): void {
  const { programme, standing } = s;
  const at = s.receipt.at;
  const { slots: slotMaps } = programme;
  for (let h = 0; h < s.heldCount; h++) slots[held[h] as number] = 0;
  s.heldCount = 0;
  s.favouriteCount = 0;
  let levelNumber = 0;
  let bits = 0;
  const { traits } = standing;
  for (let i = 0; i < traits.length; i++) {
    const trait = traits[i] as Trait;
    if (at < trait.fromAt || (trait.untilAt !== undefined && at >= trait.untilAt)) continue;
    if (trait.kind === "level") {
      const level = programme.levels.get(trait.key);
      if (level !== undefined && level.number > levelNumber) levelNumber = level.number;
    } else if (trait.kind === "favourite") {
      const category = programme.categories.numbers.get(trait.key);
      if (category !== undefined) favourites[s.favouriteCount++] = category;
    } else {
      const slot = slotMaps[trait.kind].get(trait.key);
      if (slot === undefined || slots[slot] === 1) continue;
      hold(slot, s);
      if (slot < BITS) bits |= 1 << slot;
    }
  }
  if (programme.levels.size > 0) {
    hold(levelNumber, s);
    if (levelNumber < BITS) bits |= 1 << levelNumber;
  }
  s.slotBits = bits;
  s.levelNumber = levelNumber;
  if (s.favouriteCount > 0) markFavourites(s);
}

function hold(slot: number, s: Scratch): void {
  slots[slot] = 1;
  held[s.heldCount++] = slot;
}

/** Marks the lines of the favourites, at the percentages of the member's level; where two hold, the higher counts. */
function markFavourites(s: Scratch): void {
  const { categories } = s.programme;
  const { byLevel, varies } = s.programme.favourites(s.day);
  const rates = byLevel[s.levelNumber] as Int32Array;
  s.favouritesVary = false;
  for (let i = 0; i < s.lineCount; i++) {
    lineFavourite[i] = 0;
    lineFavouriteBp[i] = 0;
  }
  for (let f = 0; f < s.favouriteCount; f++) {
    const category = favourites[f] as number;
    const rate = rates[category] as number;
    const row = category * categories.ids.length;
    for (let i = 0; i < s.lineCount; i++) {
      if (categories.isUnder[row + (lineCategory[i] as number)] === 0) continue;
      lineFavourite[i] = 1;
      if (rate > (lineFavouriteBp[i] as number)) lineFavouriteBp[i] = rate;
      if (varies[category] === 1) s.favouritesVary = true;
    }
  }
}
