import assert from "node:assert/strict";
import { test } from "node:test";
import { createIdentifierKeys, insertIdentifiers } from "#domains/identity/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { testApi } from "../../../../test/support/api.ts";
import { BANK_COALITION } from "../../../../test/support/bank-coalition.ts";
import { matchCards, settleCards } from "../index.ts";

const api = await testApi({ programme: BANK_COALITION });
const { pool } = api.engines;
const bank = (await api.makeKey("partner", "bank")).key;
const keyOf = createIdentifierKeys(Buffer.from("test"));
const deps = { pool, clock: api.clock, programmes: api.programmes, checkout: api.checkout };

/** A member with a payment token; its id. */
async function memberWith(token: string | undefined, card: string): Promise<string> {
  const at = new Date(api.clock.now()).toISOString();
  const shop = { partner: "alfa", store: "alfa-1", till: "1", number: card, at };
  const body = { ...shop, lines: [{ category: "alcohol", amount: 100 }], member: { kind: "card", value: card } };
  const answer = await api.call("/v1/receipts", { key: api.keys.till, body });
  assert.equal(answer.status, 201, answer.text);
  const member = String(answer.body.member);
  if (token !== undefined) await give(token, member);
  return member;
}

async function give(token: string, member: string): Promise<void> {
  const id = memberIds.parse(member) as number;
  await transaction(pool, (client) =>
    insertIdentifiers(client, [{ key: keyOf("payment", token), member: id, createdAt: api.clock.now() }]),
  );
}

function message(id: string, kind: string, token: string, over: object = {}) {
  return {
    bank: "bank",
    id,
    kind,
    token,
    at: "2026-06-14T12:00:00+03:00",
    amountKopecks: 100_000,
    mcc: "5812",
    ...over,
  };
}

const send = (body: object) => api.call("/v1/card-transactions", { key: bank, body });
const stateOf = async (id: string) => (await api.call(`/v1/card-transactions/bank/${id}`, { key: bank })).body;

async function earned(member: string): Promise<number> {
  const { rows } = await pool.query(
    `select coalesce(sum((m ->> 6)::int8 * case when m ->> 0 = 'ob' then 1 else -1 end), 0)::int8 as cents
     from operation o cross join json_array_elements(o.movements) m
     where o.member_id = $1 and o.partner = 'bank' and 'ob' in (m ->> 0, m ->> 1)`,
    [memberIds.parse(member)],
  );
  return Number(rows[0].cents);
}

test("a clearing earns 1 % paid by the bank, once; an authorisation earns nothing; excluded ones say why", async () => {
  const member = await memberWith("tok-1", "100");
  const auth = message("a1", "authorisation", "tok-1");
  const clearing = message("c1", "clearing", "tok-1", { of: "a1" });
  for (const body of [auth, clearing, clearing]) assert.equal((await send(body)).status, 201);
  const again = await send(clearing);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.equal((await send({ ...clearing, amountKopecks: 1 })).status, 409);
  await send(message("c2", "clearing", "tok-1", { mcc: "6011" }));
  await send(message("c3", "clearing", "tok-1", { merchant: "m-alfa" }));
  await settleCards(deps);
  assert.equal(await earned(member), 1_000);
  const posted = await stateOf("c1");
  assert.deepEqual([posted.state, posted.member], ["posted", member]);
  assert.deepEqual([(await stateOf("c2")).reason, (await stateOf("c3")).reason], ["mcc", "merchant"]);
  const lots = await pool.query("select amount from lot where member_id = $1 and funders = '{bank}'", [
    memberIds.parse(member),
  ]);
  assert.equal(lots.rows.length, 1);
  const receipt = await api.call(`/v1/receipts/${posted.receiptId}`, { key: api.keys.operator });
  assert.match(receipt.text, /elsewhere/);
});

