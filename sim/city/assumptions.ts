/**
 * Every figure of the city, each with its origin:
 * - FACTS: `FACTS.md`, section 1 (what the largest coalition of its kind published).
 * - MEASURED: measured once on the Complete Journey sample (CC0; 75,000 receipt lines of 2017, a random sample of
 *   lines, so that line shares, prices, hours and weekdays are unbiased, while basket sizes and visit gaps are not).
 * - ASSUMPTION: nobody published it; chosen to be plausible, to be changed here only.
 *
 * Shares and rates are basis points where they end in `Bp`, money is kopecks. Other numbers are plain factors: the
 * city is a simulation, not the ledger, and only what it hands out must be integer.
 */

/** ASSUMPTION: kopecks for a dollar of 2017 in the measured prices; puts the median line near 90 roubles. */
export const KOPECKS_PER_DOLLAR = 4_500;

/** A category's weight in baskets of its kind, and the lognormal of a line's amount: median and sigma of the logarithm. */
export type CategoryFigures = { readonly weightBp: number; readonly medianKopecks: number; readonly sigma: number };

function measured(weightBp: number, medianDollars: number, sigma: number): CategoryFigures {
  return { weightBp, medianKopecks: Math.round(medianDollars * KOPECKS_PER_DOLLAR), sigma };
}

function assumed(weightBp: number, medianKopecks: number, sigma: number): CategoryFigures {
  return { weightBp, medianKopecks, sigma };
}

/**
 * MEASURED, but for what is marked: share of grocery lines, median amount of a line and sigma of its logarithm, per
 * category (69,464 lines with a positive amount in departments that a grocer sells). Local tastes are ASSUMPTIONS:
 * less canned and frozen food and soft drinks, more poultry, sausages, grains, tea, alcohol and tobacco than measured.
 */
export const GROCERY_FIGURES: Readonly<Record<string, CategoryFigures>> = {
  bread: measured(565, 1.65, 0.51),
  dairy: measured(797, 1.99, 0.81),
  cheese: measured(374, 2.29, 0.52),
  eggs: measured(119, 1.09, 0.46),
  meat: measured(361, 5.07, 0.61),
  poultry: assumed(260, 20_700, 0.58),
  sausages: measured(441, 2.99, 0.56),
  fish: measured(90, 3.78, 0.74),
  vegetables: measured(568, 1.79, 0.65),
  fruit: measured(469, 1.99, 0.73),
  "grains-pasta": measured(482, 2.0, 0.55),
  "canned-food": assumed(350, 7_100, 0.67),
  "oil-sauces-spices": measured(427, 1.89, 0.58),
  "frozen-food": assumed(400, 11_200, 0.59),
  "ready-meals": measured(222, 2.79, 0.64),
  sweets: measured(597, 1.58, 0.81),
  snacks: assumed(300, 9_000, 0.61),
  "tea-coffee": assumed(180, 15_700, 0.6),
  "soft-drinks": assumed(600, 9_000, 0.78),
  alcohol: assumed(400, 24_000, 0.65),
  tobacco: assumed(250, 19_000, 0.4),
  "baby-goods": measured(133, 1.79, 1.22),
  "pet-goods": measured(146, 1.74, 1.17),
  cleaning: measured(366, 2.99, 0.71),
  "personal-care": measured(230, 2.99, 0.65),
  "home-goods": measured(208, 2.39, 0.77),
  "flowers-gifts": measured(60, 2.69, 0.71),
};

/**
 * ASSUMPTION, except the pharmacy's first three (MEASURED shares and prices of the same goods in a supermarket, doubled in
 * price): what the other partners sell.
 */
