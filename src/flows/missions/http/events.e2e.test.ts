import assert from "node:assert/strict";
import { test } from "node:test";
import { testApi } from "../../../../test/support/api.ts";

const api = await testApi();
const bank = (await api.makeKey("partner", "telecom")).key;

const receipt = {
  partner: "alfa",
  store: "alfa-1",
  till: "1",
  number: "1",
  at: "2026-06-15T11:59:00+03:00",
  lines: [{ category: "food", amount: 100 }],
  member: { kind: "phone", value: "+79000000001" },
};
const { body: made } = await api.call("/v1/receipts", { key: api.keys.till, body: receipt });
const member = String(made.member);

function event(id: string, over: object = {}) {
  const known = { kind: "phone", value: "8 900 000-00-01" };
  return { partner: "telecom", id, type: "number-moved", member: known, at: "2026-06-14T10:00:00+03:00", ...over };
}

test("an event is taken once: a repeat is answered the same, another body under its id is a conflict", async () => {
  const data = { plan: "family", lines: 3, isNew: true };
  const body = event("e1", { data });
  const first = await api.call("/v1/events", { key: bank, body });
  assert.equal(first.status, 201, first.text);
  assert.equal(first.body.member, member);
  const reordered = { ...body, data: { isNew: true, lines: 3, plan: "family" } };
  const again = await api.call("/v1/events", { key: bank, body: reordered });
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.deepEqual(again.body, first.body);
  const other = await api.call("/v1/events", { key: bank, body: { ...body, type: "number-kept" } });
  assert.equal(other.status, 409);
  const stored = await api.call("/v1/events/telecom/e1", { key: bank });
  assert.deepEqual(stored.body.data, data);
  assert.equal((await api.call("/v1/events/telecom/e1", { key: api.keys.till })).status, 404);
});

test("many at once, with repeats among them, make one event each", async () => {
  const bodies = Array.from({ length: 60 }, (_, i) => event(`many-${i % 20}`));
  const answers = await Promise.all(bodies.map((body) => api.call("/v1/events", { key: bank, body })));
  assert.ok(answers.every(({ status }) => status === 201));
  assert.equal(answers.filter(({ headers }) => headers.get("idempotency-replayed") !== "true").length, 20);
});

test("an event of a stranger, of another partner, of the future or with a product is refused and leaves nothing", async () => {
  const before = await api.countRows();
  const refusals: [object, number][] = [
    [event("r1", { member: { kind: "phone", value: "+79990000000" } }), 404],
    [event("r2", { partner: "alfa" }), 403],
    [event("r3", { at: "2026-06-16T10:00:00+03:00" }), 422],
    [event("r4", { data: { sku: "4600" } }), 400],
    [event("r5", { data: { nested: { a: 1 } } }), 400],
    [event("r6", { data: { share: 0.5 } }), 400],
    [event("r7", { member: { id: "mem_zzzzzzzzzzz" } }), 404],
  ];
  for (const [body, status] of refusals) {
    const answer = await api.call("/v1/events", { key: bank, body });
    assert.equal(answer.status, status, answer.text);
  }
  assert.equal(await api.countRows(), before);
});

test("a batch of events is answered line by line, and may be sent again", async () => {
  const lines = [event("b1"), event("b1"), { partner: "telecom" }, event("b2", { member: { id: member } })];
  const body = lines.map((line) => JSON.stringify(line)).join("\n");
  const headers = { authorization: `Bearer ${bank}`, "content-type": "application/x-ndjson" };
  const send = () => fetch(`${api.url}/v1/events/batch`, { method: "POST", headers, body });
  const read = (text: string) =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { status: number; replayed: boolean });
  const first = read(await (await send()).text());
  assert.deepEqual(
    first.map(({ status }) => status),
    [201, 201, 400, 201],
  );
  assert.equal(first.filter(({ replayed }) => replayed).length, 1);
  const again = read(await (await send()).text());
  assert.equal(again.filter(({ replayed }) => replayed).length, 3);
});
