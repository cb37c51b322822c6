import type { Pool } from "pg";
import type { MemberId } from "#kernel/ids.ts";

/** As the sequence's increment in the migration. */
const BLOCK = 1000;

export type MemberIds = {
  /** Makes sure that `count` ids can be taken without waiting. */
  ensure(count: number): Promise<void>;
  take(): MemberId;
};

/** Hands out member ids from blocks of 1,000, so that a new member costs no round trip of its own. */
export function createMemberIds(pool: Pool): MemberIds {
  const blocks: { next: MemberId; end: MemberId }[] = [];
  const free = () => blocks.reduce((total, block) => total + block.end - block.next, 0);
  return {
    ensure: async (count) => {
      while (free() < count) {
        const { rows } = await pool.query<{ first: number | string }>("select nextval('member_id_seq') as first");
        const first = Number(rows[0]?.first);
        blocks.push({ next: first, end: first + BLOCK });
      }
    },
    take: () => {
      const block = blocks[0];
      if (!block) throw new Error("no member ids leased: call ensure first");
      const id = block.next++;
      if (block.next === block.end) blocks.shift();
      return id;
    },
  };
}
