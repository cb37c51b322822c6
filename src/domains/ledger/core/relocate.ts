import type { MemberId } from "#kernel/ids.ts";
import type { StateFacts } from "./state-facts.ts";

/** An operation, a lot or a hold, by the stream it was made in, and the identifier it was made with. */
export type Place = { readonly member: MemberId; readonly via?: MemberId | undefined };

/** The stream it went to, and its number there. */
export type Departure = { readonly to: Place; readonly renumber: (seq: number) => number };

/** What an unmerge makes of the survivor's numbers in the stream of the member that goes: the merge's own again, the rest behind `shift`. */
export function renumberOf(base: number, count: number, shift: number): (seq: number) => number {
  return (seq) => (seq > base && seq <= base + count ? seq - base : shift + seq);
}

/**
 * Where an operation went with the member whose identifier it was made with; undefined when that is still there.
 * `unmerges`: the states of this stream's unmerges after it, in order.
 */
export function departureOf(unmerges: readonly StateFacts[], { member, via }: Place): Departure | undefined {
  if (via === undefined) return undefined;
  // A member that went notes the same unmerge in its own stream; what was made there before stays there.
  const state = unmerges.find(({ members = [] }) => members.includes(via) && !members.includes(member));
  if (state?.with === undefined) return undefined;
  const { base = 0, count = 0, shift = 0 } = state;
  return {
    to: { member: state.with, via: via === state.with ? undefined : via },
    renumber: renumberOf(base, count, shift),
  };
}