export const OTHER_FIGURES: Readonly<Record<string, CategoryFigures>> = {
  medicines: assumed(6_300, 43_800, 0.63),
  vitamins: assumed(2_000, 44_900, 0.9),
  "medical-devices": assumed(900, 27_400, 0.82),
  "skin-care": assumed(800, 95_000, 0.6),
  petrol: assumed(12_000, 210_000, 0.4),
  diesel: assumed(12_000, 290_000, 0.4),
  "car-goods": assumed(500, 65_000, 0.7),
  "road-cafe": assumed(2_600, 28_000, 0.5),
  "car-wash": assumed(700, 55_000, 0.35),
  /** Drawn as card transactions, never at a till: see CARD_FIGURES. */
  "card-spending": assumed(0, 75_000, 1.1),
  "bank-services": assumed(10_000, 19_900, 0.5),
  "phone-balance": assumed(6_500, 55_000, 0.4),
  "telecom-services": assumed(3_300, 79_000, 0.45),
  devices: assumed(200, 650_000, 0.9),
  "policy-car": assumed(5_500, 980_000, 0.45),
  "policy-home": assumed(1_800, 420_000, 0.4),
  "policy-travel": assumed(1_700, 260_000, 0.6),
  "policy-health": assumed(1_000, 1_250_000, 0.5),
  "tickets-theatre": assumed(2_500, 420_000, 0.5),
  "tickets-concert": assumed(2_600, 560_000, 0.6),
  "tickets-sport": assumed(1_700, 240_000, 0.5),
  "tickets-cinema": assumed(3_200, 95_000, 0.35),
  "fresh-fish": assumed(4_000, 180_000, 0.5),
  caviar: assumed(1_500, 390_000, 0.5),
  seafood: assumed(3_000, 210_000, 0.5),
  "fish-preserves": assumed(1_500, 85_000, 0.4),
};

/** How often an average user comes on an average day, and how many categories a basket holds: lognormal, rounded, at least 1. */
export type VisitFigures = {
  readonly visitsPerMonth: number;
  readonly medianLines: number;
  readonly linesSigma: number;
  /** Part of adults who use the partner when the city opens (the fuel chain: of those with a car). */
  readonly usedByBp: number;
  /** Part of its users who stop in a month. */
  readonly monthlyChurnBp: number;
};

/** ASSUMPTION: visits per month of the partner's users, basket sizes, reach and churn; keyed by partner. */
export const VISIT_FIGURES: Readonly<Record<string, VisitFigures>> = {
  kalitka: { visitsPerMonth: 9.5, medianLines: 3.1, linesSigma: 0.62, usedByBp: 8_200, monthlyChurnBp: 120 },
  samobranka: { visitsPerMonth: 4.2, medianLines: 5.4, linesSigma: 0.6, usedByBp: 6_200, monthlyChurnBp: 150 },
  dushitsa: { visitsPerMonth: 1.1, medianLines: 1.6, linesSigma: 0.5, usedByBp: 5_500, monthlyChurnBp: 150 },
  "polny-bak": { visitsPerMonth: 3.2, medianLines: 1.1, linesSigma: 0.3, usedByBp: 5_000, monthlyChurnBp: 200 },
  kubyshka: { visitsPerMonth: 0.15, medianLines: 1, linesSigma: 0, usedByBp: 2_200, monthlyChurnBp: 100 },
  perezvon: { visitsPerMonth: 0.1, medianLines: 1, linesSigma: 0, usedByBp: 2_500, monthlyChurnBp: 110 },
  obereg: { visitsPerMonth: 0.012, medianLines: 1, linesSigma: 0, usedByBp: 1_500, monthlyChurnBp: 80 },
  galyorka: { visitsPerMonth: 0.35, medianLines: 1, linesSigma: 0.1, usedByBp: 2_800, monthlyChurnBp: 200 },
  "rybny-oboz": { visitsPerMonth: 0.3, medianLines: 1.7, linesSigma: 0.4, usedByBp: 600, monthlyChurnBp: 350 },
};

/** ASSUMPTION: what comes on a fixed day instead of at random: the monthly telecom bill and the yearly policy. */
export const FIXED_DAYS = { billPaidBp: 9_700, policyRenewedBp: 8_200, lastBillDayOfMonth: 28 } as const;

/** ASSUMPTION: before a person stops, visits fade over so many days down to this part of what they were. */
export const CHURN_FADE = { days: 45, lowestFactor: 0.2 } as const;

/** ASSUMPTION: of those who do not use a partner at the opening, this part of `usedByBp` begins within so many days. */
export const LATE_STARTS = { factor: 0.2, days: 730 } as const;

