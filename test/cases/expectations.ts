import assert from "node:assert/strict";
import { type Action, cents, lastDay, type Step, shown, step } from "./stage.ts";
import type { OperationSeen, Seen, WalletSeen } from "./system.ts";

/** The action is refused with this code, and the wallet of `member`, if named, stays as it was. */
export function refused(code: string, what: Action, status?: number): Step {
  return step(`refused (${code}): ${what.text}`, async (stage) => {
    const seen = await what.send(stage);
    assert.ok(!seen.ok, "it was accepted");
    assert.equal(seen.code, code);
    if (status !== undefined && seen.status !== 0) assert.equal(seen.status, status);
  });
}

/** Sent before and sent again: the same answer, marked as a replay. */
export function again(what: Action): Step {
  return step(`again: ${what.text}`, async (stage) => {
    const seen = await what.send(stage);
    assert.ok(seen.ok, seen.ok ? "" : `refused: ${seen.code}`);
    assert.ok(seen.replayed, "not a replay");
  });
}

/** All at once; `outcome` judges the answers, in no order. */
export function together(actions: readonly Action[], outcome: (answers: readonly Seen<unknown>[]) => void): Step {
  return step(`together: ${actions.map((one) => one.text).join(" | ")}`, async (stage) => {
    outcome(await Promise.all(actions.map((one) => one.send(stage))));
  });
}

/** Many copies of one action at once give one effect and equal answers. */
export function atOnce(times: number, what: Action): Step {
  return step(`${times} times at once: ${what.text}`, async (stage) => {
    const answers = await Promise.all(Array.from({ length: times }, () => what.send(stage)));
    for (const seen of answers) assert.ok(seen.ok, seen.ok ? "" : `refused: ${seen.code}`);
    const values = answers.map((seen) => (seen.ok ? seen.value : undefined));
    for (const value of values) assert.deepEqual(value, values[0]);
    assert.equal(answers.filter((seen) => seen.ok && !seen.replayed).length, 1, "one of them is the first");
  });
}

export function times(count: number, one: (index: number) => Action): Step {
  return step(`${count} times: ${one(0).text}`, async (stage) => {
    for (let i = 0; i < count; i++) await one(i).run(stage);
  });
}

type WalletSays = {
  readonly active?: string;
  readonly pending?: string;
  readonly held?: string;
  readonly arrears?: string;
};

export function expectWallet(member: string, says: WalletSays): Step {
  const text = Object.entries(says).map(([what, points]) => `${what} ${points}`);
  return step(`${member} has ${text.join(", ")}`, async (stage) => {
    const wallet = await stage.system.wallet(member);
    const seen = Object.fromEntries(Object.keys(says).map((what) => [what, shown(walletSum(wallet, what))]));
    const expected = Object.fromEntries(Object.entries(says).map(([what, points]) => [what, shown(cents(points))]));
    assert.deepEqual(seen, expected);
  });
}

function walletSum(wallet: WalletSeen, what: string): number {
  if (what === "active") return wallet.activeCents;
  if (what === "pending") return wallet.pendingCents;
  if (what === "held") return wallet.heldCents;
  return wallet.arrearsCents;
}

/** What a member owes, creditor by creditor. */
export function expectArrears(member: string, owed: Readonly<Record<string, string>>): Step {
  return step(`${member} owes ${JSON.stringify(owed)}`, async (stage) => {
    const wallet = await stage.system.wallet(member);
    const seen = Object.fromEntries([...wallet.arrearsTo].sort().map(([funder, owes]) => [funder, shown(owes)]));
    assert.deepEqual(
      seen,
      Object.fromEntries(Object.entries(owed).map(([funder, owes]) => [funder, shown(cents(owes))])),
    );
  });
}

/** All that remains, as [funder, points] or [funder, points, last day]; lots alike in what is said are added up. */
export function expectLots(member: string, expected: readonly (readonly [string, string, string?])[]): Step {
  const withDay = expected.some(([, , day]) => day !== undefined);
  return step(
    `${member}'s lots are ${expected.map((lot) => lot.filter(Boolean).join(" ")).join(", ") || "empty"}`,
    async (stage) => {
      const sums = new Map<string, number>();
      for (const lot of await stage.system.lots(member)) {
        if (lot.remainingCents === 0) continue;
        const day = lot.expiresAt === null ? "never" : lastDay(lot.expiresAt);
        const key = withDay ? `${lot.funder} ${day}` : lot.funder;
        sums.set(key, (sums.get(key) ?? 0) + lot.remainingCents);
      }
      const seen = [...sums].map(([key, points]) => `${key} ${shown(points)}`).sort();
      const wanted = expected.map(
        ([funder, points, day]) => `${funder}${withDay ? ` ${day ?? "never"}` : ""} ${shown(cents(points))}`,
      );
      assert.deepEqual(seen, wanted.sort());
    },
  );
}

