import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { insertMerge } from "#domains/identity/index.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { createCodes, promoStore, readUse } from "#domains/offers/index.ts";
import { applyProgramme, canonicalJson, loadProgrammes } from "#domains/program/index.ts";
import { createCheckout, type Principal } from "#flows/checkout/index.ts";
import { mergeMembers } from "#flows/merge/index.ts";
import type { Drafted } from "#flows/publishing/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { manualClock } from "#platform/clock.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { testEngines } from "../../../test/engines.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";
import {
  activateOffer,
  changeOfferState,
  changePromoState,
  createFindByIdentifier,
  draftOffers,
  draftPromos,
  exportCodes,
  forecastOfferDraft,
  forecastPromoDraft,
  importAssignments,
  makeCodes,
  readOffers,
  redeemPromo,
  tendOffers,
} from "./index.ts";

const engines = await testEngines();
const { pool } = engines;
const clock = manualClock(Date.parse("2026-06-01T12:00:00+03:00"));
const applied = await applyProgramme(
  { pool, clock },
  { file: { name: "p", text: SMALL_COALITION }, appliedBy: "test", comment: "", effectiveFromAt: 0 },
);
assert.ok(applied.ok);
const programmes = await loadProgrammes({ pool, clock });
const secret = Buffer.from("test");
const codes = createCodes(secret);
const checkout = createCheckout({ pool, clock, programmes, identifierSecret: secret });
const random = (count: number) => Buffer.alloc(count, 5);
const deps = { pool, clock, programmes, checkout, codes, random, refresh: programmes.refresh };
const operator: Principal = { keyId: "op", role: "operator" };
const common = "name: { ru: Имя, en: Name }, from: 2026-06-01, until: 2026-12-31";

