import { readLeft } from "#domains/limits/index.ts";
import {
  issuedVouchers,
  type OfferDocument,
  type OfferNow,
  type OfferStanding,
  offerStore,
  offerUseKey,
  type StoredOffer,
  standingOf,
  type Voucher,
} from "#domains/offers/index.ts";
import { type CompiledProgramme, quantities } from "#domains/program/index.ts";
import type { MemberId, PartnerId } from "#kernel/ids.ts";
import type { OfferDeps } from "../deps.ts";
import { type LoadedMember, loadMember } from "./load-member.ts";

export type MemberOffer = OfferStanding & {
  readonly document: OfferDocument;
  readonly vouchers: readonly Voucher[];
};
export type MemberOffers = { readonly member: MemberId; readonly offers: readonly MemberOffer[] };

type ReadDeps = Pick<OfferDeps, "pool" | "clock" | "programmes">;

/** What a member may use, uses, has used, and why something is closed; drafts and others' personal offers are nothing. */
export async function readOffers(
  deps: ReadDeps,
  named: MemberId,
  asker?: PartnerId,
): Promise<MemberOffers | undefined> {
  const programme = deps.programmes.current();
  const member = await loadMember(deps.pool, programme, named);
  if (!member) return undefined;
  const offers = await offersNow(deps, await offerStore.list(deps.pool));
  const now = deps.clock.now();
  return {
    member: member.member,
    offers: offers.flatMap((offer) => {
      const standing = standingOf(offer, member.view, programme.calendar, now);
      if (standing === undefined || !mayKnow(offer.document, asker)) return [];
      const vouchers = member.vouchers.filter((voucher) => voucher.offer === offer.id);
      return [{ ...standing, document: offer.document, vouchers }];
    }),
  };
}

/** What a partner offers to somebody by name is no other partner's business. */
export function mayKnow({ personal, partner }: OfferDocument, asker: PartnerId | undefined): boolean {
  return personal !== true || asker === undefined || asker === partner;
}

/** One offer as it stands for a member; undefined where it is nothing to him. */
export async function readStanding(
  deps: ReadDeps,
  programme: CompiledProgramme,
  member: LoadedMember,
  id: string,
  asker?: PartnerId,
): Promise<{ readonly offer: StoredOffer; readonly standing: OfferStanding } | undefined> {
  const offer = await offerStore.read(deps.pool, id);
  const now = offer && (await offersNow(deps, [offer]))[0];
  const standing = now && standingOf(now, member.view, programme.calendar, deps.clock.now());
  return offer && standing && mayKnow(offer.document, asker) ? { offer, standing } : undefined;
}

/** What is left of budgets and stocks, for all offers in two reads. */
async function offersNow({ pool }: ReadDeps, stored: readonly StoredOffer[]): Promise<OfferNow[]> {
  const asked = stored.filter(({ state }) => state !== "draft");
  const budgets = asked.flatMap(({ id, document: { budget } }): [string, number][] =>
    budget === undefined ? [] : [[offerUseKey(id, "budget"), quantities.pointsCentsOf(budget)]],
  );
  const stocked = asked.filter(({ document }) => document.voucher?.stock !== undefined).map(({ id }) => id);
  const [left, issued] = await Promise.all([
    budgets.length === 0 ? new Map<string, number>() : readLeft(pool, new Map(budgets)),
    issuedVouchers(pool, stocked),
  ]);
  return asked.map(({ id, state, document }) => {
    const budgetLeftCents = left.get(offerUseKey(id, "budget"));
    const stock = document.voucher?.stock;
    return {
      ...{ id, state, document },
      ...(budgetLeftCents === undefined ? {} : { budgetLeftCents }),
      ...(stock === undefined ? {} : { stockLeft: Math.max(0, quantities.timesOf(stock) - (issued.get(id) ?? 0)) }),
    };
  });
}
