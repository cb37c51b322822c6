import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { verifyProjections } from "#domains/ledger/index.ts";
import { createCalendar } from "#kernel/time.ts";
import { testEngines } from "../engines.ts";
import { explore } from "./explore.ts";
import { openStand } from "./stand.ts";
import { bringBack, type PutAside } from "./stored.ts";
import { warehouseMatrix } from "./warehouse.ts";
import { world } from "./world.ts";

/** Declares the tests of the stateful comparison, playing random histories for so long under each policy. */
export async function testTruthsOnCheckout(secondsEach: number): Promise<void> {
  const engines = await testEngines();
  const settled = new Map<string, number>();
  const hidden: PutAside[] = [];

  describe("the checkout on PostgreSQL does what the reference model does", () => {
    for (const returns of [{ policy: "original" }, { policy: "grace", graceDays: 1 }] as const) {
      test(`returns of expired points: ${returns.policy}`, async (t) => {
        const programme = world(returns);
        const stand = openStand(engines, programme);
        await explore(stand, programme, { seconds: secondsEach, label: (text) => t.diagnostic(text) });
        for (const kind of ["receipt", "return", "hold", "capture", "void", "award"]) {
          assert.ok((stand.tally.get(`${kind} answered`) ?? 0) > 0, `no ${kind} was ever accepted`);
        }
        for (const [cell, cents] of stand.matrix) settled.set(cell, (settled.get(cell) ?? 0) + cents);
        hidden.push(...stand.putAside);
      });
    }

    test("verify finds nothing to say of all these histories", async () => {
      await bringBack(engines.pool, hidden);
      const calendar = createCalendar("Europe/Moscow");
      const report = await verifyProjections(engines.pool, { calendar, now: Date.now });
      assert.deepEqual(report.differences, []);
    });

    test("the settlement that the warehouse computes of all these histories is the model's, to the kopeck", async () => {
      const expected = new Map([...settled].filter(([, cents]) => cents !== 0).sort());
      const months = new Set([...settled.keys()].map((cell) => cell.slice(0, 7)));
      const computed = await warehouseMatrix(engines, [...months]);
      assert.deepEqual(new Map([...computed].filter(([, cents]) => cents !== 0).sort()), expected);
    });
  });
}
