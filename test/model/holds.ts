import type { EpochMs } from "#kernel/time.ts";
import { release, type Work } from "./booking.ts";
import { activeCents, activeOf, chooseDraws, entryOf } from "./consumption.ts";
import type { Draw, Hold, Movement, Refusal } from "./types.ts";

/** Draws active points as a spend would; `to` says whether they are spent at once or held. */
export function drawActive(
  work: Work,
  cents: number,
  to: { account: "re"; redeemer: string } | { account: "he" },
): { draws: Draw[]; movements: Movement[] } | Refusal {
  if (activeCents(work.member) < cents) {
    return { code: "insufficient-points", activeCents: activeCents(work.member) };
  }
  const draws = chooseDraws(work.member.entries, cents, activeOf);
  const redeemer = to.account === "re" ? to.redeemer : null;
  const movements = draws.map((draw): Movement => {
    const entry = entryOf(work.member, draw);
    entry.remaining -= draw.cents;
    if (to.account === "re") entry.spent += draw.cents;
    else entry.held += draw.cents;
    return ["ac", to.account, draw.seq, draw.part, draw.funder, redeemer, draw.cents];
  });
  return { draws, movements };
}

/**
 * Why an open hold can't be ended now, if so. Silent: a void after the time-out is a second end like any other
 * (`hold-not-open`); only a capture is told that it came too late.
 */
export function refuseEnding(hold: Hold | undefined, as: "capture" | "void"): Refusal | undefined {
  if (!hold) return { code: "unknown-hold" };
  if (hold.state === "timed-out" && as === "capture") return { code: "hold-expired" };
  if (hold.state !== "open") return { code: "hold-not-open", state: hold.state };
  return undefined;
}

/** Takes `cents` of what this hold holds, earliest expiry first, inside a group pro rata to what it holds there. */
export function captureFrom(
  work: Work,
  hold: Hold,
  cents: number,
  redeemer: string,
): { draws: Draw[]; movements: Movement[] } | Refusal {
  const heldCents = hold.items.reduce((total, item) => total + item.cents, 0);
  if (cents > heldCents) return { code: "capture-exceeds-hold", heldCents };
  const heldHere = (entry: { seq: number; part: number; funder: string }): number =>
    hold.items.find((item) => item.seq === entry.seq && item.part === entry.part && item.funder === entry.funder)
      ?.cents ?? 0;
  const draws = chooseDraws(work.member.entries, cents, heldHere);
  const movements = draws.map((draw): Movement => {
    const entry = entryOf(work.member, draw);
    entry.held -= draw.cents;
    entry.spent += draw.cents;
    return ["he", "re", draw.seq, draw.part, draw.funder, redeemer, draw.cents];
  });
  const rest = hold.items.map((item) => ({
    ...item,
    cents:
      item.cents -
      (draws.find((d) => d.seq === item.seq && d.part === item.part && d.funder === item.funder)?.cents ?? 0),
  }));
  hold.state = "captured";
  return { draws, movements: [...movements, ...release(work.member, rest, work.now)] };
}

export function voidThe(work: Work, hold: Hold, at: EpochMs): Movement[] {
  hold.state = "voided";
  return release(work.member, hold.items, at);
}
