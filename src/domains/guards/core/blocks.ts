import type { EpochMs } from "#kernel/time.ts";
import { keyOfHash, keyOfText, SUBJECT_INDEX } from "./velocity/facts.ts";

export const BLOCK_KINDS = ["member", "identifier", "payment-card", "device", "cashier", "store", "partner"] as const;
export type BlockKind = (typeof BLOCK_KINDS)[number];

export type Block = {
  readonly blockId: number;
  readonly kind: BlockKind;
  /** A member's number, a store, a partner; else the keyed hash in hexadecimal, of an identifier with its kind: `phone:…`. */
  readonly subject: string;
  readonly reason: string;
  readonly blockedBy: string;
  readonly blockedAt: EpochMs;
  readonly validFrom: EpochMs;
  readonly validUntil?: EpochMs;
  readonly liftedBy?: string;
  readonly liftedAt?: EpochMs;
  readonly liftReason?: string;
};

/** Where a blocked one stands among a request's keys. */
const PLACE: Readonly<Record<BlockKind, number>> = {
  member: SUBJECT_INDEX.member,
  identifier: SUBJECT_INDEX.card,
  "payment-card": SUBJECT_INDEX["payment-card"],
  device: SUBJECT_INDEX.device,
  cashier: SUBJECT_INDEX.cashier,
  store: SUBJECT_INDEX.store,
  partner: SUBJECT_INDEX.partner,
};

/** Blocks as checkout asks for them: by place among the keys, by key. */
export type Blocks = {
  readonly count: number;
  readonly places: readonly (readonly [place: number, kind: BlockKind, byKey: ReadonlyMap<number, readonly Block[]>])[];
};

export function blocksOf(standing: readonly Block[]): Blocks {
  const byKind = Map.groupBy(standing, ({ kind }) => kind);
  return {
    count: standing.length,
    places: [...byKind].map(([kind, blocks]) => [PLACE[kind], kind, Map.groupBy(blocks, keyOfBlock)] as const),
  };
}

export const NO_BLOCKS: Blocks = blocksOf([]);

function keyOfBlock({ kind, subject }: Block): number {
  if (kind === "member") return Number(subject);
  if (kind === "store" || kind === "partner") return keyOfText(subject);
  return keyOfHash(Buffer.from(subject.slice(subject.indexOf(":") + 1), "hex"));
}

/** What of a request is blocked at a moment; the moment is now, whatever the request's own time. */
export function blockedOf(blocks: Blocks, keys: readonly number[], now: EpochMs): BlockKind | undefined {
  for (const [place, kind, byKey] of blocks.places) {
    const key = keys[place] as number;
    if (key !== 0 && byKey.get(key)?.some((block) => holds(block, now))) return kind;
  }
  return undefined;
}

function holds({ validFrom, validUntil, liftedAt }: Block, now: EpochMs): boolean {
  return (
    validFrom <= now && (validUntil === undefined || now < validUntil) && (liftedAt === undefined || now < liftedAt)
  );
}
