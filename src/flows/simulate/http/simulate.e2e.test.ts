import assert from "node:assert/strict";
import { test } from "node:test";
import { feedAll } from "../../../../test/feed.ts";
import { testApi } from "../../../../test/support/api.ts";

const api = await testApi();
const { analyst, operator, partner, till } = api.keys;
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

async function ended(id: string) {
  for (;;) {
    const answer = await api.call(`/v1/simulations/${id}`, { key: analyst });
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

test("what is wrong in a change is named by its place; partners and tills may not ask; other jobs are not shown", async () => {
  const wrong = await ask({ change: { patch: 1, rules: { base: { earn: "lots" } } }, ...WINDOW });
  assert.equal(wrong.status, 400, wrong.text);
  assert.match(wrong.text, /"pointer":"\/change\/rules\/base\/earn/);
  assert.equal((await ask({ change: TWELVE, from: "2026-06-16", to: "2026-06-15" })).status, 422);
  assert.equal((await ask({ change: TWELVE, from: "2026-06-31", to: "2026-06-31" })).status, 400);
  for (const key of [partner, till]) assert.equal((await ask({ change: TWELVE, ...WINDOW }, key)).status, 403);
  assert.equal((await api.call("/v1/simulations/job_none", { key: operator })).status, 404);
  assert.equal((await api.call("/v1/simulations/job_none/cancel", { key: operator, body: {} })).status, 404);
});
