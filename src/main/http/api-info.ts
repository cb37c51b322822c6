import type { ApiInfo } from "#platform/http/docs.ts";

/** The mark: a circle of segments. */
const MARK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" role="img" aria-label="Dolka"><circle cx="16" cy="16" r="14" fill="none" stroke="#f2620f" stroke-width="3"/><g fill="#f2620f">${[
  0, 60, 120, 180, 240, 300,
]
  .map((angle) => `<path transform="rotate(${angle} 16 16)" d="M16 14.2 12.4 7.6a9 9 0 0 1 7.2 0z"/>`)
  .join("")}</g></svg>`;

export const API_INFO: ApiInfo = {
  title: "Dolka API",
  version: "1",
  mark: MARK,
  description: [
    "A coalition loyalty programme: receipts earn points, points are spent at any partner, and every month the partners settle.",
    "**Amounts** are integers: money in kopecks, points in hundredths of a point, percents in basis points. **Times** are RFC 3339 with an offset.",
    "**Keys**: `Authorization: Bearer <key>`. A key has a role, and a partner where the role has one; `x-roles` of an operation says who may call it and how far (`own` partner or `any`).",
    "**Repeats**: a receipt and a return carry their own key, other writes an `Idempotency-Key`. A repeat gets the first answer with `Idempotency-Replayed: true`; another request under the same key is 409 `idempotency-conflict`.",
    "**Refusals** are `application/problem+json` (RFC 9457) in English or Russian by `Accept-Language`; their `type` is the address of a page about them. Nothing of a refused request is written.",
    "**Limits**: `RateLimit-Policy` and `RateLimit` tell a key's quota; 429 and 503 carry `Retry-After`. Lists give `{items, next}`: pass `next` as `cursor`.",
  ].join("\n\n"),
  tags: [
    { name: "Receipts", description: "What tills send." },
    { name: "Holds", description: "Points set aside for a later spend." },
    { name: "Awards", description: "Points given with a reason." },
    { name: "Members", description: "Wallets and their history, the golden record, merging and undoing it." },
    { name: "Profiles", description: "What a partner knows of a person." },
    { name: "Missions", description: "What happened to members at partners, and what they win by it." },
    { name: "Subscriptions", description: "Paid memberships: plans, purchase, payments, and what they are worth." },
    { name: "Games", description: "Leaderboards, achievements, draws that anybody can verify, quizzes and polls." },
    { name: "Offers", description: "What members may use, personal or for all; vouchers that partners redeem." },
    { name: "Promo codes", description: "Codes that give points, offers or a price." },
    { name: "Card transactions", description: "What banks tell of payments outside of the coalition." },
    { name: "Referral", description: "Members invite members." },
    { name: "Stores", description: "What stores report besides receipts." },
    { name: "Programme", description: "The rules in force." },
    { name: "Guards", description: "Stops, blocks, and what velocity rules noticed." },
    { name: "Funders", description: "Covers, deposits and exposure of those who pay." },
    { name: "Households", description: "Points shared in a household." },
    { name: "Settlement", description: "Who owes whom for a month." },
    { name: "Jobs", description: "Long work, followed while it runs." },
    { name: "Keys", description: "API keys." },
    { name: "Operating", description: "For whoever runs it." },
    { name: "Documentation", description: "This document." },
  ],
};
