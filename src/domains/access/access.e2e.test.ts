import assert from "node:assert/strict";
import { test } from "node:test";
import { testApi } from "../../../test/support/api.ts";

const api = await testApi();
const { keys } = api;
const at = new Date(api.clock.now()).toISOString();
let number = 0;
const receipt = (partner = "alfa") => ({
  partner,
  store: `${partner}-1`,
  till: "1",
  number: `access-${++number}`,
  at,
  member: { kind: "card", value: "6000" },
  lines: [{ category: "food", amount: 100 }],
});

test("without a key, with a wrong one or another scheme nobody gets in, and nothing of the body is read", async () => {
  const forged = `${keys.till.slice(0, -1)}${keys.till.endsWith("0") ? "1" : "0"}`;
  for (const authorization of ["", "Bearer", "Bearer x", `Bearer ${forged}`, `Basic ${keys.till}`, keys.till]) {
    const answer = await api.call("/v1/receipts", { body: "{", headers: { authorization } });
    assert.equal(answer.status, 401, authorization);
    assert.equal(answer.body.code, "unauthenticated");
    assert.equal(answer.headers.get("www-authenticate"), "Bearer");
  }
});

test("a key that nobody was given is not let in, however well it is made", async () => {
  const other = await api.makeKey("till", "alfa");
  await api.engines.pool.query("delete from api_key where key_id = $1", [other.id]);
  assert.equal((await api.call("/v1/receipts", { key: other.key, body: receipt() })).status, 401);
});

test("each role does what the table says", async () => {
  const award = { member: { kind: "card", value: "6000" }, pointsCents: 100, funder: "alfa", reason: "late" };
  const statuses = async (path: string, body: unknown) => {
    const found: Record<string, number> = {};
    for (const [role, key] of Object.entries(keys)) {
      const headers = { "idempotency-key": `${path}-${role}` };
      found[role] = (await api.call(path, { key, body, headers })).status;
    }
    return found;
  };
  assert.deepEqual(await statuses("/v1/quotes", receipt()), {
    till: 200,
    partner: 200,
    analyst: 403,
    operator: 200,
    admin: 200,
  });
  assert.deepEqual(await statuses("/v1/receipts", { ...receipt(), number: "each" }), {
    till: 201,
    partner: 201,
    analyst: 403,
    operator: 201,
    admin: 201,
  });
  assert.deepEqual(await statuses("/v1/awards", award), {
    till: 403,
    partner: 201,
    analyst: 403,
    operator: 201,
    admin: 201,
  });
  assert.deepEqual(await statuses("/v1/keys", { role: "analyst", name: "x" }), {
    till: 403,
    partner: 403,
    analyst: 403,
    operator: 403,
    admin: 201,
  });
});

test("a partner's key acts for that partner only", async () => {
  const refused = await api.call("/v1/receipts", { key: keys.till, body: receipt("beta") });
  assert.equal(refused.status, 403);
  assert.equal(refused.body.code, "forbidden-partner");
  assert.equal((await api.call("/v1/receipts", { key: keys.operator, body: receipt("beta") })).status, 201);
});

test("a partner sees the members and receipts that it knows; of the others it may not even know that they are", async () => {
  const sold = await api.call("/v1/receipts", {
    key: keys.till,
    body: { ...receipt(), member: { kind: "card", value: "6001" } },
  });
  const member = String(sold.body.member);
  const beta = (await api.makeKey("partner", "beta")).key;
  const paths = [
    `/v1/members/${member}/wallet`,
    `/v1/members/${member}/operations`,
    `/v1/members/${member}/lots`,
    `/v1/receipts/${sold.body.receiptId}`,
  ];
  for (const path of paths) {
    assert.equal((await api.call(path, { key: keys.partner })).status, 200, path);
    assert.equal((await api.call(path, { key: keys.analyst })).status, 200, path);
    assert.equal((await api.call(path, { key: beta })).status, 404, path);
  }
  const who = { kind: "card", value: "6001" };
  assert.deepEqual((await api.call("/v1/members/lookup", { key: keys.till, body: who })).body, { member, sees: [] });
  const hidden = await api.call("/v1/members/lookup", { key: beta, body: who });
  const nobody = await api.call("/v1/members/lookup", { key: beta, body: { kind: "card", value: "nobody" } });
  assert.deepEqual([hidden.status, hidden.body.detail], [404, nobody.body.detail]);
  await api.call("/v1/receipts", { key: beta, body: { ...receipt("beta"), member: who } });
  assert.equal(
    (await api.call(paths[0] as string, { key: beta })).status,
    200,
    "once it has sold to the member it sees it",
  );
});

