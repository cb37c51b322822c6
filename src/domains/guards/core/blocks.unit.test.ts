import assert from "node:assert/strict";
import { test } from "node:test";
import { type Block, type BlockKind, blockedOf, blocksOf } from "./blocks.ts";
import { keyOfHash, keyOfText, SUBJECT_INDEX, SUBJECTS } from "./velocity/facts.ts";

const NOON = 1_000_000;
let id = 0;
function block(kind: BlockKind, subject: string, over: Partial<Block> = {}): Block {
  const made = { reason: "r", blockedBy: "b", blockedAt: NOON, validFrom: NOON };
  return { blockId: ++id, kind, subject, ...made, ...over };
}
function keys(at: number, key: number): number[] {
  return SUBJECTS.map((_, i) => (i === at ? key : 0));
}
const HASH = Uint8Array.from({ length: 16 }, (_, i) => i * 7);
const HEX = Buffer.from(HASH).toString("hex");

test("each kind is looked for where a request has it, and nowhere else", () => {
  const blocks = blocksOf([
    block("member", "77"),
    block("identifier", `phone:${HEX}`),
    block("cashier", HEX),
    block("store", "alfa-1"),
  ]);
  assert.equal(blockedOf(blocks, keys(SUBJECT_INDEX.member, 77), NOON), "member");
  assert.equal(blockedOf(blocks, keys(SUBJECT_INDEX.card, keyOfHash(HASH)), NOON), "identifier");
  assert.equal(blockedOf(blocks, keys(SUBJECT_INDEX.cashier, keyOfHash(HASH)), NOON), "cashier");
  assert.equal(blockedOf(blocks, keys(SUBJECT_INDEX.store, keyOfText("alfa-1")), NOON), "store");
  assert.equal(blockedOf(blocks, keys(SUBJECT_INDEX.device, keyOfHash(HASH)), NOON), undefined);
  assert.equal(blockedOf(blocks, keys(SUBJECT_INDEX.card, 77), NOON), undefined);
});

test("a block holds from its beginning until its end, exclusive, or until it is lifted", () => {
  const one = (over: Partial<Block>, now: number) =>
    blockedOf(blocksOf([block("member", "77", over)]), keys(SUBJECT_INDEX.member, 77), now);
  assert.equal(one({}, NOON - 1), undefined);
  assert.equal(one({}, NOON), "member");
  assert.equal(one({ validUntil: NOON + 10 }, NOON + 9), "member");
  assert.equal(one({ validUntil: NOON + 10 }, NOON + 10), undefined);
  assert.equal(one({ liftedAt: NOON + 5, liftedBy: "b" }, NOON + 5), undefined);
});
