import { hash } from "node:crypto";
import {
  type GuardBatch,
  type GuardFacts,
  type GuardNote,
  type Guards,
  isAwardStopped,
  keyOfHash,
  keyOfText,
  type RefusedAlert,
  SUBJECT_INDEX,
  SUBJECTS,
  stopAt,
  type Verdict,
} from "#domains/guards/index.ts";
import { type Draft, UNDECIDED } from "#domains/ledger/index.ts";
import type { Language } from "#domains/program/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Environment } from "./environment.ts";
import type { GuardFailure } from "./guard-failure.ts";
import type { RequestKey } from "./keys.ts";
import type { Subject } from "./task.ts";

/** Who and where, as far as the guards look: as the request names them. */
export type GuardedPlaces = {
  readonly partner: string;
  readonly store?: string;
  readonly till?: string;
  readonly channel?: string;
  readonly cashier?: string | undefined;
  readonly device?: string | undefined;
  readonly paymentToken?: string | undefined;
};

/** One request before the guards: its keys are made once, however often it is decided. */
export type GuardedRequest = {
  readonly guards: Guards;
  readonly keys: readonly number[];
  readonly places: GuardedPlaces;
  readonly language: Language | undefined;
  readonly currentRules: () => Environment["programmes"];
  /** The last verdict that refused it, for the operator's list. */
  refused?: { readonly verdict: Verdict; readonly member: number };
};

/** Undefined where nothing is guarded. */
export function guardRequest(
  environment: Environment,
  subject: Subject,
  places: GuardedPlaces,
  language?: Language,
): GuardedRequest | undefined {
  const { guards } = environment;
  if (!guards) return undefined;
  const { needs } = guards;
  const keys = needs ? keysOf(environment, subject, places, needs) : NO_KEYS;
  return { guards, keys, places, language, currentRules: () => environment.programmes };
}

const NO_KEYS: readonly number[] = SUBJECTS.map(() => 0);
const { card: CARD, "payment-card": PAYMENT, device: DEVICE, cashier: CASHIER } = SUBJECT_INDEX;
const { member: MEMBER, till: TILL, store: STORE, partner: PARTNER } = SUBJECT_INDEX;

function keysOf(
  { subjectKey }: Environment,
  subject: Subject,
  places: GuardedPlaces,
  needs: readonly boolean[],
): number[] {
  const { partner, store, till, cashier, device, paymentToken } = places;
  const keys = NO_KEYS.slice();
  if (needs[CARD] && subject.by === "identifier") keys[CARD] = keyOfHash(subject.key.valueHash);
  if (needs[PAYMENT] && paymentToken !== undefined) keys[PAYMENT] = keyOfHash(subjectKey("payment-card", paymentToken));
  if (needs[DEVICE] && device !== undefined) keys[DEVICE] = keyOfHash(subjectKey("device", device));
  if (needs[CASHIER] && cashier !== undefined) keys[CASHIER] = keyOfHash(cashierHash(subjectKey, partner, cashier));
  if (needs[TILL] && store !== undefined && till !== undefined) keys[TILL] = keyOfText(`${store}\n${till}`);
  if (needs[STORE] && store !== undefined) keys[STORE] = keyOfText(store);
  if (needs[PARTNER]) keys[PARTNER] = keyOfText(partner);
  return keys;
}

/** Cashiers are numbered by their partner: 17 at one is not 17 at another. */
export function cashierHash(subjectKey: Environment["subjectKey"], partner: string, cashier: string): Uint8Array {
  return subjectKey("cashier", `${partner}\n${cashier}`);
}

/** The points of a decision, before the guards. */
export type GuardedSums = {
  readonly kind: GuardFacts["kind"];
  readonly at: number;
  readonly kopecks: number;
  readonly earnedCents: number;
  readonly spentCents: number;
};

export function factsOf(request: GuardedRequest, member: number, sums: GuardedSums): GuardFacts {
  const { partner, store = "", channel = "" } = request.places;
  const keys = request.keys.slice();
  keys[MEMBER] = member;
  return { ...sums, keys, store, partner, channel };
}

/** Blocks and stops: what holds whatever the receipt is worth. `via` is the merged member that was named. */
export function checkStanding(
  { guards, keys, places }: GuardedRequest,
  draft: Pick<Draft, "before" | "via"> | undefined,
  isSpending: boolean,
): GuardFailure | undefined {
  if (guards.needs) {
    for (const member of [draft?.before.member ?? 0, draft?.via ?? 0]) {
      const all = keys.slice();
      all[MEMBER] = member;
      const what = guards.blocked(all);
      if (what !== undefined) return { code: "blocked", what };
    }
  }
  const by = isSpending ? stopAt(guards.stops, "spending", places.partner) : undefined;
  return by && { code: "spending-stopped", by };
}

