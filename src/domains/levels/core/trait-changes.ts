import type { Trait } from "#domains/ledger/index.ts";
import type { EpochMs } from "#kernel/time.ts";
import type { Span } from "./spans.ts";

/** The traits that turn what was given into what should hold. One that began at another time ends where it began. */
export function traitChanges(given: readonly Span[], desired: readonly Span[]): Trait[] {
  const changes: Trait[] = [];
  for (const { level, fromAt } of given) {
    const isKept = desired.some((span) => span.level === level && span.fromAt === fromAt);
    if (!isKept) changes.push({ kind: "level", key: level, fromAt, untilAt: fromAt });
  }
  for (const { level, fromAt, untilAt } of desired) {
    const isGiven = given.some((span) => span.level === level && span.fromAt === fromAt && span.untilAt === untilAt);
    if (!isGiven) changes.push({ kind: "level", key: level, fromAt, untilAt });
  }
  return changes;
}

/** What is given after an operation with these traits. */
export function givenAfter(
  given: readonly Span[],
  traits: readonly (readonly [Trait["kind"], string, EpochMs, EpochMs | null])[],
): Span[] {
  let spans = [...given];
  for (const [kind, level, fromAt, untilAt] of traits) {
    if (kind !== "level" || untilAt === null) continue;
    spans = spans.filter((span) => span.level !== level || span.fromAt !== fromAt);
    if (untilAt > fromAt) spans.push({ level, fromAt, untilAt });
  }
  return spans;
}
