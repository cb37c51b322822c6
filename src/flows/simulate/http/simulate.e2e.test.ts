import assert from "node:assert/strict";
import { test } from "node:test";
import { feedAll } from "../../../../test/feed.ts";
import { testApi } from "../../../../test/support/api.ts";

const api = await testApi();
const { analyst, operator, partner, till } = api.keys;
const telecom = (await api.makeKey("partner", "telecom")).key;
for (const number of ["1", "2"]) {
  const answer = await api.call("/v1/receipts", {
    key: till,
    body: {
      ...{ partner: "alfa", store: "alfa-1", till: "1", number, at: "2026-06-15T11:59:00+03:00" },
      lines: [{ category: "food", amount: 10_000 }],
      member: { kind: "phone", value: "+79000000001" },
    },
  });
  assert.equal(answer.status, 201, answer.text);
}
await feedAll(api.engines);

const ask = (body: object, key = analyst) => api.call("/v1/simulations", { key, body });
const WINDOW = { from: "2026-06-15", to: "2026-06-15" };
const TWELVE = { patch: 1, rules: { base: { earn: "12%" } } };

async function ended(id: string, key = analyst) {
  for (;;) {
    const answer = await api.call(`/v1/simulations/${id}`, { key });
    if (answer.body.state !== ("running" as never)) return answer.body;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test("an analyst asks what 12 % instead of 10 % would have cost, follows the job and reads who would have paid", async () => {
  const asked = await ask({ change: TWELVE, ...WINDOW });
  assert.equal(asked.status, 202, asked.text);
  const job = (await ended(String(asked.body.id))) as unknown as {
    state: string;
    result: {
      receipts: number;
      total: object;
      funders: { id: string; differenceCents: number }[];
      check: { reproduced: number };
    };
  };
  assert.equal(job.state, "done", JSON.stringify(job));
  const { result } = job;
  assert.equal(result.receipts, 2);
  assert.equal(result.check.reproduced, 2);
  assert.deepEqual(result.total, { beforeCents: 2_000, afterCents: 2_400, differenceCents: 400 });
  assert.deepEqual(
    result.funders.map(({ id, differenceCents }) => [id, differenceCents]),
    [
      ["alfa", 200],
      ["beta", 120],
      ["telecom", 80],
    ],
  );
});

test("what is wrong in a change is named by its place; tills may not ask; other jobs are not shown", async () => {
  const wrong = await ask({ change: { patch: 1, rules: { base: { earn: "lots" } } }, ...WINDOW });
  assert.equal(wrong.status, 400, wrong.text);
  assert.match(wrong.text, /"pointer":"\/change\/rules\/base\/earn/);
  assert.equal((await ask({ change: TWELVE, from: "2026-06-16", to: "2026-06-15" })).status, 422);
  assert.equal((await ask({ change: TWELVE, from: "2026-06-31", to: "2026-06-31" })).status, 400);
  assert.equal((await ask({ change: TWELVE, ...WINDOW }, till)).status, 403);
  assert.equal((await api.call("/v1/simulations/job_none", { key: operator })).status, 404);
  assert.equal((await api.call("/v1/simulations/job_none/cancel", { key: operator, body: {} })).status, 404);
});

test("a partner asks about its own rules, sees its own receipts and of costs its own, and nobody else's jobs", async () => {
  const asked = await ask({ change: TWELVE, ...WINDOW }, partner);
  assert.equal(asked.status, 202, asked.text);
  const { result } = (await ended(String(asked.body.id), partner)) as unknown as {
    result: { partner: string; receipts: number; total: object; expectedCostKopecks: number; heldFixed: string[] } & {
      [rows in "funders" | "partners"]: { id: string; differenceCents: number }[];
    };
  };
  assert.equal(result.partner, "alfa");
  assert.deepEqual(result.total, { beforeCents: 2_000, afterCents: 2_400, differenceCents: 400 });
  const ids = (rows: { id: string; differenceCents: number }[]) => rows.map((row) => [row.id, row.differenceCents]);
  assert.deepEqual(ids(result.funders), [["alfa", 200]], "what others would pay is theirs to know");
  assert.deepEqual(ids(result.partners), [["alfa", 400]]);
  assert.match(result.heldFixed.join(), /Counted are receipts of alfa/);
  assert.equal((await api.call(`/v1/simulations/${asked.body.id}`, { key: telecom })).status, 404);
  assert.equal((await api.call(`/v1/simulations/${asked.body.id}/cancel`, { key: telecom, body: {} })).status, 404);
  const all = await ask({ change: TWELVE, ...WINDOW });
  assert.equal((await api.call(`/v1/simulations/${all.body.id}`, { key: partner })).status, 404);
});

test("a partner learns nothing of others' receipts: not by a rule on them, nor by everybody's caps, nor by a whole programme", async () => {
  const spying = { name: { ru: "Что?", en: "What?" }, when: { partner: "alfa" }, earn: "1%", funders: "telecom" };
  const refused = async (change: object) => {
    const answer = await ask({ change, ...WINDOW }, telecom);
    assert.equal(answer.status, 403, answer.text);
    return (answer.body as unknown as { type: string; paths: string[] }).paths;
  };
  assert.deepEqual(await refused({ patch: 1, rules: { spying } }), ["/rules/spying"]);
  assert.deepEqual(await refused({ patch: 1, rules: { spying: { ...spying, when: {} } } }), ["/rules/spying"]);
  const cap = { name: spying.name, per: "day", limit: "1 point", appliesTo: "all" };
  assert.deepEqual(await refused({ patch: 1, caps: { cap } }), ["/caps/cap"]);
  assert.deepEqual(await refused({ patch: 1, spending: { everywhere: { largestShare: "50%" } } }), ["/spending"]);
  const own = await ask({ change: { patch: 1, rules: { telecom: { earn: "12%" } } }, ...WINDOW }, telecom);
  const { result } = (await ended(String(own.body.id), telecom)) as unknown as {
    result: { receipts: number; funders: object[] };
  };
  assert.equal(result.receipts, 0, "alfa's receipts are not telecom's");
  assert.deepEqual(result.funders, [{ id: "telecom", beforeCents: 400, afterCents: 400, differenceCents: 0 }]);
});
