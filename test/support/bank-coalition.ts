import { SMALL_COALITION } from "./programmes.ts";

/** The small coalition with a bank that tells of card payments elsewhere (1 %), and a referral. */
export const BANK_COALITION = `${SMALL_COALITION.replace(
  "brands:\n",
  `  bank: { name: {ru: Банк, en: Bank}, kind: bank, canFund: true, canRedeem: false }
brands:
  bank: { partner: bank, name: {ru: Банк, en: Bank} }
`,
)
  .replace(
    "categories:\n",
    `  bank-cards: { brand: bank, name: {ru: Карты, en: Cards}, channel: online }\ncategories:\n`,
  )
  .replace(
    "rules:\n",
    `  card-spending: { name: {ru: Покупки картой, en: Card spending} }
rules:
  elsewhere:
    name: {ru: за покупки картой, en: for card spending}
    when: { store: bank-cards, category: card-spending }
    earn: 1%
    funders: bank
`,
  )}
cardFeeds:
  bank: { store: bank-cards, category: card-spending, exceptMcc: ["4829", "6010-6012"], exceptMerchants: m-alfa }
referral:
  name: { ru: за приглашение, en: for an invitation }
  least: 1000 RUB
  within: 30 days
  keep: 14 days
  inviter: 300 points
  invited: 200 points
  funders: { operator: 2, alfa: 1 }
  perMonth: 2 times
`;
