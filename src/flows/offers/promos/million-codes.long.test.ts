import assert from "node:assert/strict";
import { test } from "node:test";
import { createCodes, promoStore, readUse, type StoredPromo } from "#domains/offers/index.ts";
import { systemClock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { testEngines } from "../../../../test/engines.ts";
import { exportCodes, makeCodes } from "../index.ts";

const { pool } = await testEngines();
const codes = createCodes(Buffer.from("test"));
const deps = { pool, clock: systemClock, codes, random: (count: number) => Buffer.alloc(count, 9) };
const MILLION = 1_000_000;

test("a million codes are made though it is interrupted, all different, and given out once", async (t) => {
  const promo: StoredPromo = {
    ...{
      id: "million",
      partner: "alfa",
      state: "live",
      revision: 1,
      hash: "h",
      editedBy: "anna",
      editedAt: 0,
      liveSpans: [],
    },
    document: {
      partner: "alfa",
      name: "x",
      from: "2026-01-01",
      until: "2026-12-31",
      unique: MILLION,
      gives: { points: "1 point" },
    },
  };
  await transaction(pool, (client) => promoStore.put(client, promo));
  const began = performance.now();
  const stop = new AbortController();
  const isWhole = await makeCodes(deps, promo, stop.signal, (made) => made >= 300_000 && stop.abort());
  assert.equal(isWhole, false);
  assert.equal((await readUse(pool, "million"))?.generated, 300_000);
  assert.equal(await makeCodes(deps, promo), true);
  const made = performance.now();
  const exported = await exportCodes(deps, "million", undefined);
  assert.ok(exported.ok);
  const all = new Set<string>();
  for await (const code of exported.value) all.add(code);
  assert.equal(all.size, MILLION);
  const { rows } = await pool.query("select count(*)::int as n from promo_code where promo = 'million'");
  assert.equal(rows[0].n, MILLION);
  assert.equal((await exportCodes(deps, "million", undefined)).ok, false);
  const seconds = (from: number, to: number) => ((to - from) / 1_000).toFixed(1);
  t.diagnostic(`made in ${seconds(began, made)} s, exported in ${seconds(made, performance.now())} s`);
});