test("in whatever order and how often it comes, it ends in the same points", async () => {
  const orders = [
    [0, 1, 2, 3, 4],
    [4, 3, 2, 1, 0],
    [2, 0, 4, 1, 3],
    [3, 1, 3, 4, 0, 2, 2],
    [1, 4, 2, 0, 3],
  ];
  const ends: unknown[] = [];
  for (const [n, order] of orders.entries()) {
    const token = `order-${n}`;
    const member = await memberWith(token, `2${n}`);
    const all = [
      message(`a-${n}`, "authorisation", token, { amountKopecks: 300_000 }),
      message(`c-${n}`, "clearing", token, { of: `a-${n}`, amountKopecks: 250_000 }),
      message(`r-${n}`, "refund", token, { of: `c-${n}`, amountKopecks: 50_000, at: "2026-06-15T10:00:00+03:00" }),
      message(`v-${n}`, "reversal", token, { of: `a-${n}`, amountKopecks: 50_000 }),
      message(`s-${n}`, "refund", token, { of: `c-${n}`, amountKopecks: 30_000, at: "2026-06-15T11:00:00+03:00" }),
    ];
    for (const index of order) {
      assert.equal((await send(all[index] as object)).status, 201);
      await settleCards(deps);
    }
    await matchCards(deps);
    await settleCards(deps);
    const states = await Promise.all(
      [`a-${n}`, `c-${n}`, `r-${n}`, `v-${n}`, `s-${n}`].map(async (id) => (await stateOf(id)).state),
    );
    ends.push([await earned(member), ...states]);
  }
  for (const end of ends) assert.deepEqual(end, [1_700, "noted", "posted", "posted", "excluded", "posted"]);
});

test("refunds of more than was paid take back what was earned and no more", async () => {
  const member = await memberWith("tok-3", "300");
  await send(message("m1", "refund", "tok-3", { of: "m0", amountKopecks: 70_000 }));
  await send(message("m2", "refund", "tok-3", { of: "m0", amountKopecks: 70_000 }));
  await send(message("m0", "clearing", "tok-3"));
  await settleCards(deps);
  await settleCards(deps);
  assert.equal(await earned(member), 0);
  assert.deepEqual([(await stateOf("m1")).state, (await stateOf("m2")).state], ["posted", "posted"]);
});

test("a stranger's token waits; once somebody has it, the payment earns by its own time", async () => {
  await send(message("w1", "clearing", "tok-late"));
  await settleCards(deps);
  assert.equal((await stateOf("w1")).state, "unmatched");
  assert.equal(await matchCards(deps), 0);
  const member = await memberWith("tok-late", "400");
  assert.equal(await matchCards(deps), 1);
  await settleCards(deps);
  assert.equal(await earned(member), 1_000);
});

test("a card number is refused and stored nowhere; another bank's messages and state are nobody's", async () => {
  const bad = await send(message("x1", "clearing", "4111 1111 1111 1111"));
  assert.equal(bad.status, 400);
  assert.match(bad.text, /card-number/);
  assert.equal((await send(message("x2", "refund", "tok-1"))).status, 400, "names nothing");
  assert.equal(
    (await api.call("/v1/card-transactions", { key: api.keys.partner, body: message("x3", "clearing", "t") })).status,
    403,
  );
  assert.equal((await api.call("/v1/card-transactions/bank/c1", { key: api.keys.partner })).status, 404);
  assert.equal((await send(message("x4", "clearing", "t", { at: "2026-06-16T12:00:00+03:00" }))).status, 422);
  const { rows } = await pool.query("select count(*)::int as n from card_message where message_id like 'x%'");
  assert.equal(rows[0].n, 0);
});

test("a batch is answered line by line", async () => {
  const member = await memberWith("tok-6", "600");
  const lines = [
    message("b1", "clearing", "tok-6"),
    message("b2", "clearing", "tok-6", { mcc: "1" }),
    message("b1", "clearing", "tok-6"),
  ];
  const answer = await api.call("/v1/card-transactions/batch", {
    method: "POST",
    key: bank,
    body: lines.map((line) => JSON.stringify(line)).join("\n"),
    headers: { "content-type": "application/x-ndjson" },
  });
  const statuses = answer.text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).status);
  assert.deepEqual(statuses, [201, 400, 201], answer.text);
  await settleCards(deps);
  assert.equal(await earned(member), 1_000);
});