/** The month's claims, as [funder, redeemer, points]. */
export function expectMatrix(month: string, expected: readonly (readonly [string, string, string])[]): Step {
  return step(
    `${month}: ${expected.map(([f, r, c]) => `${f} owes ${r} ${c}`).join(", ") || "nothing owed"}`,
    async (stage) => {
      const seen = (await stage.system.matrix(month)).map(
        (cell) => `${cell.funder} owes ${cell.redeemer} ${shown(cell.cents)}`,
      );
      assert.deepEqual(seen.sort(), expected.map(([f, r, c]) => `${f} owes ${r} ${shown(cents(c))}`).sort());
    },
  );
}

export function expectNet(month: string, expected: Readonly<Record<string, string>>): Step {
  return step(`${month} nets to ${JSON.stringify(expected)}`, async (stage) => {
    const net = await stage.system.net(month);
    const seen = Object.fromEntries(
      [...net].filter(([, value]) => value !== 0).map(([who, value]) => [who, shown(value)]),
    );
    assert.deepEqual(
      seen,
      Object.fromEntries(Object.entries(expected).map(([who, value]) => [who, shown(cents(value))])),
    );
    assert.equal(
      [...net.values()].reduce((a, b) => a + b, 0),
      0,
      "nets sum to zero",
    );
  });
}

export function expectOutstanding(funder: string, redemptionBp: number, outstanding: string, claim: string): Step {
  return step(`${funder} has ${outstanding} outstanding, ${claim} of it expected as claims`, async (stage) => {
    const seen = await stage.system.outstanding(funder, redemptionBp);
    assert.equal(shown(seen.outstandingCents), shown(cents(outstanding)));
    assert.equal(shown(seen.expectedClaimCents), shown(cents(claim)));
  });
}

type ExposureSays = {
  readonly outstanding?: string;
  readonly unsettled?: string;
  readonly claim?: string;
  readonly left?: string;
  readonly state?: string;
};

/** What a funder owes now; claims are expected of 80 % of what is outstanding. */
export function expectExposure(funder: string, says: ExposureSays): Step {
  const text = Object.entries(says).map(([what, value]) => `${what} ${value}`);
  return step(`${funder} shows ${text.join(", ")}`, async (stage) => {
    const { cover, ...seen } = await stage.system.exposure(funder, 8_000);
    const all: ExposureSays = {
      outstanding: shown(seen.outstandingCents),
      unsettled: shown(seen.unsettledCents),
      claim: shown(seen.expectedClaimCents),
      ...(cover === undefined ? {} : { left: shown(cover.leftCents), state: cover.state }),
    };
    const keys = Object.keys(says) as (keyof ExposureSays)[];
    assert.deepEqual(Object.fromEntries(keys.map((key) => [key, all[key]])), says);
  });
}

/** The last operation of a member, in the order of numbers. */
export function expectLastOperation(member: string, says: Partial<OperationSeen>): Step {
  return step(`${member}'s last operation is ${JSON.stringify(says)}`, async (stage) => {
    const last = (await stage.system.operations(member)).at(-1);
    assert.ok(last, "no operations");
    assert.deepEqual({ ...last, ...says }, last);
  });
}

/** The only operation of a kind that a member has. */
export function expectOperation(member: string, kind: string, says: Partial<OperationSeen>): Step {
  return step(`${member}'s ${kind} is ${JSON.stringify(says)}`, async (stage) => {
    const found = (await stage.system.operations(member)).filter((one) => one.kind === kind);
    assert.equal(found.length, 1, `${found.length} operations of kind ${kind}`);
    assert.deepEqual({ ...found[0], ...says }, found[0]);
  });
}

export function expectOperations(member: string, kinds: readonly string[]): Step {
  return step(`${member}'s operations are ${kinds.join(", ")}`, async (stage) => {
    assert.deepEqual(
      (await stage.system.operations(member)).map((one) => one.kind),
      kinds,
    );
  });
}

/** When a lot ends, on the clock of a member somewhere else: its last minute there. */
export function expectLastMinute(member: string, timeZone: string, expected: string): Step {
  return step(`in ${timeZone} ${member}'s points last until ${expected}`, async (stage) => {
    const [lot] = await stage.system.lots(member);
    assert.ok(lot?.expiresAt, "no lot that expires");
    const clock = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
    assert.equal(clock.format(lot.expiresAt - 1), expected);
  });
}

export function expectVerified(): Step {
  return step("everything rebuilt from operations is what is stored", async (stage) => {
    assert.deepEqual(await stage.system.verify(), []);
  });
}
