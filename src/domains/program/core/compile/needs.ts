import { listOf } from "../document/shorthand.ts";
import type { Check } from "./compiled.ts";
import type { ConditionTables, FlatWhen } from "./conditions.ts";

/** Slots below it have a bit in `slotBits`: small integers have 31. */
export const BITS = 30;

/**
 * What a condition asks of the member: of each group (levels, subscriptions, boosts, segments) at least one. Two groups
 * fit into masks, which cost an `and` each; more of them, and slots beyond the bits, become checks.
 */
export function compileNeeds(
  when: FlatWhen,
  tables: ConditionTables,
): {
  readonly masks: readonly number[];
  readonly checks: readonly Check[];
  readonly gate: readonly number[] | undefined;
} {
  const { levels, slots } = tables;
  const boosts = listOf(when.boost).map((key) => slots.slotOf("boost", key));
  const subscriptions = listOf(when.subscription).map((key) => slots.slotOf("subscription", key));
  const segments = listOf(when.segment).map((key) => slots.slotOf("segment", key));
  const groups = [boosts, subscriptions, segments, listOf(when.level).map((id) => levels.get(id)?.number ?? -1)].filter(
    (group) => group.length > 0,
  );
  const small = groups.filter((group) => group.every((slot) => slot >= 0 && slot < BITS));
  const inMasks = small.slice(0, 2);
  return {
    // Few have a given boost, more are in a segment, most of those that a rule asks for have a subscription.
    gate: [boosts, segments, subscriptions].find((group) => group.length > 0),
    masks: inMasks.map((group) => group.reduce((mask, slot) => mask | (1 << slot), 0)),
    checks: groups.filter((group) => !inMasks.includes(group)).map(slotCheck),
  };
}

function slotCheck(group: readonly number[]): Check {
  return (context) => group.some((slot) => context.slots[slot] === 1);
}
