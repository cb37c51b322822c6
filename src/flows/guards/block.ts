import type { Pool } from "pg";
import { type Block, type BlockKind, endBlock, putBlock } from "#domains/guards/index.ts";
import { cashierHash, type MemberRef } from "#flows/checkout/index.ts";
import type { Clock } from "#platform/clock.ts";

export type BlockDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  /** As checkout makes them: only keyed hashes of people and cards are kept. */
  readonly identifierKey: (kind: string, value: string) => { readonly valueHash: Uint8Array };
  readonly subjectKey: (kind: string, value: string) => Uint8Array;
};

/** Who or what is blocked. An identifier is blocked as it is shown; a person by the member's id. */
export type BlockSubject =
  | { readonly by: "member"; readonly member: MemberRef }
  | { readonly by: "cashier"; readonly partner: string; readonly cashier: string }
  | { readonly by: "device" | "payment-card" | "store" | "partner"; readonly value: string };

export type BlockRequest = {
  readonly subject: BlockSubject;
  readonly reason: string;
  readonly blockedBy: string;
  readonly from?: number;
  readonly until?: number;
};

/** From now on unless said; an open-ended block that stands already is answered instead of a second one. */
export function block(
  deps: BlockDeps,
  request: BlockRequest,
): Promise<{ readonly block: Block; readonly isNew: boolean }> {
  const now = deps.clock.now();
  const { reason, blockedBy, from = now, until } = request;
  return putBlock(deps.pool, {
    ...subjectOf(deps, request.subject),
    ...{ reason, blockedBy, blockedAt: now, validFrom: from },
    ...(until === undefined ? {} : { validUntil: until }),
  });
}

/** Undefined when there is no such block; one that was lifted already stays as it was. */
export function lift(
  { pool, clock }: Pick<BlockDeps, "pool" | "clock">,
  request: { readonly blockId: number; readonly by: string; readonly reason: string },
): Promise<Block | undefined> {
  return endBlock(pool, { id: request.blockId, by: request.by, at: clock.now(), reason: request.reason });
}

function subjectOf(deps: BlockDeps, subject: BlockSubject): { readonly kind: BlockKind; readonly subject: string } {
  if (subject.by === "member") {
    const { member } = subject;
    if (member.by === "id") return { kind: "member", subject: String(member.id) };
    const { valueHash } = deps.identifierKey(member.kind, member.value);
    return { kind: "identifier", subject: `${member.kind}:${hex(valueHash)}` };
  }
  if (subject.by === "cashier") {
    return { kind: "cashier", subject: hex(cashierHash(deps.subjectKey, subject.partner, subject.cashier)) };
  }
  if (subject.by === "store" || subject.by === "partner") return { kind: subject.by, subject: subject.value };
  return { kind: subject.by, subject: hex(deps.subjectKey(subject.by, subject.value)) };
}

function hex(hash: Uint8Array): string {
  return Buffer.from(hash).toString("hex");
}