/** ASSUMPTION: how long before the opening people had begun, at most, in days. */
export const EARLY_STARTS_DAYS = 1_500;

/** ASSUMPTION: part of purchases made online, by partner; the grocers' is in TILL_FIGURES. */
export const ONLINE_BP: Readonly<Record<string, number>> = {
  dushitsa: 900,
  kubyshka: 6_000,
  perezvon: 8_800,
  obereg: 7_000,
  galyorka: 8_000,
  "rybny-oboz": 10_000,
};

/** MEASURED: share of baskets by weekday, Monday first (a week of American shopping; ours is assumed alike). */
export const WEEKDAY_BASKETS_BP = [1_433, 1_286, 1_264, 1_265, 1_345, 1_632, 1_776] as const;

/** MEASURED: baskets by hour of day, Monday to Friday and at weekends, of open hours only (7 to 22); the rest is dropped. */
export const OPEN_FROM_HOUR = 7;
export const HOURLY_BASKETS_BP = {
  workday: [88, 149, 255, 411, 569, 620, 663, 700, 793, 932, 1_124, 1_064, 870, 687, 453, 282],
  weekend: [76, 147, 283, 515, 729, 857, 898, 847, 839, 964, 938, 860, 652, 509, 388, 221],
} as const;

/** ASSUMPTION: hours of online purchases, 0 to 23: a small morning, a long evening, few at night. */
export const HOURLY_ONLINE_BP = [
  220, 110, 60, 40, 40, 70, 150, 280, 390, 460, 500, 520, 540, 520, 500, 500, 520, 560, 620, 700, 780, 800, 680, 440,
] as const;

/** ASSUMPTION: weekdays of the other partners, against their mean, Monday first. */
export const WEEKDAY_FACTORS = {
  everyDayAlike: [1, 1, 1, 1, 1, 1, 1],
  officeHours: [1.25, 1.2, 1.15, 1.15, 1.2, 0.7, 0.35],
  weekendTreat: [0.75, 0.75, 0.8, 0.9, 1.2, 1.5, 1.1],
} as const;

/** ASSUMPTION: grocery trips by month (January first): dachas in summer, the New Year in December. */
export const GROCERY_MONTH_FACTORS = [0.94, 0.98, 1.01, 1.0, 0.99, 0.96, 0.93, 0.95, 1.0, 1.01, 1.02, 1.21] as const;

/** ASSUMPTION: days of the year on which grocers see more or fewer visits, as [month, day, factor]. */
export const HOLIDAY_FACTORS: readonly (readonly [month: number, day: number, factor: number])[] = [
  [1, 1, 0.3],
  [1, 2, 0.6],
  [1, 3, 0.75],
  [2, 22, 1.15],
  [3, 7, 1.3],
  [3, 8, 1.1],
  [5, 1, 1.1],
  [5, 9, 1.1],
  [12, 28, 1.2],
  [12, 29, 1.3],
  [12, 30, 1.5],
  [12, 31, 1.35],
];

/** ASSUMPTION: categories that have a season: factor on their weight, January first. */
export const CATEGORY_SEASONS: Readonly<Record<string, readonly number[]>> = {
  "frozen-food": [0.8, 0.8, 0.9, 1, 1.2, 1.4, 1.5, 1.4, 1, 0.8, 0.8, 0.9],
  "soft-drinks": [0.85, 0.85, 0.9, 1, 1.15, 1.3, 1.4, 1.25, 1, 0.9, 0.85, 1.05],
  fruit: [1, 0.9, 0.9, 0.9, 1, 1.2, 1.3, 1.3, 1.1, 0.9, 0.85, 1.3],
  vegetables: [0.95, 0.95, 1, 1.05, 1.1, 1.15, 1.1, 1, 0.95, 0.9, 0.9, 1],
  alcohol: [0.9, 0.95, 1, 0.95, 1.05, 1.05, 1.05, 1, 0.95, 0.95, 0.95, 1.5],
  "flowers-gifts": [0.7, 1.5, 3, 0.8, 1, 0.8, 0.7, 1.2, 1.6, 0.7, 0.8, 1.6],
  "tea-coffee": [1.15, 1.1, 1.05, 1, 0.9, 0.85, 0.8, 0.85, 1, 1.1, 1.15, 1.2],
  medicines: [1.3, 1.25, 1.1, 1, 0.85, 0.75, 0.7, 0.75, 1, 1.15, 1.15, 1.1],
};