async function ok<T>(outcome: Promise<{ ok: true; value: T } | { ok: false; failure: unknown }>): Promise<T> {
  const result = await outcome;
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

async function live(kind: "offer" | "promotion", text: string): Promise<void> {
  const use =
    kind === "offer"
      ? { draft: draftOffers, forecast: forecastOfferDraft, change: changeOfferState }
      : { draft: draftPromos, forecast: forecastPromoDraft, change: changePromoState };
  const file = { name: "f", text: `format: 1\n${kind}s:\n  ${text}` };
  for (const { id } of await ok<Drafted[]>(use.draft(deps, { file, who: "anna", comment: "" }))) {
    await ok<object>(use.forecast(deps, { id, who: "anna" }));
    const change = { id, action: "approve", who: "boris", comment: "" } as const;
    await ok<object>(use.change(deps, change));
  }
  await programmes.refresh();
  clock.advance(1_000);
}

let number = 0;
async function buy(card: string, amount: number) {
  const shop = { partner: "alfa", store: "alfa-1", till: "1", number: String(++number), at: clock.now() };
  const lines = [{ category: "food", amountKopecks: amount }];
  const receipt = { ...shop, lines, deliveryFeeKopecks: 0, tenders: [], spendCents: 0 };
  const request = { receipt, member: { by: "identifier", kind: "card", value: card } as const };
  const { body } = await ok(checkout.postReceipt(request, operator));
  clock.advance(1_000);
  return { member: memberIds.parse(body.member as string) as number, earned: body.earned };
}

test("an offer's budget is everybody's: what is left of it is given, then it is closed", async () => {
  await live(
    "offer",
    `scarce: { partner: alfa, ${common}, points: "20 points", funders: { alfa: 1 }, budget: "30 points" }`,
  );
  const { member, earned } = await buy("1", 10_000);
  assert.equal(earned, 1_000 + 2_000);
  assert.equal((await buy("2", 10_000)).earned, 1_000 + 1_000);
  assert.equal((await buy("3", 10_000)).earned, 1_000);
  const told = (await readOffers(deps, member))?.offers.find(({ offer }) => offer === "scarce");
  assert.deepEqual([told?.state, told?.closed?.code], ["closed", "budget-exhausted"]);
  await ok(changeOfferState(deps, { id: "scarce", action: "end", who: "anna", comment: "" }));
  await programmes.refresh();
});

test("a programme applied from its file keeps live offers; what a process left in it is put right", async () => {
  await live("offer", `kept: { partner: alfa, ${common}, percent: "1%", funders: { alfa: 1 } }`);
  const file = { name: "p", text: SMALL_COALITION };
  await ok(applyProgramme(deps, { file, appliedBy: "x", comment: "" }));
  await programmes.refresh();
  assert.ok(programmes.current().rules.has("offer-kept"));
  // As if a process had died between the pause and the programme.
  await pool.query("update offer set state = 'paused' where id = 'kept'");
  await tendOffers(deps);
  assert.ok(!programmes.current().rules.has("offer-kept"));
  assert.ok(!canonicalJson(programmes.current().document).includes("offer-kept"));
});

test("who is merged keeps what was given to either, and what it has used of it", async () => {
  await live(
    "offer",
    `pair: { partner: alfa, ${common}, personal: true, activation: true, points: "10 points", funders: { alfa: 1 }, limits: { times: "2 times" } }`,
  );
  const [a, b] = [await buy("20", 100), await buy("21", 100)];
  const folder = mkdtempSync(join(tmpdir(), "dolka-"));
  after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "members.csv");
  writeFileSync(path, "kind,value\ncard,21\ncard,nobody\n");
  const findByIdentifier = createFindByIdentifier(pool, secret);
  const report = await ok(importAssignments({ ...deps, findByIdentifier }, path, "pair", "anna"));
  assert.deepEqual([report.assigned, report.refused.length, report.isWhole], [1, 1, true]);
  await ok(activateOffer(deps, b.member, "pair", { keyId: "app" }));
  clock.advance(1_000);
  assert.equal((await buy("21", 10_000)).earned, 2_000);
  const reason = { by: "test", why: "the same person" };
  const merged = await transaction(pool, async (client) => {
    const done = await mergeMembers({ now: clock.now, programmes }, client, a.member, b.member, reason);
    const [at, seq] = [clock.now(), done.ok ? done.value.mergedSeq : 0];
    await insertMerge(client, { member: b.member, seq, survivor: a.member, at, decidedBy: "test", why: [] });
    return done;
  });
  assert.ok(merged.ok);
  const offers = (await readOffers(deps, b.member))?.offers.find(({ offer }) => offer === "pair");
  assert.deepEqual([offers?.state, offers?.usedTimes, offers?.leftTimes], ["active", 1, 1]);
});

test("an interrupted import goes on behind what it wrote down, and gives nothing twice", async () => {
  await live("offer", `many: { partner: alfa, ${common}, personal: true, percent: "2%", funders: { alfa: 1 } }`);
  const members: number[] = [];
  for (let i = 0; i < 30; i++) members.push((await buy(`m${i}`, 100)).member);
  const folder = mkdtempSync(join(tmpdir(), "dolka-"));
  after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "many.csv");
  const rows = Array.from({ length: 450 }, (_, i) => memberIds.format(members[i % 30] as number));
  writeFileSync(path, `member\n${rows.join("\n")}\n`);
  const stop = new AbortController();
  const findByIdentifier = createFindByIdentifier(pool, secret);
  const onRow = (seen: number) => seen >= 200 && stop.abort();
  const first = await ok(
    importAssignments({ ...deps, findByIdentifier, signal: stop.signal, onRow }, path, "many", "anna"),
  );
  assert.equal(first.isWhole, false);
  assert.ok(first.rows < 450);
  const second = await ok(importAssignments({ ...deps, findByIdentifier }, path, "many", "anna"));
  assert.deepEqual([second.isWhole, second.rows, second.assigned], [true, 450, 30]);
  const { rows: posted } = await pool.query(
    "select count(*)::int as n from operation where body -> 'reward' ->> 'offer' = 'many'",
  );
  assert.equal(posted[0].n, 30);
});

