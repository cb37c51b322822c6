import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { testEngines, testLength } from "../engines.ts";
import { explore } from "./explore.ts";
import { openStand } from "./stand.ts";
import { world } from "./world.ts";

const engines = await testEngines();

describe("the checkout on PostgreSQL does what the reference model does", () => {
  for (const returns of [{ policy: "original" }, { policy: "grace", graceDays: 1 }] as const) {
    test(`returns of expired points: ${returns.policy}`, async (t) => {
      const programme = world(returns);
      const stand = openStand(engines, programme);
      await explore(stand, programme, {
        seconds: testLength() === "long" ? 240 : 30,
        label: (text) => t.diagnostic(text),
      });
      for (const kind of ["receipt", "return", "hold", "capture", "void", "award"]) {
        assert.ok((stand.tally.get(`${kind} answered`) ?? 0) > 0, `no ${kind} was ever accepted`);
      }
    });
  }
});
