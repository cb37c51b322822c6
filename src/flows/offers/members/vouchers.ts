import { hash } from "node:crypto";
import type { PoolClient } from "pg";
import {
  type CodeKey,
  changeVoucher,
  countVoucher,
  insertVoucher,
  type OfferDocument,
  type StoredOffer,
  uncountVoucher,
  type Voucher,
  voucherByCode,
  voucherByKey,
  vouchersOf,
} from "#domains/offers/index.ts";
import { quantities } from "#domains/program/index.ts";
import type { CheckoutFailure, Principal } from "#flows/checkout/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { DAY_MS } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { OfferDeps } from "../deps.ts";
import { loadMember } from "./load-member.ts";
import { readStanding } from "./read-offers.ts";

export type VoucherFailure =
  | { readonly code: "no-programme" | "unknown-member" | "unknown-offer" | "unknown-voucher" }
  | { readonly code: "offer-closed"; readonly offer: string; readonly reason: string }
  | { readonly code: "voucher-over"; readonly state: string }
  | CheckoutFailure;

export type VoucherAnswer = { readonly voucher: Voucher; readonly code: string };
type Taken = Result<{ readonly replayed: boolean; readonly body: VoucherAnswer }, VoucherFailure>;

/** The machinery holds and captures for whoever asked; the voucher's own rules said that it may. */
const MACHINE: Principal = { keyId: "vouchers", role: "operator" };

/**
 * A member takes a voucher: it is counted and noted, then its price is held at the partner until it is redeemed or its
 * time ends. The key makes it one voucher however often asked; after a crash between the two the same request goes on.
 */
export async function takeVoucher(
  deps: OfferDeps,
  named: MemberId,
  offerId: string,
  idempotencyKey: string,
  asker?: string,
): Promise<Taken> {
  if (!deps.programmes.latest) return err({ code: "no-programme" });
  const member = await loadMember(deps.pool, deps.programmes.current(), named);
  if (!member) return err({ code: "unknown-member" });
  const keyHash = hash("sha256", JSON.stringify([offerId, idempotencyKey]), "buffer").subarray(0, 16);
  const known = await voucherByKey(deps.pool, member.member, keyHash);
  if (known !== undefined) {
    if (known.state !== "taking") return ok({ replayed: true, body: withCode(deps, known) });
    return holdPrice(deps, known);
  }
  const found = await readStanding(deps, deps.programmes.current(), member, offerId, asker);
  if (!found || found.offer.document.voucher === undefined) return err({ code: "unknown-offer" });
  const { state, closed } = found.standing;
  if (state !== "available") return err({ code: "offer-closed", offer: offerId, reason: closed?.code ?? state });
  const noted = await transaction(deps.pool, (client) =>
    note(deps, client, found.offer, member.member, member.tree, keyHash),
  ).catch((error: unknown) => {
    // The same request at the same time was quicker.
    if ((error as { code?: string }).code === "23505") return undefined;
    throw error;
  });
  if (noted === undefined) return takeVoucher(deps, named, offerId, idempotencyKey, asker);
  return noted.ok ? holdPrice(deps, noted.value) : noted;
}

async function note(
  deps: OfferDeps,
  client: PoolClient,
  { id, document }: StoredOffer,
  member: MemberId,
  tree: readonly MemberId[],
  keyHash: Buffer,
): Promise<Result<Voucher, VoucherFailure>> {
  const terms = document.voucher as NonNullable<OfferDocument["voucher"]>;
  const stock = terms.stock === undefined ? undefined : quantities.timesOf(terms.stock);
  if (!(await countVoucher(client, id, stock))) return err({ code: "offer-closed", offer: id, reason: "out-of-stock" });
  // Takers of one offer come one after the other from here: the count is certain.
  const own = (await vouchersOf(client, tree)).filter(({ offer }) => offer === id);
  const taken = own.filter(({ state }) => state !== "cancelled" && state !== "expired").length;
  if (taken >= (terms.perMember === undefined ? 1 : quantities.timesOf(terms.perMember))) {
    await uncountVoucher(client, id);
    return err({ code: "offer-closed", offer: id, reason: "used-up" });
  }
  const now = deps.clock.now();
  const turn = Math.max(0, ...own.filter((each) => each.member === member).map((each) => each.turn)) + 1;
  const voucher: Voucher = {
    offer: id,
    partner: document.partner,
    member,
    turn,
    state: "taking",
    priceCents: terms.price === undefined ? 0 : quantities.pointsCentsOf(terms.price),
    issuedAt: now,
    expiresAt: now + quantities.durationOf(terms.validFor).count * DAY_MS,
  };
  await insertVoucher(client, keyOf(deps, voucher), keyHash, voucher);
  return ok(voucher);
}

