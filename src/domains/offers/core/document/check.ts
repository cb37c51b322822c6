import { type ProgrammeDocument, quantities } from "#domains/program/index.ts";
import { checkFunders, checkPlaces, list, type Names, oneOf, unknown } from "#domains/publishing/index.ts";
import { parseDay } from "#kernel/time.ts";
import type { Fault, Path } from "#platform/yaml/faults.ts";
import type { OfferDocument, OfferFile } from "./schema.ts";

/** Its parts in the programme have ids of `offer-`, this, and up to eight letters. */
export const MOST_ID_LETTERS = 40;

/** What the schema can't say: that names exist and that the parts of an offer fit together. */
export function checkOffers(file: OfferFile, programme: ProgrammeDocument): Fault[] {
  const faults: Fault[] = [];
  for (const [id, offer] of Object.entries(file.offers)) {
    const path = ["offers", id];
    if (id.length > MOST_ID_LETTERS) {
      faults.push({ kind: "meaning", path, message: `expected an id of at most ${MOST_ID_LETTERS} letters` });
    }
    checkOffer(offer, path, { programme, faults });
  }
  return faults;
}

type Say = (at: Path, message: string) => void;

function checkOffer(offer: OfferDocument, path: Path, names: Names): void {
  const { programme, faults } = names;
  const say: Say = (at, message) => faults.push({ kind: "meaning", path: [...path, ...at], message });
  oneOf(names, [...path, "partner"], offer.partner, programme.partners, "a partner");
  checkPeriod(offer, say);
  for (const level of list(offer.audience?.level)) {
    oneOf(names, [...path, "audience", "level"], level, programme.levels, "a level");
  }
  checkPlaces(names, path, offer);
  checkFunders(names, [...path, "funders"], offer.funders ?? {});
  const kinds = (["percent", "points", "multiply", "voucher"] as const).filter((key) => offer[key] !== undefined);
  if (kinds.length !== 1) say([], "expected one of percent, points, multiply, voucher");
  if (offer.forEach !== undefined && offer.points === undefined) say(["forEach"], "belongs to points");
  if (offer.of !== undefined && offer.multiply === undefined) say(["of"], "belongs to a multiplier");
  for (const each of list(offer.of)) {
    const known = { ...programme.rules, ...programme.stacking };
    if (!Object.hasOwn(known, each)) unknown(names, [...path, "of"], each, Object.keys(known), "a rule or a group");
  }
  if (offer.voucher === undefined) {
    if (offer.multiply === undefined && offer.funders === undefined) say([], 'who pays? "funders" is missing');
    return;
  }
  checkVoucher(offer, offer.voucher, say, names);
}

function checkPeriod({ from, until, lasts, expiry, personal, activation }: OfferDocument, say: Say): void {
  for (const [at, day] of [["from", from] as const, ["until", until] as const]) {
    if (parseDay(day) === undefined) say([at], `expected a day of the calendar, got "${day}"`);
  }
  if (until < from) say(["until"], `expected a day not before ${from}, got ${until}`);
  if (lasts !== undefined && personal === undefined && activation === undefined) {
    say(["lasts"], "counts from an assignment or an activation: the offer has neither");
  }
  for (const [key, text] of [["lasts", lasts] as const, ["expiry", expiry] as const]) {
    if (text !== undefined && !isDays(text)) say([key], `expected days or months, got "${text}"`);
  }
}

function checkVoucher(
  offer: OfferDocument,
  { price, validFor }: NonNullable<OfferDocument["voucher"]>,
  say: Say,
  { programme }: Names,
): void {
  const others = ["at", "category", "exceptCategory", "atLeast", "limits", "budget", "funders", "expiry", "activation"];
  for (const key of others) {
    if (offer[key as keyof OfferDocument] !== undefined) say([key], "does not go with a voucher");
  }
  const longest = quantities.durationOf(programme.policies.longestHold);
  const days = quantities.durationOf(validFor);
  if (days.unit !== "day" || days.count === 0) say(["voucher", "validFor"], `expected days, got "${validFor}"`);
  if (price === undefined) return;
  if (programme.partners[offer.partner]?.canRedeem === false) {
    say(["voucher", "price"], `${offer.partner} takes no points`);
  }
  if (longest.unit === "day" && days.unit === "day" && days.count > longest.count) {
    say(["voucher", "validFor"], `its price is held, and points are held for ${longest.count} days at most`);
  }
}

function isDays(text: string): boolean {
  const { unit, count } = quantities.durationOf(text);
  return (unit === "day" || unit === "month") && count > 0;
}
