import assert from "node:assert/strict";
import { test } from "node:test";
import { statedOf } from "./mission-forecast.ts";

test("assumptions are three values from low to high: percentages as basis points, members as a count", () => {
  assert.deepEqual(statedOf({ won: "1%,2.5%,6%", audience: "900,1000,1200", spend: "90%,110%,140%" }), {
    won: { low: 100, expected: 250, high: 600 },
    audience: { low: 900, expected: 1_000, high: 1_200 },
    spend: { low: 9_000, expected: 11_000, high: 14_000 },
  });
  assert.deepEqual(statedOf({}), {});
});

test("what is no such range is refused with an example of one", () => {
  for (const won of ["2%", "1%,2%", "3%,2%,4%", "1,2,3", "1%,2%,101%", "1%,2%,3%,4%", "a%,2%,3%", ""]) {
    assert.throws(() => statedOf({ won }), /--won needs three values from low to high, such as 1%,3%,6%/, won);
  }
  assert.throws(() => statedOf({ audience: "1%,2%,3%" }), /9000,10000,12000/);
});
