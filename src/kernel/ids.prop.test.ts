import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { BUCKETS, bucketOf, memberIds, operationIds } from "./ids.ts";

const member = fc.integer({ min: 1, max: 2 ** 50 });

test("ids read back as what they were, and sort as what they stand for", () => {
  fc.assert(
    fc.property(member, member, fc.integer({ min: 1, max: 2 ** 30 - 1 }), (a, b, seq) => {
      assert.equal(memberIds.parse(memberIds.format(a)), a);
      assert.deepEqual(operationIds.parse(operationIds.format({ member: a, seq })), { member: a, seq });
      assert.equal(memberIds.format(a) < memberIds.format(b), a < b);
    }),
  );
});

test("what is no id is refused", () => {
  for (const text of ["", "mem_", "mem_00000000000x", "op_00000000001", "mem_0000000000I", "mem_00000000001 "]) {
    assert.equal(memberIds.parse(text), undefined);
  }
});

test("members spread evenly over buckets", () => {
  const counts = new Uint32Array(BUCKETS);
  for (let id = 1; id <= 1_024_000; id++) counts[bucketOf(id)] = (counts[bucketOf(id)] as number) + 1;
  // 1,000 a bucket; six standard deviations of a fair throw.
  for (const count of counts) assert.ok(Math.abs(count - 1000) < 190, String(count));
});
