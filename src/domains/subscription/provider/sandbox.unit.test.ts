import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "#platform/clock.ts";
import { createSandbox, SANDBOX_SLOW_MS } from "./sandbox.ts";

const clock = manualClock(1_000_000);
const sandbox = createSandbox(clock);
const charge = (token: string, over: { key?: string; attempt?: number } = {}) =>
  sandbox.charge({
    kind: "charge",
    key: "sub_1.1",
    amountKopecks: 19_900,
    token,
    createdAt: 1_000_000,
    attempt: 0,
    ...over,
  });

test("the same order gets the same answer, however often it is sent", async () => {
  for (const token of ["tok_ok", "tok_closed", "tok_no_money", "tok_waits", "tok_anything"]) {
    assert.deepEqual(await charge(token), await charge(token));
  }
  assert.notDeepEqual(await charge("tok_ok"), await charge("tok_ok", { key: "sub_1.2" }));
});

test("tokens do what their names say", async () => {
  const state = async (token: string, over = {}) => (await charge(token, over)).state;
  assert.equal(await state("tok_ok"), "succeeded");
  assert.deepEqual(await charge("tok_closed").then((o) => o.state === "declined" && o.mayRetry), false);
  assert.deepEqual(await charge("tok_no_money").then((o) => o.state === "declined" && o.mayRetry), true);
  assert.deepEqual(
    [await state("tok_retry_2", { attempt: 1 }), await state("tok_retry_2", { attempt: 2 })],
    ["declined", "succeeded"],
  );
  assert.deepEqual(
    [await state("tok_first_1"), await state("tok_first_1", { key: "sub_1.2" })],
    ["succeeded", "declined"],
  );
  assert.equal(await state("tok_slow"), "pending");
  await assert.rejects(charge("tok_down"), /down/);
  clock.advance(SANDBOX_SLOW_MS);
  assert.deepEqual(
    [await state("tok_slow"), await state("tok_down"), await state("tok_waits")],
    ["succeeded", "succeeded", "pending"],
  );
});

test("what became of an order is what it was answered, and a card is checked without taking anything", async () => {
  const order = { kind: "charge", key: "sub_1.1", amountKopecks: 19_900, createdAt: 1_000_000, attempt: 0 } as const;
  for (const token of ["tok_ok", "tok_closed", "tok_waits"]) {
    assert.deepEqual(await sandbox.status({ ...order, token }), await charge(token));
  }
  const check = async (token: string) => (await sandbox.authorise({ key: "a", token })).state;
  assert.deepEqual(
    [await check("tok_ok"), await check("tok_no_money"), await check("tok_closed")],
    ["succeeded", "succeeded", "declined"],
  );
});
