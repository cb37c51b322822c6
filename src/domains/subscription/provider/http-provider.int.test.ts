import assert from "node:assert/strict";
import { after, test } from "node:test";
import { manualClock } from "#platform/clock.ts";
import { startGateway } from "../testing/gateway.ts";
import { createHttpProvider, ProviderUnavailable } from "./http-provider.ts";
import type { ChargeOrder, RefundOrder } from "./provider.ts";

const clock = manualClock(Date.parse("2026-06-15T12:00:00+03:00"));
const gateway = await startGateway(clock);
after(() => gateway.close());
const options = {
  ...{ clock, url: gateway.url, timeoutMs: 150, tries: 3, pauseMs: 1 },
  secrets: [gateway.secret] as const,
};
const provider = createHttpProvider(options);

let number = 0;
const chargeOf = (over: Partial<ChargeOrder> = {}): ChargeOrder => ({
  ...{ kind: "charge", key: `sub_1.${++number}`, amountKopecks: 19_900, token: "tok_ok", attempt: 0 },
  createdAt: clock.now(),
  ...over,
});

test("money is taken, given back and asked after; a card is checked", async () => {
  const order = chargeOf();
  const charged = await provider.charge(order);
  assert.deepEqual(charged, { state: "succeeded", reference: `gw-${order.key}` });
  assert.deepEqual(await provider.status(order), charged);
  const refund: RefundOrder = {
    ...{ kind: "refund", key: `sub_1.${++number}`, amountKopecks: 5_000, token: "tok_ok", createdAt: clock.now() },
    chargeReference: charged.reference,
  };
  assert.equal((await provider.refund(refund)).state, "succeeded");
  assert.equal(gateway.takenKopecks(), 14_900);
  assert.equal(await provider.status(chargeOf()), undefined, "never heard of it");
  assert.equal((await provider.authorise({ key: "card.1", token: "tok_ok" })).state, "succeeded");
  assert.deepEqual(await provider.authorise({ key: "card.2", token: "tok_closed" }), {
    ...{ state: "declined", reference: "gw-card.2", decline: "card-closed", mayRetry: false },
  });
});

for (const fault of [
  "500-before",
  "500-after",
  "silence-before",
  "silence-after",
  "reset-before",
  "reset-after",
  "429",
  "garbage",
] as const) {
  test(`after ${fault} the same order is sent again with its key, and paid once`, async () => {
    const order = chargeOf();
    gateway.faults.push(fault, fault);
    assert.equal((await provider.charge(order)).state, "succeeded");
    assert.equal(gateway.carriedOut(order.key), 1);
    assert.equal(gateway.heard.filter((each) => each === `charge ${order.key}`).length, 3);
  });
}

test("an order that gets no answer leaves nothing known; sent again later it is the same order", async () => {
  const order = chargeOf();
  gateway.faults.push("silence-after", "500-before", "reset-after");
  await assert.rejects(provider.charge(order), ProviderUnavailable);
  clock.advance(60_000);
  assert.equal((await provider.charge(order)).state, "succeeded");
  assert.equal(gateway.carriedOut(order.key), 1);
});

test("what the gateway refuses to look at is not pressed on it", async () => {
  const order = chargeOf();
  await provider.charge(order);
  await assert.rejects(provider.charge({ ...order, amountKopecks: 1 }), /409/);
  assert.equal(gateway.heard.filter((each) => each === `charge ${order.key}`).length, 2);
  const stranger = createHttpProvider({ ...options, secrets: [Buffer.alloc(32, 9)] });
  await assert.rejects(stranger.charge(chargeOf()), /401/);
});

test("after three orders without an answer the gateway is left alone for ten seconds", async () => {
  const own = createHttpProvider({ ...options, tries: 1 });
  gateway.faults.push("500-before", "500-before", "500-before");
  for (let i = 0; i < 3; i++) await assert.rejects(own.charge(chargeOf()), /500/);
  const heard = gateway.heard.length;
  await assert.rejects(own.charge(chargeOf()), /a moment ago/);
  assert.equal(gateway.heard.length, heard, "nobody waits for it");
  clock.advance(10_000);
  assert.equal((await own.charge(chargeOf())).state, "succeeded");
});

test("a gateway that nobody listens at is told apart from a no", async () => {
  const nobody = await startGateway(clock);
  await nobody.close();
  const own = createHttpProvider({ ...options, url: nobody.url });
  await assert.rejects(own.charge(chargeOf()), /ECONNREFUSED/);
});

test("its messages are known by their signature", () => {
  const order = chargeOf();
  return provider.charge(order).then(() => {
    const { body, headers } = gateway.message(order.key);
    assert.ok(provider.isOwnMessage(headers, Buffer.from(body)));
    assert.ok(!provider.isOwnMessage(headers, Buffer.from(body.replace("succeeded", "declined"))));
    assert.ok(!provider.isOwnMessage({}, Buffer.from(body)));
  });
});
