import type { StoredOperation } from "#domains/ledger/index.ts";
import type { Result } from "#kernel/result.ts";
import type { Answer, AwardBody, CheckoutFailure, HoldBody, ReceiptBody, ReturnBody } from "./answers.ts";
import type { ReviewDecision } from "./decide-review.ts";
import type { OpeningRequest } from "./open-wallet.ts";
import type {
  AwardRequest,
  CaptureRequest,
  HoldRequest,
  Principal,
  ReceiptRequest,
  ReturnRequest,
  VoidRequest,
} from "./requests.ts";
import type { RewardRequest } from "./reward.ts";

export type Outcome<Body> = Promise<Result<Answer<Body>, CheckoutFailure>>;

/** What a quote tells: what the receipt would earn now and how many points could be spent on it. Nothing is written. */
export type QuoteBody = Omit<ReceiptBody, "operation" | "receiptId" | "reserved"> & { readonly spendable: number };

/** The use cases of a till, a bank or an app. Built once by `createCheckout` and given to the routes. */
export type Checkout = {
  postReceipt(request: ReceiptRequest, principal: Principal): Outcome<ReceiptBody>;
  quote(request: ReceiptRequest, principal: Principal): Outcome<QuoteBody>;
  getReceipt(receiptId: string, principal: Principal): Outcome<Record<string, unknown>>;
  returnReceipt(request: ReturnRequest, principal: Principal): Outcome<ReturnBody>;
  placeHold(request: HoldRequest, principal: Principal): Outcome<HoldBody>;
  captureHold(request: CaptureRequest, principal: Principal): Outcome<HoldBody>;
  voidHold(request: VoidRequest, principal: Principal): Outcome<HoldBody>;
  award(request: AwardRequest, principal: Principal): Outcome<AwardBody>;
  /** What a mission, an offer or a game gives or takes; for the machinery only. */
  reward(request: RewardRequest): Outcome<StoredOperation>;
  /** Releases or takes back the points of a purchase that waited for a decision; for the operator's decisions only. */
  decideReview(request: ReviewDecision): Outcome<StoredOperation>;
  /** Opening lots of a member who moves in from another programme. */
  openWallet(request: OpeningRequest, principal: Principal): Outcome<AwardBody>;
};
