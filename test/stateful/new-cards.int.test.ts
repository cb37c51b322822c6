import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunningCheckout } from "#flows/checkout/index.ts";
import { testEngines } from "../engines.ts";
import { openStand } from "./stand.ts";
import { START, world } from "./world.ts";

const OPERATOR = { keyId: "new-cards", role: "operator" } as const;
const stand = openStand(await testEngines(), world({ policy: "original" }));
const [checkout, other] = stand.openCheckouts().checkouts as [RunningCheckout, RunningCheckout];

const cardOf = (value: string) => ({ by: "identifier", kind: "card", value }) as const;
const buy = (at: RunningCheckout, card: string, number: string, category = "bread") =>
  at.postReceipt(
    {
      member: cardOf(card),
      receipt: {
        partner: "alfa",
        store: "alfa-1",
        till: "1",
        number,
        at: START,
        lines: [{ category, amountKopecks: 10_000 }],
        deliveryFeeKopecks: 0,
        tenders: [],
        spendCents: 0,
      },
    },
    OPERATOR,
  );
const compensate = (at: RunningCheckout, card: string) =>
  at.award(
    { idempotencyKey: `for ${card}`, member: cardOf(card), pointsCents: 500, funder: "alfa", reason: "late" },
    OPERATOR,
  );

describe("a card that nobody has shown before", () => {
  test("shown by several receipts at once, here and elsewhere, becomes one member", async () => {
    const answers = await Promise.all([
      buy(checkout, "n1", "n1-a"),
      buy(other, "n1", "n1-b"),
      buy(checkout, "n1", "n1-c"),
      buy(other, "n1", "n1-d"),
    ]);
    const members = new Set(answers.map((answer) => (answer.ok ? answer.value.body.member : answer.failure.code)));
    assert.equal(members.size, 1, [...members].join());
    const operations = answers.map((answer) => (answer.ok ? answer.value.body.operation : ""));
    assert.equal(new Set(operations).size, 4);
  });

  test("an award for it is refused, and the receipt that arrives with it is not", async () => {
    const [award, receipt] = await Promise.all([compensate(checkout, "n2"), buy(checkout, "n2", "n2")]);
    assert.ok(receipt.ok, receipt.ok ? "" : receipt.failure.code);
    // The award may also have come second: then there is a member to give it to.
    assert.ok(award.ok || award.failure.code === "unknown-member");
  });

  test("a receipt that is refused leaves no member behind", async () => {
    const refused = await buy(checkout, "n3", "n3", "unicorns");
    assert.ok(!refused.ok && refused.failure.code === "unknown-category");
    const award = await compensate(checkout, "n3");
    assert.ok(!award.ok && award.failure.code === "unknown-member");
  });

  test("a receipt that is refused does not cost its neighbour of the same card the member", async () => {
    const [refused, accepted] = await Promise.all([
      buy(checkout, "n4", "n4-a", "unicorns"),
      buy(checkout, "n4", "n4-b"),
    ]);
    assert.ok(!refused.ok && refused.failure.code === "unknown-category");
    assert.ok(accepted.ok, accepted.ok ? "" : accepted.failure.code);
  });
});
