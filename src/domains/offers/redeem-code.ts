import type { Pool, PoolClient } from "pg";
import type { AudienceView } from "#domains/publishing/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { type Calendar, type EpochMs, HOUR_MS } from "#kernel/time.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { CodeKey, Codes } from "./core/codes.ts";
import { type Benefit, benefitOf, judgePromo, mostPerMember, mostUses, type PromoClosed } from "./core/promo/terms.ts";
import { findCode, promoStore, type StoredPromo } from "./store/promos.ts";
import {
  countAttempt,
  countUse,
  forgiveAttempt,
  insertRedemption,
  type Redemption,
  redemptionsOf,
  takeCode,
  uncountUse,
} from "./store/redemptions.ts";

export type RedeemDeps = { readonly pool: Pool; readonly codes: Codes };

export type RedeemRequest = {
  readonly code: string;
  /** Who answers for the member now, and everybody he answers for, himself among them. */
  readonly member: MemberId;
  readonly tree: readonly MemberId[];
  readonly view: AudienceView;
  /** The key of the caller: guessing is counted by it too. */
  readonly keyId: string;
  readonly calendar: Calendar;
  readonly now: EpochMs;
  /** Whether the asker can do something with the benefit; a code that gives another thing is not used up. */
  readonly accepts?: (benefit: Benefit) => boolean;
};

export type RedeemFailure =
  | PromoClosed
  | { readonly code: "unknown-promo-code" }
  | { readonly code: "promo-code-used" }
  | { readonly code: "promo-used-up" }
  | { readonly code: "promo-limit"; readonly perMember: number }
  | { readonly code: "promo-code-elsewhere"; readonly gives: Benefit["kind"] }
  | { readonly code: "too-many-codes"; readonly retryAfterSeconds: number };

export type Redeemed = { readonly isNew: boolean; readonly redemption: Redemption };

/** Wrong codes an hour: a person errs a few times, an app's key serves many persons. */
const MOST_WRONG_BY_MEMBER = 10;
const MOST_WRONG_BY_KEY = 1_000;

/**
 * Uses a code for a member, once: counted, taken and noted in one transaction, under the promo's row. Asked again by the
 * same member with the same code, it gives the same use (`isNew` false) while the limit per member is one. A code that
 * was given to somebody else by name is unknown to this member. The benefit itself is the caller's to give, by an
 * operation whose key is (promo, member, turn); then `noteGiven`.
 */
export async function redeemCode(deps: RedeemDeps, request: RedeemRequest): Promise<Result<Redeemed, RedeemFailure>> {
  const { pool } = deps;
  const { member, keyId, now } = request;
  const attempts = await countAttempt(pool, member, keyId, now);
  if (attempts.byMember > MOST_WRONG_BY_MEMBER || attempts.byKey > MOST_WRONG_BY_KEY) {
    return err({ code: "too-many-codes", retryAfterSeconds: Math.ceil((HOUR_MS - (now % HOUR_MS)) / 1_000) });
  }
  const key = deps.codes.keyOf(request.code);
  const outcome = await transaction(pool, (client) => claim(client, key, request));
  // Only a code that is nobody's, or another's, is a guess.
  const isGuess = !outcome.ok && outcome.failure.code === "unknown-promo-code";
  if (!isGuess) await forgiveAttempt(pool, member, keyId, now);
  return outcome;
}

async function claim(
  client: PoolClient,
  key: CodeKey,
  request: RedeemRequest,
): Promise<Result<Redeemed, RedeemFailure>> {
  const { member, tree, now } = request;
  const found = await findCode(client, key);
  const promo = found && (await promoStore.read(client, found.promo));
  const isAnothers = found?.issuedTo !== undefined && !tree.includes(found.issuedTo);
  if (!found || !promo || promo.state === "draft" || isAnothers) return err({ code: "unknown-promo-code" });
  const known = await redemptionsOf(client, tree, promo.id);
  const same = known.find(({ codeHash }) => codeHash === key.hash.toString("hex"));
  const isUnique = promo.document.unique !== undefined;
  if (same && (isUnique || mostPerMember(promo.document) === 1)) return ok({ isNew: false, redemption: same });
  const judged = judgeUse(promo, request);
  if (!judged.ok) return judged;
  // From here on uses of the promo come one after the other.
  if (!(await countUse(client, promo.id, isUnique ? undefined : mostUses(promo.document)))) {
    return err({ code: "promo-used-up" });
  }
  const earlier = await redemptionsOf(client, tree, promo.id);
  const perMember = mostPerMember(promo.document);
  if (earlier.length >= perMember) return undo(client, promo.id, { code: "promo-limit", perMember });
  if (isUnique && !(await takeCode(client, key, member))) return undo(client, promo.id, { code: "promo-code-used" });
  const turn = Math.max(0, ...earlier.filter((use) => use.member === member).map((use) => use.turn)) + 1;
  const use = { member, promo: promo.id, turn, benefit: benefitOf(promo.document), claimedAt: now };
  await insertRedemption(client, key, use);
  return ok({ isNew: true, redemption: { ...use, state: "claimed", codeHash: key.hash.toString("hex") } });
}

/** The count goes back in the same transaction. */
async function undo(
  client: PoolClient,
  promo: string,
  failure: RedeemFailure,
): Promise<Result<Redeemed, RedeemFailure>> {
  await uncountUse(client, promo);
  return err(failure);
}

function judgeUse(promo: StoredPromo, request: RedeemRequest): Result<undefined, RedeemFailure> {
  const judged = judgePromo(promo, request.view, request.calendar, request.now);
  if (!judged.ok) return judged;
  const benefit = benefitOf(promo.document);
  if (request.accepts?.(benefit) === false) return err({ code: "promo-code-elsewhere", gives: benefit.kind });
  return ok(undefined);
}