/** ASSUMPTION: visits against the mean on days 0, 1, 2 ... after pay-day; later days have the last factor. Two pay-days a month. */
export const PAYDAY_FACTORS = [1.22, 1.18, 1.12, 1.07, 1.04, 1.01, 0.98, 0.96, 0.94, 0.92, 0.91, 0.9] as const;
/** ASSUMPTION: pairs of pay-days (advance and salary) that employers use, and the pension's two days. */
export const PAYDAYS = {
  salaries: [
    [5, 20],
    [10, 25],
    [12, 27],
    [15, 30],
  ],
  pension: [8, 23],
} as const;

/**
 * ASSUMPTION: adults of 13 households out of a block of 24 people. Exact in each block, so that any person's
 * household is found without the others; 38 % live as the only adult.
 */
export const HOUSEHOLD_SIZES = [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 4] as const;

/** ASSUMPTION: households, by what the head's age allows. */
export const HOUSEHOLD_FIGURES = {
  childrenBp: 5_200,
  childrenUntilHeadAge: 50,
  babyBp: 3_000,
  babyUntilHeadAge: 42,
  petBp: 4_300,
  carBp: 5_400,
  dieselBp: 900,
  movedBp: 1_400,
  /** Monthly income of an adult: lognormal, before the district's factor. */
  medianIncomeKopecks: 5_600_000,
  incomeSigma: 0.48,
} as const;

/** ASSUMPTION: ages below are ages on this day; it fixes birth dates, whatever period a city is made for. */
export const AGES_ON = "2025-01-01";

/** ASSUMPTION: ages of heads of households: part of heads by decade of life, from the given year on. */
export const HEAD_AGES: readonly (readonly [fromAge: number, shareBp: number])[] = [
  [19, 1_300],
  [30, 2_200],
  [40, 2_000],
  [50, 1_700],
  [60, 1_700],
  [70, 1_100],
];
export const OLDEST_AGE = 86;
export const PENSION_AGE = 63;

/** ASSUMPTION: tastes. A person's favourite categories take `favouriteLinesBp` of the grocery lines besides their usual share. */
export const TASTE_FIGURES = {
  favourites: 3,
  favouriteLinesBp: 2_500,
  smokerBp: 2_600,
  teetotalBp: 2_800,
  /** Sigma of the logarithm of a person's visit rate and of the basket's size and price level. */
  visitSigma: 0.5,
  linesSigma: 0.25,
  priceSigma: 0.12,
  /** Elasticity of the price level to income. */
  incomeElasticity: 0.22,
  /** How much further, in kilometres, somebody goes for a store they like. */
  storeLikingKm: 0.8,
  /** Visits to the second-best store of a chain. */
  secondStoreBp: 1_800,
  /** Visits to a grocer fall by e for each so many kilometres. */
  distanceScaleKm: 3.5,
  sameDaySecondVisitBp: 900,
} as const;

/** Who belongs to the programme. */
export const MEMBERSHIP_FIGURES = {
  /** ASSUMPTION: adults who are members when the city opens, and those who join within LATE_STARTS.days. */
  memberBp: 7_200,
  joinsLaterBp: 1_400,
  /** FACTS: 1.1 M subscribers of 80.4 M members. */
  subscriberBp: 137,
  /** FACTS: 10 % of subscribers are new customers. */
  subscriberIsNewBp: 1_000,
  /** FACTS: 199 roubles a month. */
  subscriptionKopecks: 19_900,
  /** ASSUMPTION: subscribers that end the subscription in a month. */
  subscriptionChurnBp: 500,
  /** FACTS: more than 0.5 M of 3.3 M active in the cabinet choose favourite categories or use offers. */
  choosesFavouritesBp: 1_500,
  /** ASSUMPTION: members of the bank and telecom registered with a phone, not a card. */
  phoneOnlyBp: 1_500,
} as const;