test("an administrator makes a key, sees it in the list without its secret, and ends it", async () => {
  const body = { role: "till", partner: "alfa", name: "Kiosk" };
  const made = await api.call("/v1/keys", { key: keys.admin, body });
  assert.equal(made.status, 201, made.text);
  const key = String(made.body.key);
  assert.equal((await api.call("/v1/receipts", { key, body: receipt() })).status, 201, "it works at once");
  const list = await api.call("/v1/keys?partner=alfa&limit=200", { key: keys.admin });
  const listed = (list.body.items as unknown as { id: string; createdBy: string }[]).find(
    ({ id }) => id === String(made.body.id),
  );
  assert.match(String(listed?.createdBy), /^key_/);
  assert.equal(list.text.includes(key), false);
  const { rows } = await api.engines.pool.query("select * from api_key where key_id = $1", [made.body.id]);
  assert.equal(JSON.stringify(rows).includes(key), false, "storage has no secret");
  const ended = await api.call(`/v1/keys/${made.body.id}`, { key: keys.admin, method: "DELETE" });
  assert.equal(ended.status, 200);
  assert.match(String(ended.body.revokedBy), /^key_/);
  assert.equal((await api.call("/v1/receipts", { key, body: receipt() })).status, 401, "it ends at once here");
  const again = await api.call(`/v1/keys/${made.body.id}`, { key: keys.admin, method: "DELETE" });
  // The day of its last use is noted beside the requests, so it may come later.
  const { lastUsedDay: _before, ...endedFor } = ended.body;
  const { lastUsedDay: _after, ...againFor } = again.body;
  assert.deepEqual(againFor, endedFor, "ending it again changes nothing");
  assert.equal((await api.call("/v1/keys/key_nothing", { key: keys.admin, method: "DELETE" })).status, 404);
});

test("keys are listed in pages, each once", async () => {
  for (let i = 0; i < 7; i++) {
    api.clock.advance(1);
    await api.makeKey("analyst");
  }
  const seen: string[] = [];
  let cursor = "";
  do {
    const page = await api.call(`/v1/keys?limit=3${cursor}`, { key: keys.admin });
    seen.push(...(page.body.items as unknown as { id: string }[]).map(({ id }) => id));
    cursor = page.body.next === undefined ? "" : `&cursor=${page.body.next}`;
  } while (cursor !== "");
  const { rows } = await api.engines.pool.query<{ n: number }>("select count(*)::int as n from api_key");
  assert.equal(seen.length, rows[0]?.n);
  assert.deepEqual([...new Set(seen)].sort().reverse(), seen);
});

test("a key ended by another process is refused within a second", async () => {
  const { key, id } = await api.makeKey("till", "alfa");
  assert.equal((await api.call("/v1/receipts", { key, body: receipt() })).status, 201);
  await api.engines.pool.query("update api_key set revoked_at = now() where key_id = $1", [id]);
  assert.equal((await api.call("/v1/receipts", { key, body: receipt() })).status, 201, "not known here yet");
  api.clock.advance(1_000);
  assert.equal((await api.call("/v1/receipts", { key, body: receipt() })).status, 401);
});

test("a key ends when its time has come, to the millisecond", async () => {
  const expiresAt = new Date(api.clock.now() + 400).toISOString();
  const made = await api.call("/v1/keys", {
    key: keys.admin,
    body: { role: "till", partner: "alfa", name: "Fair", expiresAt },
  });
  const key = String(made.body.key);
  api.clock.advance(399);
  assert.equal((await api.call("/v1/quotes", { key, body: receipt() })).status, 200);
  api.clock.advance(1);
  assert.equal((await api.call("/v1/quotes", { key, body: receipt() })).status, 401);
  const past = { role: "analyst", name: "Late", expiresAt };
  assert.equal((await api.call("/v1/keys", { key: keys.admin, body: past })).body.code, "key-expired");
});

test("the day of a key's last use is kept, to find keys that nobody needs", async () => {
  const { key, id } = await api.makeKey("till", "alfa");
  const dayOf = async () =>
    (
      await api.engines.pool.query<{ day: string | null }>(
        "select last_used_day as day from api_key where key_id = $1",
        [id],
      )
    ).rows[0]?.day;
  assert.equal(await dayOf(), null);
  await api.call("/v1/quotes", { key, body: receipt() });
  const today = new Date(api.clock.now()).toISOString().slice(0, 10);
  // It is written on the side: asked for until it is there.
  for (let tries = 0; tries < 100 && (await dayOf()) === null; tries++)
    await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await dayOf(), today);
});
