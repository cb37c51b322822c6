import assert from "node:assert/strict";
import { test } from "node:test";
import { type Published, refusedOf } from "./published-files.ts";

const kinds: readonly Published[] = ["mission", "offer", "promotion", "game"];

test("whatever is published is refused in the same words", () => {
  for (const kind of kinds) {
    const told = (code: string, details: object = {}) => refusedOf(kind, { code, ...details }).message;
    assert.equal(told(`unknown-${kind}`), `There is no such ${kind}.`);
    assert.equal(
      told(`${kind}-own-approval`, { editedBy: "anna" }),
      "anna wrote the last revision; another person approves it.",
    );
    assert.equal(
      told(`${kind}-state`, { state: "ended", action: "pause" }),
      `The ${kind} is ended; pause is not possible.`,
    );
    assert.equal(told(`${kind}-approved`, { [kind]: "x" }), `The ${kind} x was approved and does not change any more.`);
    const errors = [{ file: "f.yaml", line: 2, column: 3, path: "/a", kind: "meaning", message: "expected b" }];
    assert.equal(told(`${kind}s-invalid`, { errors }), "f.yaml:2:3 /a: expected b\n1 error; nothing was changed.");
    assert.equal(told("promo-codes-not-ready", { generated: 1, of: 2 }), "promo codes not ready; generated 1; of 2");
  }
});
