import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyProjections } from "#domains/ledger/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { DAY_MS } from "#kernel/time.ts";
import { testApi } from "../../../../test/support/api.ts";
import { BANK_COALITION } from "../../../../test/support/bank-coalition.ts";
import { followReferrals, settleReferrals } from "../index.ts";

const api = await testApi({ programme: BANK_COALITION });
const { pool } = api.engines;
const { operator, till } = api.keys;
const deps = { pool, clock: api.clock, programmes: api.programmes, checkout: api.checkout };

async function hasSeenAll(): Promise<boolean> {
  const { rows } = await pool.query(
    "select next_xid > (select coalesce(max(xid), -1) from operation) as seen from referral_position",
  );
  return rows[0].seen;
}

async function run(): Promise<void> {
  while ((await followReferrals(deps)) || (await settleReferrals(deps)) > 0 || !(await hasSeenAll()));
}

let number = 0;
async function buy(card: string, amount: number) {
  const at = new Date(api.clock.now()).toISOString();
  const shop = { partner: "alfa", store: "alfa-1", till: "1", number: String(++number), at };
  const body = { ...shop, lines: [{ category: "alcohol", amount }], member: { kind: "card", value: card } };
  const answer = await api.call("/v1/receipts", { key: till, body });
  assert.equal(answer.status, 201, answer.text);
  api.clock.advance(1_000);
  return { member: String(answer.body.member), receiptId: String(answer.body.receiptId) };
}

async function giveBack(receiptId: string, amount: number) {
  const at = new Date(api.clock.now()).toISOString();
  const body = { store: "alfa-1", till: "1", number: String(++number), at, lines: [{ line: 0, amount }] };
  const answer = await api.call(`/v1/receipts/${receiptId}/returns`, { key: till, body });
  assert.equal(answer.status, 201, answer.text);
  api.clock.advance(1_000);
}

/** A member known by a profile, who has bought nothing. */
let people = 0;
async function newcomer(card: string, over: object = {}): Promise<string> {
  const id = `p${++people}`;
  const at = new Date(api.clock.now()).toISOString();
  const body = {
    at,
    identifiers: [{ kind: "card", value: card, verified: true }],
    consents: { share: "all" },
    ...over,
  };
  const answer = await api.call(`/v1/profiles/alfa/${id}`, { method: "PUT", key: operator, body });
  assert.ok(answer.status < 300, answer.text);
  return String(answer.body.member);
}

const invite = async (member: string) => (await api.call(`/v1/members/${member}/referrals`, { key: operator })).body;
const accept = (code: unknown, card: string, over: object = {}) =>
  api.call("/v1/referrals", { key: operator, body: { code, member: { kind: "card", value: card }, ...over } });

async function rewards(member: string) {
  const { rows } = await pool.query(
    `select body -> 'reward' ->> 'referral' as side, (body ->> 'cents')::int8 as cents from operation
     where member_id = $1 and body -> 'reward' ->> 'referral' is not null order by seq`,
    [memberIds.parse(member)],
  );
  return rows.map((row) => [row.side, Number(row.cents)]);
}

test("both sides are rewarded once, when the first real purchase has stayed bought for its days", async () => {
  const { member: inviter } = await buy("100", 50_000);
  const invited = await newcomer("101");
  const { code } = await invite(inviter);
  const accepted = await accept(code, "101", { device: "d-1" });
  assert.equal(accepted.status, 201, accepted.text);
  assert.equal(accepted.body.state as unknown, "waiting");
  assert.equal((await accept(code, "101")).headers.get("idempotency-replayed"), "true");
  await buy("101", 99_900);
  await run();
  assert.equal(((await invite(invited)).came as unknown as { state: string }).state, "waiting", "too small");
  await buy("101", 100_000);
  await run();
  const came = (await invite(invited)).came as unknown as { state: string; rewardAt: string };
  assert.equal(came.state, "holding");
  assert.deepEqual(await rewards(inviter), []);
  api.clock.advance(14 * DAY_MS);
  await Promise.all([settleReferrals(deps), settleReferrals(deps)]);
  await run();
  assert.deepEqual(await rewards(inviter), [["inviter", 30_000]]);
  assert.deepEqual(await rewards(invited), [["invited", 20_000]]);
  const { rows } = await pool.query(
    "select funders, amount from lot where member_id = $1 and '{alfa,operator}' = funders",
    [memberIds.parse(inviter)],
  );
  assert.deepEqual(rows[0].amount.map(Number), [10_000, 20_000], "one third and two");
  assert.equal(((await invite(inviter)).invited as unknown as { state: string }[])[0]?.state, "rewarded");
});

