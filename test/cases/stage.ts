import assert from "node:assert/strict";
import { type EpochMs, formatDay, parseDay } from "#kernel/time.ts";
import type { ReceiptAsked, ReceiptSeen, Seen, System } from "./system.ts";

/** What a running case remembers, so that its steps can speak of "R1" and "Anna". */
export type Stage = {
  readonly system: System;
  now: EpochMs;
  readonly receipts: Map<string, { asked: ReceiptAsked; seen?: ReceiptSeen }>;
  readonly holds: Map<string, string>;
  /** Keys of the case's requests: each is used once unless a step repeats it on purpose. */
  keys: number;
};

/** One line of a case: a sentence for the report, and what it does. A failed expectation throws. */
export type Step = { readonly text: string; run(stage: Stage): Promise<void> };

/** A step that asks the system for something, and so may be refused, repeated or sent together with others. */
export type Action = Step & { send(stage: Stage): Promise<Seen<unknown>> };

/** Runs a case's steps in order on one system; the failing step is named with the steps before it. */
export async function play(system: System, steps: readonly Step[]): Promise<void> {
  const stage: Stage = { system, now: 0, receipts: new Map(), holds: new Map(), keys: 0 };
  for (const [i, step] of steps.entries()) {
    try {
      await step.run(stage);
    } catch (error) {
      const story = steps.slice(0, i + 1).map((one, n) => `${n === i ? "✗" : " "} ${n + 1}. ${one.text}`);
      throw new Error(`on ${system.name}:\n${story.join("\n")}`, { cause: error });
    }
  }
}

/** An action that is expected to succeed; `check` looks at the answer. */
export function action<T>(
  text: string,
  send: (stage: Stage) => Promise<Seen<T>>,
  check?: (value: T, stage: Stage) => void,
): Action {
  return {
    text,
    send,
    run: async (stage) => {
      const seen = await send(stage);
      assert.ok(seen.ok, seen.ok ? "" : `refused: ${seen.code}`);
      check?.(seen.value, stage);
    },
  };
}

export function step(text: string, run: (stage: Stage) => Promise<void>): Step {
  return { text, run };
}

/** "16.66" is 1,666 hundredths, of a rouble or of a point. */
export function cents(text: string): number {
  const match = /^(-?)(\d+)(?:\.(\d{2}))?$/.exec(text.replaceAll(",", ""));
  assert.ok(match, `not an amount: ${text}`);
  const value = Number(match[2]) * 100 + Number(match[3] ?? 0);
  return match[1] && value !== 0 ? -value : value;
}

export function shown(value: number): string {
  const digits = String(Math.abs(value)).padStart(3, "0");
  return `${value < 0 ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** "2025-06-15 12:00" or "… 12:00:30" of Moscow's clock, which has been UTC+3 all year round since 2014. */
export function moscow(text: string): EpochMs {
  const [day, time] = text.split(" ");
  const at = Date.parse(`${day}T${time?.length === 5 ? `${time}:00` : time}+03:00`);
  assert.ok(Number.isFinite(at), `not a time: ${text}`);
  return at;
}

/** The instant at which something ends that lives through `day`: next midnight in Moscow. */
export function endOf(day: string): EpochMs {
  const number = parseDay(day);
  assert.ok(number !== undefined, `not a day: ${day}`);
  return moscow(`${formatDay(number + 1)} 00:00`);
}

/** The last day of something that ends at `at`, as a member is told it. */
export function lastDay(at: EpochMs): string {
  return formatDay(Math.floor((at - 1 + 3 * 3_600_000) / 86_400_000));
}
