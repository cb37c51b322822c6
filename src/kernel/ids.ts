import { mix32 } from "./random.ts";

/**
 * Ids inside are numbers (a member, the sequence number of an operation); outside they are opaque strings with a
 * prefix. Digits are Crockford's base 32 in lower case, of fixed width, so that sorting text sorts numbers.
 */
export type MemberId = number;
/** The distribution column of every per-member table: 0..1023. */
export type Bucket = number;
/** A partner's slug, such as `sever`; ties between funders are broken by it, in code point order. */
export type PartnerId = string;

export const BUCKETS = 1024;

const DIGITS = "0123456789abcdefghjkmnpqrstvwxyz";
const MEMBER_WIDTH = 11;
const SEQ_WIDTH = 6;

/** Spreads members evenly over buckets; never changes, or rows would be looked for in the wrong place. */
export function bucketOf(member: MemberId): Bucket {
  return mix32((member >>> 0) ^ mix32(Math.floor(member / 4_294_967_296))) & (BUCKETS - 1);
}

export const memberIds = {
  format: (id: MemberId): string => `mem_${encode(id, MEMBER_WIDTH)}`,
  parse: (text: string): MemberId | undefined => decode(text, "mem_", MEMBER_WIDTH),
};

/** One member's n-th operation, or the lot or hold that it began. */
export type OperationRef = { readonly member: MemberId; readonly seq: number };

export const operationIds = refIds("op_");
export const holdIds = refIds("hold_");
/** A member's n-th subscription. */
export const subscriptionIds = refIds("sub_");

/** A lot as storage keeps it: the operation that began it, its part, and the funder's place among the part's funders. */
export type LotRef = OperationRef & { readonly part: number; readonly index: number };

export const lotIds = {
  format: (ref: LotRef): string =>
    `lot_${encode(ref.member, MEMBER_WIDTH)}${encode(ref.seq, SEQ_WIDTH)}${encode(ref.part, 2)}${encode(ref.index, 2)}`,
};

function refIds(prefix: string) {
  return {
    format: (ref: OperationRef): string => prefix + encode(ref.member, MEMBER_WIDTH) + encode(ref.seq, SEQ_WIDTH),
    parse: (text: string): OperationRef | undefined => {
      if (text.length !== prefix.length + MEMBER_WIDTH + SEQ_WIDTH) return undefined;
      const member = decode(text.slice(0, prefix.length + MEMBER_WIDTH), prefix, MEMBER_WIDTH);
      const seq = decode(text.slice(prefix.length + MEMBER_WIDTH), "", SEQ_WIDTH);
      return member === undefined || seq === undefined ? undefined : { member, seq };
    },
  };
}

function encode(value: number, width: number): string {
  let text = "";
  let rest = value;
  for (let i = 0; i < width; i++) {
    text = DIGITS[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

function decode(text: string, prefix: string, width: number): number | undefined {
  if (text.length !== prefix.length + width || !text.startsWith(prefix)) return undefined;
  let value = 0;
  for (let i = prefix.length; i < text.length; i++) {
    const digit = DIGITS.indexOf(text[i] as string);
    if (digit < 0) return undefined;
    value = value * 32 + digit;
  }
  return Number.isSafeInteger(value) ? value : undefined;
}
