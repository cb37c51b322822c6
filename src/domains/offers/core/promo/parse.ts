import { normalise, type ProgrammeDocument } from "#domains/program/index.ts";
import { checkFunders, list, type Names, oneOf, unknown } from "#domains/publishing/index.ts";
import type { Result } from "#kernel/result.ts";
import { parseDay } from "#kernel/time.ts";
import type { Fault, FileFault, Path } from "#platform/yaml/faults.ts";
import { readYaml } from "#platform/yaml/read-yaml.ts";
import { MOST_ID_LETTERS } from "../document/check.ts";
import type { OfferDocument } from "../document/schema.ts";
import { type PromoDocument, type PromoFile, promoFileSchema } from "./schema.ts";

export type KnownOffers = Readonly<Record<string, OfferDocument>>;

/** Reads a file of promos: syntax, then the schema, then meaning against the programme and the offers that are stored. */
export function parsePromos(
  text: string,
  fileName: string,
  programme: ProgrammeDocument,
  offers: KnownOffers,
): Result<PromoFile, readonly FileFault[]> {
  const finish = (value: unknown) => normalise(promoFileSchema, value) as PromoFile;
  return readYaml(text, fileName, promoFileSchema, finish, (file) => checkPromos(file, programme, offers));
}

function checkPromos(file: PromoFile, programme: ProgrammeDocument, offers: KnownOffers): Fault[] {
  const faults: Fault[] = [];
  for (const [id, promo] of Object.entries(file.promotions)) {
    const path = ["promotions", id];
    if (id.length > MOST_ID_LETTERS) {
      faults.push({ kind: "meaning", path, message: `expected an id of at most ${MOST_ID_LETTERS} letters` });
    }
    checkPromo(promo, path, { programme, faults }, offers);
  }
  return faults;
}

function checkPromo(promo: PromoDocument, path: Path, names: Names, offers: KnownOffers): void {
  const { programme, faults } = names;
  const say = (at: Path, message: string) => faults.push({ kind: "meaning", path: [...path, ...at], message });
  oneOf(names, [...path, "partner"], promo.partner, programme.partners, "a partner");
  for (const [at, day] of [["from", promo.from] as const, ["until", promo.until] as const]) {
    if (parseDay(day) === undefined) say([at], `expected a day of the calendar, got "${day}"`);
  }
  if (promo.until < promo.from) say(["until"], `expected a day not before ${promo.from}, got ${promo.until}`);
  if ((promo.code === undefined) === (promo.unique === undefined)) say([], "expected one of code, unique");
  if (promo.unique !== undefined && promo.limit !== undefined)
    say(["limit"], "unique codes are limited by their number");
  if (
    promo.code !== undefined &&
    promo.limit === undefined &&
    promo.gives.points !== undefined &&
    promo.budget === undefined
  ) {
    say(["limit"], "a shared code that gives points has a limit or a budget");
  }
  for (const level of list(promo.audience?.level)) {
    oneOf(names, [...path, "audience", "level"], level, programme.levels, "a level");
  }
  checkFunders(names, [...path, "funders"], promo.funders ?? {});
  checkGives(promo, path, names, offers);
}

function checkGives({ gives, funders, budget }: PromoDocument, path: Path, names: Names, offers: KnownOffers): void {
  const say = (at: Path, message: string) => names.faults.push({ kind: "meaning", path: [...path, ...at], message });
  const { offer, points, subscription, price, periods, expiry } = gives;
  const kinds = [offer, points, subscription].filter((each) => each !== undefined).length;
  if (kinds !== 1) say(["gives"], "expected one of offer, points, subscription");
  if (offer !== undefined) {
    const known = offers[offer];
    if (known === undefined) unknown(names, [...path, "gives", "offer"], offer, Object.keys(offers), "an offer");
    else if (known.personal !== true || known.voucher !== undefined) {
      say(["gives", "offer"], "a code gives a personal offer (`personal: true`), and no voucher");
    }
  }
  if (subscription !== undefined) {
    const at = [...path, "gives", "subscription"];
    oneOf(names, at, subscription, names.programme.subscriptions, "a subscription");
    if (price === undefined || periods === undefined) say(["gives"], "a subscription needs price and periods");
  } else if (price !== undefined || periods !== undefined) say(["gives"], "price and periods belong to a subscription");
  if (points !== undefined && funders === undefined) say([], 'who pays? "funders" is missing');
  if (points === undefined) {
    if (funders !== undefined) say(["funders"], "belongs to points");
    if (budget !== undefined) say(["budget"], "belongs to points");
    if (expiry !== undefined) say(["gives", "expiry"], "belongs to points");
  }
}