async function holdPrice(deps: OfferDeps, voucher: Voucher): Promise<Taken> {
  const code = keyOf(deps, voucher);
  let hold: string | undefined;
  if (voucher.priceCents > 0) {
    const placed = await deps.checkout.placeHold(
      {
        idempotencyKey: `voucher ${voucher.offer} ${voucher.member} ${voucher.turn}`,
        partner: voucher.partner,
        member: { by: "id", id: voucher.member },
        pointsCents: voucher.priceCents,
        ttlSeconds: Math.floor((voucher.expiresAt - voucher.issuedAt) / 1_000),
        reference: voucher.offer,
      },
      MACHINE,
    );
    if (!placed.ok) {
      await giveUp(deps, voucher, code);
      return placed;
    }
    hold = placed.value.body.hold;
  }
  await changeVoucher(deps.pool, code, { from: "taking", to: "open", ...(hold === undefined ? {} : { hold }) });
  const opened = (await voucherByCode(deps.pool, code)) ?? voucher;
  return ok({ replayed: false, body: withCode(deps, opened) });
}

async function giveUp({ pool, clock }: OfferDeps, voucher: Voucher, code: CodeKey): Promise<void> {
  await transaction(pool, async (client) => {
    const change = { from: "taking", to: "cancelled", endedAt: clock.now(), endedBy: "price" } as const;
    if (await changeVoucher(client, code, change)) await uncountVoucher(client, voucher.offer);
  });
}

/**
 * The partner redeems a code: its price is captured there, once; asked again with the same reference, the same answer.
 * What was captured a moment before its time ended counts as redeemed.
 */
export async function redeemVoucher(
  deps: OfferDeps,
  text: string,
  reference: string,
  principal: Principal,
): Promise<Taken> {
  const code = deps.codes.keyOf(text);
  const voucher = await voucherByCode(deps.pool, code);
  if (!voucher || (principal.partner !== undefined && principal.partner !== voucher.partner)) {
    return err({ code: "unknown-voucher" });
  }
  if (voucher.state === "redeemed") {
    if (voucher.reference !== reference) return err({ code: "voucher-over", state: "redeemed" });
    return ok({ replayed: true, body: withCode(deps, voucher) });
  }
  const now = deps.clock.now();
  if (voucher.state !== "open") return err({ code: "voucher-over", state: voucher.state });
  if (now >= voucher.expiresAt) return err({ code: "voucher-over", state: "expired" });
  if (voucher.hold !== undefined) {
    const captured = await deps.checkout.captureHold(
      { idempotencyKey: `voucher ${voucher.hold}`, holdId: voucher.hold, pointsCents: voucher.priceCents },
      MACHINE,
    );
    if (!captured.ok) return captured;
  }
  const change = { to: "redeemed", endedAt: now, endedBy: principal.keyId, reference } as const;
  const isDone =
    (await changeVoucher(deps.pool, code, { from: "open", ...change })) ||
    (voucher.hold !== undefined && (await changeVoucher(deps.pool, code, { from: "expired", ...change })));
  const after = (await voucherByCode(deps.pool, code)) as Voucher;
  if (!isDone && after.reference !== reference) return err({ code: "voucher-over", state: after.state });
  return ok({ replayed: !isDone, body: withCode(deps, after) });
}

/** The code is made again from what names the voucher; it is stored nowhere. */
export function voucherCode(deps: Pick<OfferDeps, "codes">, { offer, member, turn }: Voucher): string {
  return deps.codes.make("voucher", offer, `${member} ${turn}`);
}

function keyOf(deps: OfferDeps, voucher: Voucher): CodeKey {
  return deps.codes.keyOf(voucherCode(deps, voucher));
}

function withCode(deps: OfferDeps, voucher: Voucher): VoucherAnswer {
  return { voucher, code: voucherCode(deps, voucher) };
}
