import { NEVER } from "#domains/ledger/index.ts";
import {
  type Benefit,
  noteGiven,
  offerPeriod,
  offerStore,
  promoStore,
  type RedeemFailure,
  type Redemption,
  redeemCode,
  undoRedemption,
} from "#domains/offers/index.ts";
import { BUDGET_PREFIX, type CompiledProgramme, quantities } from "#domains/program/index.ts";
import type { CheckoutFailure, RewardOperationBody } from "#flows/checkout/index.ts";
import { type MemberId, operationIds } from "#kernel/ids.ts";
import { splitByLargestRemainder } from "#kernel/money.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { OfferDeps } from "../deps.ts";
import { assignOffer } from "../members/assign-offer.ts";
import { endOfDuration } from "../members/end-of-duration.ts";
import { loadMember } from "../members/load-member.ts";

export type PromoFailure =
  | { readonly code: "no-programme" | "unknown-member" | "unknown-offer" }
  | { readonly code: "offer-not-personal"; readonly offer: string }
  | { readonly code: "offer-closed"; readonly offer: string; readonly reason: string }
  | RedeemFailure
  | CheckoutFailure;

export type PromoAnswer = {
  readonly member: MemberId;
  readonly promo: string;
  readonly benefit: Benefit;
  /** Points given, where the benefit is an award. */
  readonly cents?: number;
  readonly operation?: string;
  /** Earning is stopped: the code is used, and its points come when the switch goes back. */
  readonly isWaiting?: true;
};

/** What a code of a promo can give here; a subscription's price is asked for where it is bought. */
const accepts = ({ kind }: Benefit): boolean => kind !== "subscription";

/**
 * A member uses a code: the use is claimed first, then its benefit is given by one operation. Asked again, the same answer.
 * While earning is stopped the use stands all the same, and its benefit waits: it is given behind the doors afterwards.
 */
export async function redeemPromo(
  deps: OfferDeps,
  named: MemberId,
  code: string,
  keyId: string,
): Promise<Result<{ readonly replayed: boolean; readonly body: PromoAnswer }, PromoFailure>> {
  if (!deps.programmes.latest) return err({ code: "no-programme" });
  const programme = deps.programmes.current();
  const loaded = await loadMember(deps.pool, programme, named);
  if (!loaded) return err({ code: "unknown-member" });
  const { member, tree, view } = loaded;
  const request = { code, member, tree, view, keyId, calendar: programme.calendar, now: deps.clock.now(), accepts };
  const claimed = await redeemCode(deps, request);
  if (!claimed.ok) return claimed;
  const { redemption, isNew } = claimed.value;
  const given = await giveBenefit(deps, programme, redemption);
  if (!given.ok && given.failure.code !== "earning-stopped") return given;
  const done = given.ok ? given.value : ({ isWaiting: true } as const);
  return ok({
    replayed: !isNew,
    body: { member, promo: redemption.promo, benefit: redemption.benefit, ...done },
  });
}

type Given = { readonly cents?: number; readonly operation?: string };

/**
 * Gives what a claimed code promises, by an operation whose key is (promo, member, turn): asked again, also after a crash,
 * it is the same operation. What can't be given at all (its budget is spent) undoes the use.
 */
export async function giveBenefit(
  deps: OfferDeps,
  programme: CompiledProgramme,
  redemption: Redemption,
): Promise<Result<Given, PromoFailure>> {
  const { benefit } = redemption;
  if (benefit.kind === "points") return givePoints(deps, programme, redemption, benefit);
  if (benefit.kind === "offer") return giveOffer(deps, redemption, benefit.offer);
  return ok({});
}

async function givePoints(
  deps: OfferDeps,
  programme: CompiledProgramme,
  redemption: Redemption,
  { cents, expiry, funders, weights }: Extract<Benefit, { kind: "points" }>,
): Promise<Result<Given, PromoFailure>> {
  const { member, promo, turn, claimedAt } = redemption;
  const stored = await promoStore.read(deps.pool, promo);
  const budget = stored?.document.budget;
  const posted = await deps.checkout.reward({
    idempotencyKey: ["promo", promo, member, turn, claimedAt],
    member,
    partner: stored?.partner ?? programme.operator,
    traits: [],
    earned: {
      availableAt: deps.clock.now(),
      expiresAt: expiresAt(programme, expiry, deps.clock.now()),
      funders,
      amountCents: splitByLargestRemainder(cents, weights),
    },
    ...(budget === undefined
      ? {}
      : {
          budget: {
            key: `${BUDGET_PREFIX}promo-${promo}|all`,
            limitCents: quantities.pointsCentsOf(budget),
            short: programme.policies.budget,
          },
        }),
    cause: { promo, turn, kind: "code" },
  });
  if (!posted.ok) {
    if (posted.failure.code === "budget-exhausted") await undoRedemption(deps.pool, redemption);
    return posted;
  }
  const operation = posted.value.body;
  await noteGiven(deps.pool, redemption, operation.seq);
  const body = operation.body as RewardOperationBody;
  return ok({ cents: body.cents, operation: operationIds.format(operation) });
}

async function giveOffer(deps: OfferDeps, redemption: Redemption, id: string): Promise<Result<Given, PromoFailure>> {
  const offer = await offerStore.read(deps.pool, id);
  const untilAt = offer && offerPeriod(offer.document, deps.programmes.current().calendar).untilAt;
  const isOver = untilAt === undefined || deps.clock.now() >= untilAt;
  if (!offer || isOver || offer.state === "draft" || offer.state === "ended") {
    if (redemption.state === "given") return ok({});
    await undoRedemption(deps.pool, redemption);
    return err({ code: "offer-closed", offer: id, reason: isOver ? "over" : (offer?.state ?? "over") });
  }
  const assigned = await assignOffer(deps, offer, redemption.member, `promo ${redemption.promo}`);
  if (!assigned.ok) return assigned;
  await noteGiven(deps.pool, redemption, null);
  return ok({});
}

function expiresAt(programme: CompiledProgramme, expiry: string | undefined, now: EpochMs): EpochMs {
  if (expiry === undefined) return programme.defaultLot.times(now).expiresAt ?? NEVER;
  return endOfDuration(now, expiry, programme.calendar);
}
