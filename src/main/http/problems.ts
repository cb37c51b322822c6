import { ACCESS_PROBLEMS } from "#domains/access/http/index.ts";
import type { CreateKeyFailure } from "#domains/access/index.ts";
import { LEDGER_PROBLEMS } from "#domains/ledger/http/index.ts";
import { PROGRAMME_PROBLEMS } from "#domains/program/http/index.ts";
import { SETTLEMENT_PROBLEMS } from "#domains/settlement/http/index.ts";
import { CARD_FEED_PROBLEMS } from "#flows/card-feed/http/index.ts";
import type { CardFeedFailure } from "#flows/card-feed/index.ts";
import { CHECKOUT_PROBLEMS } from "#flows/checkout/http/index.ts";
import type { CheckoutFailure } from "#flows/checkout/index.ts";
import { CLOSE_PROBLEMS } from "#flows/close-month/http/index.ts";
import type { CloseFailure } from "#flows/close-month/index.ts";
import { GAMES_PROBLEMS } from "#flows/games/http/index.ts";
import type {
  AnswerFailure,
  BoardFailure,
  DrawRefusal,
  GameChangeFailure,
  ParticipationFailure,
} from "#flows/games/index.ts";
import { GUARD_PROBLEMS } from "#flows/guards/http/index.ts";
import { HOUSEHOLD_PROBLEMS } from "#flows/household/http/index.ts";
import { LEVEL_PROBLEMS } from "#flows/levels/http/index.ts";
import { FUNDER_PROBLEMS } from "#flows/limits/http/index.ts";
import type { FundsFailure } from "#flows/limits/index.ts";
import { LINKAGE_PROBLEMS } from "#flows/link-population/http/index.ts";
import { EVENT_PROBLEMS, FAVOURITE_PROBLEMS, MISSION_PROBLEMS } from "#flows/missions/http/index.ts";
import type { EventFailure, StateFailure } from "#flows/missions/index.ts";
import { OFFER_PROBLEMS, PROMO_PROBLEMS } from "#flows/offers/http/index.ts";
import type {
  AssignFailure,
  CodesFailure,
  OfferUseFailure,
  PromoFailure,
  VoucherFailure,
} from "#flows/offers/index.ts";
import { PROFILE_PROBLEMS } from "#flows/profiles/http/index.ts";
import type { PeopleFailure } from "#flows/profiles/index.ts";
import { RATING_PROBLEMS } from "#flows/rate-receipt/http/index.ts";
import type { RateFailure } from "#flows/rate-receipt/index.ts";
import { REFERRAL_PROBLEMS } from "#flows/referral/http/index.ts";
import type { ReferralFailure } from "#flows/referral/index.ts";
import { SIMULATE_PROBLEMS } from "#flows/simulate/http/index.ts";
import { STORE_DAY_PROBLEMS } from "#flows/store-days/http/index.ts";
import type { StoreDayFailure } from "#flows/store-days/index.ts";
import { SUBSCRIPTION_PROBLEMS } from "#flows/subscription/http/index.ts";
import type { ChangeFailure, SubscribeFailure } from "#flows/subscription/index.ts";
import type { FailureOf } from "#platform/http/problem.ts";
import { createProblemRegistry, type ProblemRegistry } from "#platform/http/problem-registry.ts";
import { PROTOCOL_PROBLEMS } from "#platform/http/protocol-problems.ts";
import { JOB_PROBLEMS } from "#platform/jobs/job-routes.ts";

const ALL = {
  ...PROTOCOL_PROBLEMS,
  ...ACCESS_PROBLEMS,
  ...LEDGER_PROBLEMS,
  ...PROGRAMME_PROBLEMS,
  ...CHECKOUT_PROBLEMS,
  ...GUARD_PROBLEMS,
  ...PROFILE_PROBLEMS,
  ...LINKAGE_PROBLEMS,
  ...HOUSEHOLD_PROBLEMS,
  ...RATING_PROBLEMS,
  ...STORE_DAY_PROBLEMS,
  ...EVENT_PROBLEMS,
  ...MISSION_PROBLEMS,
  ...FAVOURITE_PROBLEMS,
  ...OFFER_PROBLEMS,
  ...PROMO_PROBLEMS,
  ...CARD_FEED_PROBLEMS,
  ...REFERRAL_PROBLEMS,
  ...GAMES_PROBLEMS,
  ...LEVEL_PROBLEMS,
  ...SUBSCRIPTION_PROBLEMS,
  ...FUNDER_PROBLEMS,
  ...SETTLEMENT_PROBLEMS,
  ...CLOSE_PROBLEMS,
  ...SIMULATE_PROBLEMS,
  ...JOB_PROBLEMS,
};

/** The one registry of everything that a caller can be refused with. */
export function problemRegistry(): ProblemRegistry {
  return createProblemRegistry([
    PROTOCOL_PROBLEMS,
    ACCESS_PROBLEMS,
    LEDGER_PROBLEMS,
    PROGRAMME_PROBLEMS,
    CHECKOUT_PROBLEMS,
    GUARD_PROBLEMS,
    PROFILE_PROBLEMS,
    LINKAGE_PROBLEMS,
    HOUSEHOLD_PROBLEMS,
    RATING_PROBLEMS,
    STORE_DAY_PROBLEMS,
    EVENT_PROBLEMS,
    MISSION_PROBLEMS,
    FAVOURITE_PROBLEMS,
    OFFER_PROBLEMS,
    PROMO_PROBLEMS,
    CARD_FEED_PROBLEMS,
    REFERRAL_PROBLEMS,
    GAMES_PROBLEMS,
    LEVEL_PROBLEMS,
    SUBSCRIPTION_PROBLEMS,
    FUNDER_PROBLEMS,
    SETTLEMENT_PROBLEMS,
    CLOSE_PROBLEMS,
    SIMULATE_PROBLEMS,
    JOB_PROBLEMS,
  ]);
}

/** What a use case can refuse with and this registry has no words for. */
type Untold<Failure> = Failure extends FailureOf<typeof ALL> ? never : Failure;
type Nothing<Failures extends never> = Failures;
/** Compiles only while there is no such thing: the compiler's message names the code that lacks its problem. */
export type EverythingIsTold = Nothing<
  Untold<
    | CheckoutFailure
    | PeopleFailure
    | CreateKeyFailure
    | RateFailure
    | StoreDayFailure
    | EventFailure
    | StateFailure
    | AssignFailure
    | OfferUseFailure
    | VoucherFailure
    | PromoFailure
    | CodesFailure
    | CardFeedFailure
    | ReferralFailure
    | GameChangeFailure
    | ParticipationFailure
    | BoardFailure
    | DrawRefusal
    | Exclude<AnswerFailure, { code: "answers-invalid" }>
    | SubscribeFailure
    | ChangeFailure
    | CloseFailure
    | FundsFailure
  >
>;