/** How people pay and show who they are. */
export const TILL_FIGURES = {
  /** ASSUMPTION: a member shows card or phone at this part of visits, less for tiny baskets. */
  showsCardBp: 8_400,
  showsCardTinyBasketBp: 5_200,
  tinyBasketLines: 2,
  showsPhoneBp: 2_300,
  /** ASSUMPTION: the spouse's card is shown instead of the own one. */
  householdCardBp: 400,
  /** FACTS: the mean receipt of a subscriber is 2.6 times that of a shopper without a card; held by these two factors. */
  subscriberLinesFactor: 2.25,
  subscriberPriceFactor: 1.2,
  /** ASSUMPTION: part of grocery receipts ordered online; FACTS names only 302 thousand orders a day. */
  onlineGroceryBp: 150,
  onlineSubscriberBp: 1_200,
  onlineLinesFactor: 2.4,
  /** FACTS: the calculator counts 99 roubles a delivery; free with a subscription. */
  deliveryFeeKopecks: 9_900,
  /** ASSUMPTION: from this sum on delivery costs nothing. */
  freeDeliveryFromKopecks: 300_000,
  /** ASSUMPTION: tenders. */
  cashBp: 2_300,
  splitTenderBp: 60,
  coalitionBankForHolderBp: 6_500,
  /** Issue 2: 10 % of receipts spend points; here, of receipts where points may be spent and a member is known. */
  wantsToSpendBp: 1_000,
} as const;

/** ASSUMPTION: banks outside the coalition that other cards come from. Invented names. */
export const OTHER_BANKS = ["bank-lukomorye", "bank-altyn", "bank-sever-i-partnyory"] as const;

/**
 * Part of receipts that come back, and for how long. Issue 2 loads the checkout with 2 % of returns; the split by partner
 * is an ASSUMPTION. Medicines may not be returned.
 */
export const RETURN_FIGURES = {
  shareBp: { kalitka: 150, samobranka: 260, galyorka: 400, "rybny-oboz": 150, obereg: 200 } as Readonly<
    Record<string, number>
  >,
  longestDays: 14,
  /** ASSUMPTION: the others return one line. */
  wholeReceiptBp: 2_500,
  /** ASSUMPTION: of a returned line, the whole of it; the others return a part. */
  wholeLineBp: 8_000,
} as const;

/** ASSUMPTION: offline tills and retries; both shares are options of `arrivals`, the rest is how long it takes. */
export const ARRIVAL_FIGURES = {
  /** Delays of late receipts: part, and from how many to how many seconds. FACTS section 3: tills stay offline for 72 hours. */
  lateDelays: [
    { shareBp: 6_000, fromSeconds: 300, toSeconds: 21_600 },
    { shareBp: 3_000, fromSeconds: 21_600, toSeconds: 86_400 },
    { shareBp: 1_000, fromSeconds: 86_400, toSeconds: 259_200 },
  ],
  /** Most retries follow within half a minute; the others come with the till's next reconnection. */
  quickRetryBp: 8_500,
  quickRetrySeconds: 30,
} as const;

/**
 * ASSUMPTION: response to boosts. A person with sensitivity s answers a boost of r basis points with
 * `visits × (1 + s × visitLift × log2(1 + r / 1,000))` and a basket enlarged in the same way: +10 % moves the average
 * aware person by visitLift. Some never react, a few are annoyed and come less.
 */
export const RESPONSE_FIGURES = {
  visitLift: 0.12,
  basketLift: 0.05,
  awareBp: 6_000,
  indifferentBp: 1_500,
  annoyedBp: 500,
  annoyedSensitivity: -0.5,
  sensitivitySigma: 0.6,
  /** Chance that an aware person with sensitivity 1 does a task for +10 % that they would not have done by themselves. */
  taskBp: 450,
  /** How many days the boost of a task lasts unless the mission says otherwise. */
  boostDays: 30,
} as const;

