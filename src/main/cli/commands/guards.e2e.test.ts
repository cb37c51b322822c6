import assert from "node:assert/strict";
import { test } from "node:test";
import { dolka } from "../../../../test/stack.ts";
import { type Json, testApi } from "../../../../test/support/api.ts";
import { SMALL_COALITION } from "../../../../test/support/programmes.ts";

const VELOCITY =
  "velocity:\n  own: { name: own, of: [cashier, card], limit: 1 time, per: day, action: review }\nlots: { activation: 14 days }\n";
const api = await testApi({
  programme: `${SMALL_COALITION}\n${VELOCITY}`,
  isStored: true,
  now: new Date().toISOString(),
});
const env = {
  PG_URL: api.engines.pgUrl,
  CLICKHOUSE_URL: api.engines.clickhouseUrl,
  DOLKA_IDENTIFIER_SECRET: "test",
};
async function run(...args: string[]): Promise<Json> {
  const { code, stdout, stderr } = await dolka([...args, "--json"], env);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Json;
}
let number = 0;
const buy = (card: string) =>
  api.call("/v1/receipts", {
    key: api.keys.till,
    body: {
      ...{ partner: "alfa", store: "alfa-1", till: "1", number: String(++number), cashier: "17" },
      at: new Date(api.clock.now()).toISOString(),
      member: { kind: "card", value: card },
      lines: [{ category: "food", amount: 10_000 }],
    },
  });

test("a card blocked in the terminal is refused at the till until it is lifted; the value is shown nowhere", async () => {
  assert.equal((await buy("2200")).status, 201);
  const from = "2026-01-01T00:00:00+03:00";
  const add = ["block", "add", "card", "2200", "--reason", "an incident", "--from", from, "--by", "anna"];
  const made = await run(...add);
  assert.deepEqual([made.kind, made.subject, made.blockedBy] as unknown[], ["identifier", "card", "anna"]);
  await api.guards.refresh();
  const refused = await buy("2200");
  assert.deepEqual([refused.status, refused.body.code as unknown], [422, "blocked"]);
  const [text, listed] = await Promise.all([dolka(["block", "list"], env), run("block", "list")]);
  assert.match(text.stdout, /blk_1 {2}identifier card from .* by anna: an incident/);
  assert.doesNotMatch(text.stdout + JSON.stringify(listed), /2200/);
  const lifted = await run("block", "lift", "blk_1", "--reason", "mended");
  assert.equal(lifted.liftReason as unknown, "mended");
  await api.guards.refresh();
  assert.equal((await buy("2200")).status, 201);
  assert.deepEqual(await run("block", "list"), []);
});

test("what waits is listed and decided in the terminal, once; the points follow", async () => {
  const decidedOf = async (member: Json | undefined) =>
    (await api.call(`/v1/members/${member}/wallet`, { key: api.keys.operator })).body;
  const [first, held] = [await buy("2300"), await buy("2300")];
  const open = (await run("alert", "list", "--open", "--member", String(held?.body.member))) as unknown as Json[];
  assert.deepEqual(
    open.map(({ receiptId, pointsCents }) => [receiptId, pointsCents]),
    [[held?.body.receiptId, 1_000]],
  );
  const id = String(open[0]?.alert);
  const decided = await run("alert", "decide", id, "take-back", "--note", "looked into", "--by", "anna");
  assert.deepEqual([decided.state, decided.decidedBy, decided.note] as unknown[], [
    "taken-back",
    "anna",
    "looked into",
  ]);
  assert.equal((await decidedOf(first?.body.member)).pendingCents as unknown, 1_000, "the first one's are left");
  const again = await dolka(["alert", "decide", id, "release", "--note", "no"], env);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /is taken-back: there is nothing to decide/);
});

test("what is no block and no alert is bad usage, and says what is expected", async () => {
  const [kind, cashier, alert] = await Promise.all([
    dolka(["block", "add", "colour", "red", "--reason", "x"], env),
    dolka(["block", "add", "cashier", "17", "--reason", "x"], env),
    dolka(["alert", "decide", "17", "release", "--note", "x"], env),
  ]);
  assert.deepEqual([kind.code, cashier.code, alert.code], [2, 2, 2]);
  assert.match(kind.stderr, /'colour' can't be blocked/);
  assert.match(cashier.stderr, /kalitka\/17/);
  assert.match(alert.stderr, /alr_/);
});
