import assert from "node:assert/strict";
import { test } from "node:test";
import { testApi } from "../../../../test/support/api.ts";
import { SMALL_COALITION } from "../../../../test/support/programmes.ts";

const programme = SMALL_COALITION.replace(
  "  telecom: { name: {ru: Телеком, en: Telecom}, kind: telecom, canFund: true, canRedeem: true }",
  "  telecom: { name: {ru: Телеком, en: Telecom}, kind: telecom, canFund: true, canRedeem: true, funding: { mode: prepaid } }",
);
const api = await testApi({ programme });
const { operator, till, partner, analyst } = api.keys;
const own = (await api.makeKey("partner", "telecom")).key;
const path = "/v1/funders/telecom/deposits";
const enter = (body: object, idempotencyKey: string, key = operator) =>
  api.call(path, { key, body, headers: { "idempotency-key": idempotencyKey } });

test("the operator enters a deposit once; the partner reads it, another partner does not", async () => {
  const first = await enter({ amountKopecks: 5_000, note: "order 1" }, "one");
  assert.equal(first.status, 201, first.text);
  assert.deepEqual([first.body.entry, first.body.depositedCents], [1, 5_000]);
  const again = await enter({ amountKopecks: 5_000, note: "order 1" }, "one");
  assert.deepEqual([again.status, again.headers.get("idempotency-replayed")], [201, "true"]);
  assert.deepEqual(again.body, first.body);
  const other = await enter({ amountKopecks: 6_000 }, "one");
  assert.deepEqual([other.status, other.body.type], [409, "/docs/errors/idempotency-conflict"]);
  for (let i = 2; i <= 3; i++) await enter({ amountKopecks: 100 }, `top-up ${i}`.replace(" ", "-"));
  const page = await api.call(`${path}?limit=2`, { key: own });
  assert.deepEqual(
    (page.body.items as unknown as { entry: number }[]).map(({ entry }) => entry),
    [3, 2],
  );
  const rest = await api.call(`${path}?limit=2&cursor=${String(page.body.next)}`, { key: own });
  assert.deepEqual(
    (rest.body.items as unknown as { entry: number }[]).map(({ entry }) => entry),
    [1],
  );
  assert.equal((await api.call(path, { key: partner })).status, 403);
  assert.equal((await enter({ amountKopecks: 100 }, "mine", own)).status, 403);
  assert.equal((await api.call(path, { key: till })).status, 403);
});

test("what makes no sense is refused and nothing is written", async () => {
  const before = await api.countRows();
  const refused = async (body: object, to = "telecom", idempotencyKey: string | undefined = "x") => {
    const headers = idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey };
    const answer = await api.call(`/v1/funders/${to}/deposits`, { key: operator, body, headers });
    return [answer.status, String(answer.body.type).split("/").at(-1)];
  };
  assert.deepEqual(await refused({ amountKopecks: 1 }, "alfa"), [422, "funder-not-prepaid"]);
  assert.deepEqual(await refused({ amountKopecks: 1 }, "nobody"), [404, "unknown-funder"]);
  assert.deepEqual(await refused({ kind: "withdrawal", amountKopecks: 1_000_000 }), [422, "deposit-short"]);
  for (const body of [
    { amountKopecks: 0 },
    { amountKopecks: 1.5 },
    { amountKopecks: -1 },
    {},
    { amountKopecks: 1, more: 1 },
  ]) {
    assert.equal((await refused(body))[0], 400);
  }
  assert.equal((await refused({ amountKopecks: 1 }, "telecom", "")).at(0), 400);
  assert.equal((await api.call("/v1/funders/nobody", { key: operator })).status, 404);
  assert.equal((await api.call("/v1/funders?redemptionBp=10001", { key: operator })).status, 400);
  assert.equal((await api.call(`${path}?cursor=abc`, { key: operator })).status, 400);
  assert.equal(await api.countRows(), before);
});

test("exposure is told as it is now: a partner's own to it, all of them to the coalition", async () => {
  const at = new Date(api.clock.now()).toISOString();
  const body = {
    ...{ partner: "telecom", store: "telecom-1", till: "1", number: "1", at },
    ...{ member: { kind: "card", value: "1" }, lines: [{ category: "food", amount: 40_000 }] },
  };
  const receipt = await api.call("/v1/receipts", { key: operator, body });
  assert.deepEqual([receipt.status, receipt.body.earned], [201, 4_000], receipt.text);
  const { body: seen } = await api.call("/v1/funders/telecom?redemptionBp=5000", { key: own });
  assert.deepEqual(
    [seen.outstandingCents, seen.expectedClaimCents, seen.depositedCents, seen.cover],
    [4_000, 2_000, 5_200, { state: "ok", limitCents: 5_200, alertCents: 4_160, usedCents: 4_000, leftCents: 1_200 }],
  );
  const mine = await api.call("/v1/funders", { key: own });
  assert.deepEqual(
    (mine.body.items as unknown as { partner: string }[]).map((each) => each.partner),
    ["telecom"],
  );
  const all = await api.call("/v1/funders", { key: analyst });
  assert.ok((all.body.items as unknown as unknown[]).length >= 4);
  assert.equal((await api.call("/v1/funders/telecom", { key: partner })).status, 403);
  const award = await api.call("/v1/awards", {
    key: operator,
    body: { member: { id: receipt.body.member }, pointsCents: 2_000, funder: "telecom", reason: "sorry" },
    headers: { "idempotency-key": "award" },
  });
  assert.deepEqual([award.status, award.body.earned], [201, 1_200], "part of it, by policy");
  const quoted = await api.call("/v1/quotes", { key: operator, body: { ...body, number: "2" } });
  assert.deepEqual([quoted.status, quoted.body.earned], [200, 0], "a quote promises nothing that the deposit lacks");
  const none = await api.call("/v1/awards", {
    key: operator,
    body: { member: { id: receipt.body.member }, pointsCents: 2_000, funder: "telecom", reason: "sorry" },
    headers: { "idempotency-key": "award-2" },
  });
  assert.deepEqual([none.status, String(none.body.type)], [422, "/docs/errors/funder-exhausted"]);
});