test("one code from two processes at once is used once; a shared one as often as its limit says", async () => {
  await live(
    "promotion",
    `race: { partner: alfa, ${common}, unique: 40, gives: { points: "5 points" }, funders: { alfa: 1 } }`,
  );
  await live(
    "promotion",
    `limit: { partner: alfa, ${common}, code: LIMITED, limit: "7 times", gives: { points: "1 point" }, funders: { alfa: 1 } }`,
  );
  for (const id of ["race", "limit"]) await makeCodes(deps, (await promoStore.read(pool, id)) as never);
  const list: string[] = [];
  for await (const code of await ok(exportCodes(deps, "race", undefined))) list.push(code);
  assert.equal(list.length, 40);
  // Another process: connections, memory and checkout of its own.
  const others = createPool({ url: engines.pgUrl, applicationName: "other", max: 8 });
  after(() => others.end());
  const otherCheckout = createCheckout({ pool: others, clock, programmes, identifierSecret: secret });
  const other = { ...deps, pool: others, checkout: otherCheckout };
  const members: number[] = [];
  for (let i = 0; i < 12; i++) members.push((await buy(`r${i}`, 100)).member);
  const uses = members.flatMap((member, i) => [
    redeemPromo(i % 2 === 0 ? deps : other, member, list[0] as string, "app"),
    redeemPromo(i % 2 === 0 ? other : deps, member, "limited", "app"),
  ]);
  const outcomes = await Promise.all(uses);
  assert.equal(outcomes.filter((each, i) => i % 2 === 0 && each.ok).length, 1);
  assert.equal(outcomes.filter((each, i) => i % 2 === 1 && each.ok).length, 7);
  const given = await pool.query(
    "select body -> 'reward' ->> 'promo' as promo, count(*)::int as n from operation where body -> 'reward' ->> 'promo' in ('race', 'limit') group by 1 order by 1",
  );
  assert.deepEqual(given.rows, [
    { promo: "limit", n: 7 },
    { promo: "race", n: 1 },
  ]);
  assert.equal((await readUse(pool, "limit"))?.used, 7);
  await otherCheckout.drain();
});

test("a benefit that a dead process left is given by the worker, once; one whose budget is spent frees its code", async () => {
  await live(
    "promotion",
    `left: { partner: alfa, ${common}, unique: 5, gives: { points: "4 points" }, funders: { alfa: 1 } }`,
  );
  await live(
    "promotion",
    `dry: { partner: alfa, ${common}, unique: 5, gives: { points: "4 points" }, funders: { alfa: 1 }, budget: "4 points" }`,
  );
  for (const id of ["left", "dry"]) await makeCodes(deps, (await promoStore.read(pool, id)) as never);
  const codesOf = async (id: string) => {
    const list: string[] = [];
    for await (const code of await ok(exportCodes(deps, id, undefined))) list.push(code);
    return list;
  };
  const left = await codesOf("left");
  const { member } = await buy("30", 100);
  const dead = { ...deps, checkout: { ...checkout, reward: () => Promise.reject(new Error("killed")) } };
  await assert.rejects(redeemPromo(dead, member, left[0] as string, "app"));
  clock.advance(20_000);
  await tendOffers(deps);
  await tendOffers(deps);
  const again = await ok(redeemPromo(deps, member, left[0] as string, "app"));
  assert.deepEqual([again.replayed, again.body.cents], [true, 400]);
  const { rows } = await pool.query(
    "select count(*)::int as n from operation where body -> 'reward' ->> 'promo' = 'left'",
  );
  assert.equal(rows[0].n, 1);
  const dry = await codesOf("dry");
  await ok(redeemPromo(deps, member, dry[0] as string, "app"));
  const { member: late } = await buy("31", 100);
  const refused = await redeemPromo(deps, late, dry[1] as string, "app");
  assert.equal(!refused.ok && refused.failure.code, "budget-exhausted");
  assert.equal((await readUse(pool, "dry"))?.used, 1);
});

test("all of it can be rebuilt from the operations", async () => {
  const report = await verifyProjections(pool, { calendar: programmes.current().calendar, now: clock.now });
  assert.deepEqual(report.differences, []);
});
