import { heldAt, offerPeriod, offerStore, putAssignments, type StoredOffer } from "#domains/offers/index.ts";
import type { CheckoutFailure } from "#flows/checkout/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { OfferDeps } from "../deps.ts";
import { offerTrait } from "./activate-offer.ts";
import { loadMember } from "./load-member.ts";

export type AssignFailure =
  | { readonly code: "no-programme" | "unknown-member" | "unknown-offer" }
  | { readonly code: "offer-not-personal"; readonly offer: string }
  | { readonly code: "offer-closed"; readonly offer: string; readonly reason: string }
  | CheckoutFailure;

export type AssignDeps = Pick<OfferDeps, "pool" | "clock" | "programmes" | "checkout">;

/** An offer that can be given by name: live or paused, personal, not over. */
export async function assignable(
  deps: AssignDeps,
  id: string,
  partner: string | undefined,
): Promise<Result<StoredOffer, AssignFailure>> {
  if (!deps.programmes.latest) return err({ code: "no-programme" });
  const offer = await offerStore.read(deps.pool, id);
  if (!offer || (partner !== undefined && offer.partner !== partner)) return err({ code: "unknown-offer" });
  const { document, state } = offer;
  if (document.personal !== true) return err({ code: "offer-not-personal", offer: id });
  if (state === "draft" || state === "ended") return err({ code: "offer-closed", offer: id, reason: state });
  const { untilAt } = offerPeriod(document, deps.programmes.current().calendar);
  if (deps.clock.now() >= untilAt) return err({ code: "offer-closed", offer: id, reason: "over" });
  return ok(offer);
}

/**
 * Gives a personal offer to a member, once, however often asked and by how many processes: the key of the operation is
 * (offer, member). What needs no activation holds at once. `isNew` false: it was his already.
 */
export async function assignOffer(
  deps: AssignDeps,
  { id, document }: StoredOffer,
  named: MemberId,
  by: string,
): Promise<Result<{ readonly member: MemberId; readonly isNew: boolean }, AssignFailure>> {
  const programme = deps.programmes.current();
  const loaded = await loadMember(deps.pool, programme, named);
  if (!loaded) return err({ code: "unknown-member" });
  const { member, view } = loaded;
  if (view.assigned.has(id)) return ok({ member, isNew: false });
  if (document.activation !== true && document.voucher === undefined) {
    const posted = await deps.checkout.reward({
      idempotencyKey: ["offer", id, member, "assign"],
      member,
      partner: document.partner,
      traits: (held, at) =>
        ok(heldAt(id, held, at) === undefined ? [offerTrait(id, document, programme.calendar, at)] : []),
      cause: { offer: id, kind: "assigned", by },
    });
    if (!posted.ok) return posted;
  }
  const added = await putAssignments(deps.pool, [{ member, offer: id }], deps.clock.now(), by);
  return ok({ member, isNew: added.length > 0 });
}