test("returned within its days it earns nothing; returned after the reward, both sides give it back, once", async () => {
  const { member: inviter } = await buy("200", 50_000);
  const { code } = await invite(inviter);
  await newcomer("201");
  await accept(code, "201");
  const early = await buy("201", 150_000);
  await giveBack(early.receiptId, 60_000);
  await run();
  api.clock.advance(14 * DAY_MS);
  await run();
  assert.deepEqual(await rewards(inviter), []);
  const late = await buy("201", 150_000);
  await run();
  api.clock.advance(15 * DAY_MS);
  await run();
  assert.deepEqual(await rewards(inviter), [["inviter", 30_000]]);
  await giveBack(late.receiptId, 60_000);
  await run();
  await run();
  assert.deepEqual(await rewards(inviter), [
    ["inviter", 30_000],
    ["inviter", -30_000],
  ]);
  assert.deepEqual(await rewards(late.member), [
    ["invited", 20_000],
    ["invited", -20_000],
  ]);
});

test("loops are refused with their reason: oneself, each other, a ring, a chain of nobodies, a known device, not new", async () => {
  const { member: a } = await buy("300", 50_000);
  const codeA = (await invite(a)).code;
  const stateOf = async (code: unknown, card: string, over: object = {}) => {
    const { body, text } = await accept(code, card, over);
    return body.reason ?? body.state ?? text;
  };
  assert.equal(await stateOf(codeA, "300"), "self");
  const b = await newcomer("301");
  assert.equal(await stateOf(codeA, "301", { device: "d-3" }), "waiting");
  const codeB = (await invite(b)).code;
  assert.equal(await stateOf(codeB, "300"), "not-new");
  const c = await newcomer("302");
  assert.equal(await stateOf(codeB, "302"), "inviter-not-real");
  await buy("301", 5_000);
  assert.equal(await stateOf(codeB, "302"), "chain", "its own invitation is not rewarded yet");
  await newcomer("303");
  assert.equal(await stateOf(codeA, "303", { device: "d-3" }), "shared-device");
  assert.equal(await stateOf((await invite(c)).code, "303"), "inviter-not-real");
  assert.equal(
    await stateOf(codeA, "303", { device: "d-4" }),
    "waiting",
    "refused before, another time it may be right",
  );
  assert.equal((await accept("NOPE-NOPE-NOPE", "303")).status, 404);
  assert.equal((await accept((await invite(c)).code, "303")).status, 409, "one inviter");
});

test("A invites B, B invites A, both new: the second is refused as a loop", async () => {
  const [a, b] = [await newcomer("310"), await newcomer("311")];
  const first = await accept((await invite(a)).code, "311");
  assert.equal(first.body.reason as unknown, "inviter-not-real");
  await pool.query("update referral set state = 'waiting', reason = null where member_id = $1", [memberIds.parse(b)]);
  const back = await accept((await invite(b)).code, "310");
  assert.equal(back.body.reason as unknown, "loop");
});

test("a phone that one has and the other claims, and one household, are no strangers", async () => {
  const phone = "+7 900 555-44-33";
  const inviter = await newcomer("400", {
    identifiers: [
      { kind: "card", value: "400", verified: true },
      { kind: "phone", value: phone, verified: true },
    ],
  });
  await buy("400", 50_000);
  const { code } = await invite(inviter);
  await newcomer("401", {
    identifiers: [
      { kind: "card", value: "401", verified: true },
      { kind: "phone", value: phone, verified: false },
    ],
  });
  assert.equal((await accept(code, "401")).body.reason as unknown, "shared-identifier");
});

