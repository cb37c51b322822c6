import type { Trait } from "#domains/ledger/index.ts";
import { heldAt, type OfferDocument, offerKey, offerPeriod, usedTimes } from "#domains/offers/index.ts";
import type { CheckoutFailure, Principal } from "#flows/checkout/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Calendar, EpochMs } from "#kernel/time.ts";
import type { OfferDeps } from "../deps.ts";
import { endOfDuration } from "./end-of-duration.ts";
import { loadMember } from "./load-member.ts";
import { readStanding } from "./read-offers.ts";

export type OfferUseFailure =
  | { readonly code: "no-programme" | "unknown-member" | "unknown-offer" }
  | { readonly code: "offer-closed"; readonly offer: string; readonly reason: string }
  | { readonly code: "offer-needs-no-activation"; readonly offer: string }
  | CheckoutFailure;

/**
 * The member wants the offer: it holds from now on, by one operation. Asked again while it holds, nothing changes. Whether
 * it holds already is looked at where the operation is decided, so that of two at once one activates.
 */
export async function activateOffer(
  deps: OfferDeps,
  named: MemberId,
  id: string,
  { keyId: by, partner: asker }: Pick<Principal, "keyId" | "partner">,
): Promise<Result<undefined, OfferUseFailure>> {
  if (!deps.programmes.latest) return err({ code: "no-programme" });
  const programme = deps.programmes.current();
  const member = await loadMember(deps.pool, programme, named);
  if (!member) return err({ code: "unknown-member" });
  const found = await readStanding(deps, programme, member, id, asker);
  if (!found) return err({ code: "unknown-offer" });
  const { document } = found.offer;
  if (document.activation !== true) return err({ code: "offer-needs-no-activation", offer: id });
  const { state, closed } = found.standing;
  if (state === "active") return ok(undefined);
  if (state !== "available") return err({ code: "offer-closed", offer: id, reason: closed?.code ?? state });
  const now = deps.clock.now();
  const posted = await deps.checkout.reward({
    idempotencyKey: ["offer", id, member.member, "activate", now],
    member: member.member,
    partner: document.partner,
    traits: (held, at) =>
      heldAt(id, held, at) === undefined
        ? ok([offerTrait(id, document, programme.calendar, at)])
        : err({ code: "offer-already-active", offer: id }),
    cause: { offer: id, kind: "activated", by },
  });
  return posted.ok || posted.failure.code === "offer-already-active" ? ok(undefined) : posted;
}

/** Before its first use a member may change his mind: the offer then held at no time. */
export async function deactivateOffer(
  deps: OfferDeps,
  named: MemberId,
  id: string,
  { keyId: by, partner: asker }: Pick<Principal, "keyId" | "partner">,
): Promise<Result<undefined, OfferUseFailure>> {
  if (!deps.programmes.latest) return err({ code: "no-programme" });
  const programme = deps.programmes.current();
  const member = await loadMember(deps.pool, programme, named);
  if (!member) return err({ code: "unknown-member" });
  const found = await readStanding(deps, programme, member, id, asker);
  if (!found) return err({ code: "unknown-offer" });
  const { document } = found.offer;
  if (document.activation !== true) return err({ code: "offer-needs-no-activation", offer: id });
  const now = deps.clock.now();
  const posted = await deps.checkout.reward({
    idempotencyKey: ["offer", id, member.member, "deactivate", now],
    member: member.member,
    partner: document.partner,
    traits: (traits, at, capUse) => {
      const held = heldAt(id, traits, at);
      if (held === undefined) return err({ code: "offer-not-active", offer: id });
      const times = usedTimes(id, capUse);
      if (times > 0) return err({ code: "offer-used", offer: id, times });
      return ok([{ kind: "boost", key: offerKey(id), fromAt: held.fromAt, untilAt: held.fromAt }]);
    },
    cause: { offer: id, kind: "deactivated", by },
  });
  return posted.ok ? ok(undefined) : posted;
}

/** Holding an offer: from a time, or the offer's first day, to the end of its last, or as long as it lasts. */
export function offerTrait(id: string, document: OfferDocument, calendar: Calendar, at: EpochMs): Trait {
  const { fromAt, untilAt } = offerPeriod(document, calendar);
  const from = Math.max(at, fromAt);
  return {
    kind: "boost",
    key: offerKey(id),
    fromAt: from,
    untilAt: document.lasts === undefined ? untilAt : Math.min(untilAt, endOfDuration(from, document.lasts, calendar)),
  };
}