/** ASSUMPTION: one fraudster of each kind in every block of so many people; at most one kind a person. */
export const FRAUD_FIGURES = {
  blockOfPeople: 1_000,
  buyEarnReturn: { visitsPerWeek: 2, linesFactor: 3, priceFactor: 2.5, returnWithinDays: 3, returnedBp: 9_500 },
  /** Part of receipts without a card on which the dishonest cashier shows the own one, and such cashiers per store. */
  cashier: { cashierAtStoreBp: 800, takesBp: 1_000, shiftFromHour: 9, shiftUntilHour: 21 },
  manyAccounts: { accounts: 8 },
  promoSharing: { users: 30 },
  funnel: { feeders: 12, feedsBp: 7_000, collectorSpendsBp: 7_000 },
} as const;

/** ASSUMPTION: card spending outside the coalition: transactions a day of a holder, and where. */
export const CARD_FIGURES = {
  perDay: 0.75,
  mostPerDay: 3,
  merchants: [
    { kind: "cafes", shareBp: 2_200, medianKopecks: 52_000, sigma: 0.6 },
    { kind: "other-grocers", shareBp: 3_000, medianKopecks: 61_000, sigma: 0.8 },
    { kind: "transport", shareBp: 1_800, medianKopecks: 21_000, sigma: 0.8 },
    { kind: "clothes", shareBp: 800, medianKopecks: 310_000, sigma: 0.7 },
    { kind: "marketplaces", shareBp: 1_300, medianKopecks: 140_000, sigma: 0.9 },
    { kind: "home-and-electronics", shareBp: 400, medianKopecks: 420_000, sigma: 1.0 },
    { kind: "health-and-beauty", shareBp: 500, medianKopecks: 210_000, sigma: 0.8 },
  ],
} as const;

/** ASSUMPTION: how careful a partner is with names and dates: those who see a passport, those who ask, those who take what is typed. */
export const PROFILE_QUALITY = {
  passport: {
    typoBp: 60,
    diminutiveBp: 0,
    nicknameBp: 0,
    swappedBp: 20,
    translitBp: 100,
    layoutBp: 0,
    noMiddleBp: 200,
    wrongBirthBp: 60,
    noBirthBp: 0,
    noGenderBp: 0,
    noAddressBp: 300,
  },
  asked: {
    typoBp: 500,
    diminutiveBp: 400,
    nicknameBp: 20,
    swappedBp: 300,
    translitBp: 300,
    layoutBp: 20,
    noMiddleBp: 3_500,
    wrongBirthBp: 250,
    noBirthBp: 1_200,
    noGenderBp: 800,
    noAddressBp: 4_000,
  },
  typed: {
    typoBp: 900,
    diminutiveBp: 2_400,
    nicknameBp: 250,
    swappedBp: 450,
    translitBp: 900,
    layoutBp: 60,
    noMiddleBp: 8_500,
    wrongBirthBp: 500,
    noBirthBp: 3_000,
    noGenderBp: 2_500,
    noAddressBp: 7_500,
  },
} as const;

/** ASSUMPTION: differences that have nothing to do with care. */
export const PROFILE_FIGURES = {
  /** Part of people who changed their phone before the opening or do so later; older profiles keep the old number. */
  newPhoneBp: 2_200,
  oldPhoneKeptBp: 5_000,
  /** People who typed the phone of someone else in the household. */
  familyPhoneBp: 250,
  /** A number that belonged to somebody else before, known there under the earlier owner. */
  recycledPhoneBp: 80,
  yoLostBp: 6_500,
  /** Women who married and changed the name; older profiles keep the earlier one. */
  earlierNameBp: 1_200,
  emailBp: 4_500,
  emailTypoBp: 250,
  /** A second profile at the same partner for the same person (a lost card, a new registration). */
  secondProfileBp: 250,
  oldAddressKeptBp: 6_000,
} as const;

/** ASSUMPTION: what partners tell besides receipts. */
export const EVENT_FIGURES = {
  /** A moved number has its services switched on, within so many days. */
  servicesOnBp: 6_000,
  servicesOnWithinDays: 20,
  promoCodeWithinDays: 60,
} as const;