test("rewards a month are limited, whatever settles them", async () => {
  const { member: inviter } = await buy("500", 50_000);
  const { code } = await invite(inviter);
  for (const card of ["501", "502", "503"]) {
    await newcomer(card);
    assert.equal((await accept(code, card)).body.state as unknown, "waiting");
    await buy(card, 200_000);
  }
  await run();
  api.clock.advance(14 * DAY_MS);
  await Promise.all([settleReferrals(deps), settleReferrals(deps), settleReferrals(deps)]);
  await run();
  assert.equal((await rewards(inviter)).length, 2);
  const states = ((await invite(inviter)).invited as unknown as { state: string; reason?: string }[]).map(
    ({ state, reason }) => reason ?? state,
  );
  assert.deepEqual(states.sort(), ["month-limit", "rewarded", "rewarded"]);
});

test("while earning is stopped the reward of both sides waits, and comes once when it goes on; what came back is taken all the same", async () => {
  const { member: inviter } = await buy("650", 50_000);
  const invited = await newcomer("651");
  await accept((await invite(inviter)).code, "651");
  const { receiptId } = await buy("651", 200_000);
  await run();
  const switchOff = async () => {
    const body = { scope: "programme", what: "earning", reason: "an incident" };
    const { body: made } = await api.call("/v1/stops", { key: operator, body });
    return () => api.call(`/v1/stops/${made.stop}/resume`, { key: operator, body: { reason: "mended" } });
  };
  const resume = await switchOff();
  api.clock.advance(14 * DAY_MS);
  await run();
  assert.deepEqual([await rewards(inviter), await rewards(invited)], [[], []]);
  assert.equal(((await invite(invited)).came as unknown as { state: string }).state, "claimed", "it is still to come");
  await resume();
  api.clock.advance(60_000);
  await Promise.all([settleReferrals(deps), settleReferrals(deps)]);
  await run();
  assert.deepEqual([await rewards(inviter), await rewards(invited)], [[["inviter", 30_000]], [["invited", 20_000]]]);
  const resumeAgain = await switchOff();
  await giveBack(receiptId, 200_000);
  await run();
  assert.equal((await rewards(inviter)).length, 2, "what is taken back earns nothing");
  await resumeAgain();
});

test("who turns out to be one person with his inviter gives it back", async () => {
  const { member: inviter } = await buy("600", 50_000);
  await newcomer("601");
  await accept((await invite(inviter)).code, "601");
  const { member: invited } = await buy("601", 200_000);
  await run();
  api.clock.advance(14 * DAY_MS);
  await run();
  assert.equal((await rewards(invited)).length, 1);
  const ids = [inviter, invited].map((each) => memberIds.parse(each) as number) as [number, number];
  await mergeForTest(ids);
  await run();
  const { rows } = await pool.query("select state, reason, given from referral where member_id = $1", [ids[1]]);
  assert.deepEqual(rows, [{ state: "refused", reason: "self", given: null }]);
  const { rows: sums } = await pool.query(
    "select sum((body ->> 'cents')::int8)::int8 as cents from operation where member_id = any($1) and body -> 'reward' ->> 'referral' is not null",
    [ids],
  );
  assert.equal(Number(sums[0].cents), 0);
});

async function mergeForTest([survivor, merged]: [number, number]): Promise<void> {
  const done = await api.call(`/v1/members/${memberIds.format(survivor)}/merge`, {
    key: operator,
    body: { with: memberIds.format(merged), note: "the same person" },
  });
  assert.ok(done.status < 300, done.text);
}

test("all of it can be rebuilt from the operations", async () => {
  const report = await verifyProjections(pool, { calendar: api.programmes.current().calendar, now: api.clock.now });
  assert.deepEqual(report.differences, []);
});
