export const OFFER_EXAMPLE = {
  id: "coffee",
  document: {
    partner: "kalitka",
    name: { ru: "на кофе и чай", en: "on coffee and tea" },
    from: "2026-03-01",
    until: "2026-03-31",
    activation: true,
    multiply: "10x",
    category: "tea-coffee",
    limits: { times: "3 times", total: "500 points" },
  },
};

export const PROMO_EXAMPLE = {
  id: "spring",
  document: {
    partner: "kalitka",
    name: { ru: "Весна", en: "Spring" },
    from: "2026-03-01",
    until: "2026-03-31",
    unique: 1_000_000,
    gives: { points: "100 points", expiry: "30 days" },
    funders: { kalitka: 1 },
  },
};

export const VOUCHER_EXAMPLE = {
  code: "7KQ2-M4XV-0DGH",
  offer: "theatre",
  partner: "obereg",
  state: "open" as const,
  priceCents: 20_000,
  issuedAt: "2026-03-05T09:30:00.000Z",
  expiresAt: "2026-03-19T09:30:00.000Z",
};

export const MEMBER_OFFERS_EXAMPLE = {
  member: "mem_000000000z8",
  asOf: "2026-03-10T10:00:00.000Z",
  items: [
    {
      offer: "coffee",
      partner: "kalitka",
      name: { ru: "на кофе и чай", en: "on coffee and tea" },
      state: "active" as const,
      until: "2026-03-31T21:00:00.000Z",
      activeFrom: "2026-03-05T09:30:00.000Z",
      usedTimes: 1,
      usedCents: 4_500,
      leftTimes: 2,
      leftCents: 45_500,
    },
  ],
};