export function spendingStop({ guards, places }: GuardedRequest): "programme" | "partner" | undefined {
  return stopAt(guards.stops, "spending", places.partner);
}

/** Whether points that no receipt earns are stopped: an award, a reward of a mission. */
export function awardStop(
  guards: Guards | undefined,
  award: { readonly partner: string; readonly funders: readonly string[]; readonly mission?: string },
): GuardFailure | undefined {
  return guards && isAwardStopped(guards.stops, award) ? { code: "earning-stopped" } : undefined;
}

/** Why points are not given here now; undefined when they are. */
export function earningStop({ guards, places }: GuardedRequest): "programme" | "partner" | undefined {
  return stopAt(guards.stops, "earning", places.partner);
}

/** What a purchase stores of its review, so that it can be decided and told: by part, when its points would begin. */
export type ReviewBody = {
  readonly rules: readonly string[];
  /** The version whose rules they are. */
  readonly version: number;
  readonly availableAt: readonly number[];
};

/** Undefined: nothing was broken. */
export function judgeRequest(
  request: GuardedRequest,
  batch: Pick<GuardBatch, "judge"> | undefined,
  facts: GuardFacts,
): Result<Verdict | undefined, GuardFailure> {
  const verdict = (batch ?? request.guards).judge(facts);
  if (verdict?.action !== "refuse") return ok(verdict);
  request.refused = { verdict, member: facts.keys[MEMBER] as number };
  const terms = request.currentRules().current().velocity;
  const strictest = verdict.hits.find(({ rule }) => terms.find(({ id }) => id === rule)?.action === "refuse");
  const rule = strictest?.rule ?? (verdict.hits[0]?.rule as string);
  const name = terms.find(({ id }) => id === rule)?.name[request.language ?? "ru"] ?? rule;
  return err({ code: "velocity-exceeded", rule, name });
}

/** What the guards keep of an accepted request. */
export function noteOf(
  facts: GuardFacts,
  verdict: Verdict | undefined,
  alert: { readonly key: RequestKey; readonly draft: Draft; readonly request: GuardedRequest } & {
    readonly receiptId?: string;
    readonly isHeld: boolean;
    readonly pointsCents: number;
  },
): GuardNote {
  if (!verdict || facts.kind === "return") return { facts };
  const { draft, request, isHeld } = alert;
  const action = isHeld ? "review" : "allow";
  return {
    facts,
    alert: {
      alertId: alertIdOf(alert.key, action),
      raisedAt: draft.context.now,
      action,
      kind: facts.kind,
      hits: JSON.stringify(verdict.hits),
      partner: request.places.partner,
      store: request.places.store ?? null,
      till: request.places.till ?? null,
      member: draft.before.member,
      seq: draft.seq,
      receiptId: alert.receiptId ?? null,
      pointsCents: alert.pointsCents,
    },
  };
}

function alertIdOf(key: RequestKey, action: "allow" | "review" | "refuse"): Buffer {
  return hash("sha256", Buffer.concat([key.keyHash, Buffer.from(action)]), "buffer").subarray(0, 16);
}

/** A refusal is told to the operator, once for each request however often it is tried. */
export function noteRefusal(
  request: GuardedRequest,
  kind: RefusedAlert["kind"],
  key: RequestKey,
  now: number,
  receiptId?: string,
): void {
  if (!request.refused) return;
  const { verdict, member } = request.refused;
  const { partner, store, till } = request.places;
  request.guards.noteRefusal({
    alertId: alertIdOf(key, "refuse").toString("hex"),
    raisedAt: now,
    kind,
    hits: verdict.hits,
    partner,
    ...(store === undefined ? {} : { store }),
    ...(till === undefined ? {} : { till }),
    ...(member === 0 ? {} : { member }),
    ...(receiptId === undefined ? {} : { receiptId }),
    attempts: 1,
  });
}

/** Points that wait for a decision become available only by it. */
export function heldBack<Part extends { readonly availableAt: number }>(parts: readonly Part[]): Part[] {
  return parts.map((part) => ({ ...part, availableAt: UNDECIDED }));
}
