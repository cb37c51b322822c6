import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyProjections } from "#domains/ledger/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { createCalendar } from "#kernel/time.ts";
import { type Json, testApi } from "../../../../test/support/api.ts";

const api = await testApi();
const { operator, partner: alfa, analyst, till } = api.keys;
const beta = (await api.makeKey("partner", "beta")).key;
const AT = "2026-06-01T12:00:00+03:00";

const put = (key: string, path: string, body: unknown) =>
  api.call(`/v1/profiles/${path}`, { method: "PUT", key, body });
const get = (key: string, path: string) => api.call(path, { key });
const codes = (body: Json) => (body as unknown as { why: { code: string }[] }).why.map(({ code }) => code);

let phones = 0;
const newPhone = () => `+7916777${String(++phones).padStart(4, "0")}`;
const proven = (value: string) => ({ kind: "phone", value, verified: true });

let receipts = 0;
async function buy(card: string, roubles: number): Promise<string> {
  const body = {
    partner: "alfa",
    store: "alfa-1",
    till: "9",
    number: String(++receipts),
    at: "2026-06-15T12:00:00+03:00",
    member: { kind: "card", value: card },
    lines: [{ category: "food", amount: roubles * 100 }],
  };
  const answer = await api.call("/v1/receipts", { key: till, body });
  assert.equal(answer.status, 201, answer.text);
  return String(answer.body.member);
}

test("a partner tells a profile, learns the member, and tells it again", async () => {
  const body = { identifiers: [proven(newPhone())], name: "Анна", at: AT };
  const first = await put(alfa, "alfa/a-1", body);
  assert.equal(first.status, 201, first.text);
  assert.equal(first.body.decision, "new");
  assert.match(String(first.body.member), /^mem_/);
  const again = await put(alfa, "alfa/a-1", body);
  assert.deepEqual([again.status, again.body], [200, first.body]);
  const read = await get(alfa, "/v1/profiles/alfa/a-1");
  assert.equal((read.body.personal as Json).name, "Анна");
});

test("bad profiles are refused and change nothing", async () => {
  const before = await api.countRows();
  const body = { identifiers: [proven(newPhone())], at: AT };
  const bad: [string, string, unknown, number][] = [
    [beta, "alfa/x", body, 403],
    [till, "alfa/x", body, 403],
    [operator, "nobody/x", body, 422],
    [alfa, "alfa/x", { ...body, identifiers: [] }, 400],
    [alfa, "alfa/x", { ...body, identifiers: [proven("call me")] }, 400],
    [alfa, "alfa/x", { ...body, identifiers: [{ kind: "email", value: "none", verified: true }] }, 400],
    [alfa, "alfa/x", { ...body, birthDate: "1985-02-45" }, 400],
    [alfa, "alfa/x", { ...body, birthDate: "1985-02-30" }, 400],
    [alfa, "alfa/x", { ...body, birthDate: "1985-13-02" }, 400],
    [alfa, "alfa/x", { ...body, name: "a\u0000b" }, 400],
    [alfa, "alfa/x", { ...body, at: "yesterday" }, 400],
    [alfa, "alfa/x", { ...body, attributes: { __proto__x: 1 } }, 400],
    [alfa, "alfa/x", { ...body, unknown: 1 }, 400],
  ];
  for (const [key, path, told, status] of bad) {
    const answer = await put(key, path, told);
    assert.equal(answer.status, status, `${JSON.stringify(told)} ${answer.text}`);
    assert.match(String(answer.headers.get("content-type")), /problem\+json/);
  }
  assert.equal(await api.countRows(), before);
});

test("the golden record names each winner, its source and what lost, by role and consent", async () => {
  const phone = newPhone();
  await put(alfa, "alfa/g-1", { identifiers: [proven(phone)], name: "Анна", birthDate: "1985-02-07", at: AT });
  const shared = { share: ["alfa"] };
  const told = { identifiers: [proven(phone)], name: "Иванова Анна Петровна", consents: shared, at: AT };
  const { member } = (await put(beta, "beta/g-1", told)).body;
  const whole = (await get(operator, `/v1/members/${member}`)).body as unknown as {
    golden: Record<string, { value: string; partner: string; losing: { value: string }[] }>;
    profiles: unknown[];
    hiddenProfiles: number;
  };
  assert.equal(whole.golden.name?.value, "Иванова Анна Петровна");
  assert.equal(whole.golden.name?.partner, "beta");
  assert.deepEqual(
    whole.golden.name?.losing.map(({ value }) => value),
    ["Анна"],
  );
  const ofAlfa = (await get(alfa, `/v1/members/${member}`)).body as unknown as typeof whole;
  assert.deepEqual([ofAlfa.profiles.length, ofAlfa.hiddenProfiles], [2, 0], "beta's profile is shared with alfa");
  const ofBeta = (await get(beta, `/v1/members/${member}`)).body as unknown as typeof whole;
  assert.deepEqual([ofBeta.profiles.length, ofBeta.hiddenProfiles], [1, 1], "alfa's is shared with nobody");
  assert.equal(ofBeta.golden.birthDate, undefined);
  assert.doesNotMatch((await get(analyst, `/v1/members/${member}`)).text, /Анна|7916/);
  const strangers = (await api.makeKey("partner", "telecom")).key;
  assert.equal((await get(strangers, `/v1/members/${member}`)).status, 404);
  const lookedUp = await api.call("/v1/members/lookup", { key: beta, body: { kind: "phone", value: phone } });
  assert.deepEqual([lookedUp.body.member, lookedUp.body.sees], [member, ["beta"]]);
  const unseen = await api.call("/v1/members/lookup", { key: strangers, body: { kind: "phone", value: phone } });
  assert.equal(unseen.status, 404);
});

test("a pair for review is decided once and remembered; merged by hand it answers with the survivor and comes apart again", async () => {
  const phone = newPhone();
  await put(alfa, "alfa/r-1", { identifiers: [proven(phone)], birthDate: "1980-01-01", at: AT });
  const other = await put(beta, "beta/r-1", { identifiers: [proven(phone)], birthDate: "1990-01-01", at: AT });
  assert.equal(other.body.decision, "for-review");
  assert.ok(codes(other.body).includes("born-on-another-day"));
  const again = await put(beta, "beta/r-1", {
    identifiers: [proven(phone), proven(newPhone())],
    birthDate: "1990-01-01",
    at: AT,
  });
  assert.equal(again.body.decision, "for-review");
  const queue = (await get(operator, "/v1/reviews?limit=200")).body as unknown as {
    items: { review: string; members: string[] }[];
  };
  const item = queue.items.find(({ members }) => members.includes(String(other.body.member)));
  assert.ok(item);
  const decide = (decision: string) =>
    api.call(`/v1/reviews/${item.review}/decision`, { key: operator, body: { decision, note: "father and son" } });
  assert.equal((await decide("keep-apart")).body.state, "apart");
  assert.equal((await decide("merge")).status, 409);

  const [one, two] = item.members as [string, string];
  const merged = await api.call(`/v1/members/${one}/merge`, { key: operator, body: { with: two, note: "no, one" } });
  assert.deepEqual(merged.body, { survivor: one, merged: two });
  assert.equal((await get(operator, `/v1/members/${two}/wallet`)).body.member, one);
  assert.equal((await get(operator, `/v1/members/${two}`)).body.member, one);
  const steps = (await get(operator, `/v1/members/${one}/explanation`)).body as unknown as {
    steps: { what: string }[];
  };
  assert.deepEqual(
    steps.steps.map(({ what }) => what),
    ["profile", "profile", "merge"],
  );
  const apart = await api.call(`/v1/members/${two}/unmerge`, { key: operator, body: { note: "two after all" } });
  assert.deepEqual(apart.body, { survivor: one, merged: two });
  assert.equal((await get(operator, `/v1/members/${two}`)).body.member, two);
  const card = { kind: "card", value: "4000123412341111", verified: true };
  await put(alfa, "alfa/r-1", { identifiers: [proven(phone), card], birthDate: "1980-01-01", at: AT });
  const proof = await put(beta, "beta/r-1", { identifiers: [card], at: AT });
  assert.ok(codes(proof.body).includes("kept-apart"), "a pair taken apart is not merged again");
});

test("who share a surname at an address are a household, and stay two members", async () => {
  const address = "Москва, Ленина 5, квартира 17";
  const one = await put(alfa, "alfa/h-1", { identifiers: [proven(newPhone())], name: "Иванова Анна", address, at: AT });
  const two = await put(alfa, "alfa/h-2", { identifiers: [proven(newPhone())], name: "Пётр Иванов", address, at: AT });
  assert.notEqual(one.body.member, two.body.member);
  const household = await get(operator, `/v1/members/${one.body.member}/household`);
  assert.deepEqual(household.body.with, [{ member: two.body.member, shares: ["address", "family-address"] }]);
});

/** 19 of the reference cases; a closed month's totals can't change: operations are only added, in the first open month. */
test("an erased member leaves nothing personal behind, and its points and holds end", async () => {
  const [phone, card] = [newPhone(), "4000999988887777"];
  const member = await buy(card, 2_500);
  const told = {
    identifiers: [proven(phone), { kind: "card", value: card, verified: true }],
    name: "Забытая Мария",
    address: "Тверь, Садовая 1, 2",
    at: AT,
  };
  assert.equal((await put(alfa, "alfa/e-1", told)).body.member, member);
  const hold = { partner: "beta", member: { id: member }, pointsCents: 4_000, ttlSeconds: 600 };
  const headers = { "idempotency-key": "erase-hold" };
  const held = await api.call("/v1/holds", { key: operator, headers, body: hold });
  assert.equal(held.status, 201, held.text);
  const erased = await api.call(`/v1/members/${member}`, { method: "DELETE", key: operator });
  assert.deepEqual([erased.status, erased.body], [200, { member, state: "erased" }], erased.text);
  assert.equal((await get(operator, `/v1/members/${member}`)).status, 404);
  const lookedUp = await api.call("/v1/members/lookup", { key: operator, body: { kind: "phone", value: phone } });
  assert.equal(lookedUp.status, 404);
  const { rows } = await api.engines.pool.query<{ kind: string; sums: string }>(
    `select kind, (select coalesce(sum((m->>6)::int), 0) from json_array_elements(movements) m where m->>1 = 'ex') as sums
     from operation where member_id = (select member_id from wallet where status = 'erased') order by seq`,
  );
  assert.deepEqual(
    rows.map(({ kind, sums }) => [kind, Number(sums)]),
    [
      ["purchase", 0],
      ["hold", 0],
      ["void", 0],
      ["erasure", 25_000],
    ],
  );
  for (const table of ["identifier", "profile", "member_key", "claim", "member_trait", "member_pair"]) {
    const left = await api.engines.pool.query(
      `select 1 from ${table} where member_id = (select member_id from wallet where status = 'erased')`,
    );
    assert.equal(left.rowCount, 0, table);
  }
  assert.notEqual(await buy(card, 10), member, "the card is a stranger's now");
});

test("receipts suggest what somebody has, by rules that are data, over both cards of a merged member", async () => {
  const one = await buy("4000111122223333", 10);
  const two = await buy("4000111122224444", 10);
  await api.call(`/v1/members/${one}/merge`, { key: operator, body: { with: two, note: "one" } });
  const { items } = (await get(operator, `/v1/members/${two}/attributes`)).body as unknown as {
    items: { key: string; confidenceBp: number; evidence: { receipts: number } }[];
  };
  assert.deepEqual(
    items.map((each) => [each.key, each.evidence.receipts]),
    [["eats-at-home", 2]],
  );
  assert.equal((await get(alfa, `/v1/members/${two}/attributes`)).status, 403);
  const { rows } = await api.engines.pool.query<{ receipt_id: string }>(
    "select receipt_id from operation where member_id = $1 and kind = 'purchase'",
    [memberIds.parse(two)],
  );
  const back = await api.call(`/v1/receipts/${rows[0]?.receipt_id}/returns`, {
    key: till,
    body: { store: "alfa-1", till: "9", number: "back-1", at: "2026-06-15T12:00:00+03:00", all: true },
  });
  assert.equal(back.status, 201, back.text);
  const left = (await get(operator, `/v1/members/${two}/attributes`)).body as unknown as { items: typeof items };
  assert.deepEqual(
    left.items.map((each) => [each.key, each.evidence.receipts]),
    [["eats-at-home", 1]],
    "what was brought back is no evidence",
  );
});

test("strangers who were taken for one read their own receipts and nobody else's, in any depth", async () => {
  const cards = ["4000777788880001", "4000777788880002", "4000777788880003"] as const;
  const members = [await buy(cards[0], 10), await buy(cards[1], 10), await buy(cards[2], 10)] as const;
  const [father, son, friend] = members;
  const decide = (member: string, what: "merge" | "unmerge", other = {}) =>
    api.call(`/v1/members/${member}/${what}`, { key: operator, body: { note: "test", ...other } });
  await decide(son, "merge", { with: friend });
  await decide(father, "merge", { with: son });
  for (const card of cards) await buy(card, 20);
  const ofFriend = await api.engines.pool.query<{ receipt_id: string }>(
    "select receipt_id from operation where member_id = $1 and (facts ->> 'via')::int8 = $2",
    [memberIds.parse(father), memberIds.parse(friend)],
  );
  const back = await api.call(`/v1/receipts/${ofFriend.rows[0]?.receipt_id}/returns`, {
    key: till,
    body: { store: "alfa-1", till: "9", number: "back-2", at: "2026-06-15T12:00:00+03:00", all: true },
  });
  assert.equal(back.status, 201, back.text);
  assert.deepEqual(await kindsOf(father), { purchase: 6, return: 1, merge: 1 });

  await decide(son, "unmerge");
  assert.deepEqual(await kindsOf(father), { purchase: 2, merge: 1, unmerge: 1 });
  assert.deepEqual(await kindsOf(son), { purchase: 4, return: 1, merge: 2, unmerge: 1 });
  await decide(friend, "unmerge");
  assert.deepEqual(await kindsOf(father), { purchase: 2, merge: 1, unmerge: 1 });
  assert.deepEqual(await kindsOf(son), { purchase: 2, merge: 2, unmerge: 2 });
  assert.deepEqual(await kindsOf(friend), { purchase: 2, return: 1, merge: 1, unmerge: 1 });
  const { items } = (await get(operator, `/v1/members/${friend}/attributes`)).body as unknown as {
    items: { evidence: { receipts: number } }[];
  };
  assert.deepEqual(
    items.map(({ evidence }) => evidence.receipts),
    [1],
    "of the friend's own two receipts one came back",
  );
});

/** How many operations of each kind a member's history tells, a page at a time. */
async function kindsOf(member: string): Promise<Record<string, number>> {
  const kinds: Record<string, number> = {};
  for (let next = ""; ; ) {
    const page = await get(operator, `/v1/members/${member}/operations?limit=2${next}`);
    const body = page.body as unknown as { items: { kind: string }[]; next?: string };
    for (const { kind } of body.items) kinds[kind] = (kinds[kind] ?? 0) + 1;
    if (body.next === undefined) return kinds;
    next = `&cursor=${body.next}`;
  }
}

test("whom a partner knew before a merge it knows after it, under the survivor's id too", async () => {
  const elder = await put(beta, "beta/k-1", {
    identifiers: [{ kind: "card", value: "4000555566660001", verified: true }],
    at: AT,
  });
  const younger = await buy("4000555566660002", 10);
  await api.call(`/v1/members/${elder.body.member}/merge`, { key: operator, body: { with: younger, note: "one" } });
  for (const value of ["4000555566660001", "4000555566660002"]) {
    const found = await api.call("/v1/members/lookup", { key: till, body: { kind: "card", value } });
    assert.equal(found.body.member, elder.body.member, found.text);
  }
  assert.equal((await get(till, `/v1/members/${elder.body.member}/wallet`)).body.member, elder.body.member);
  assert.equal((await get(till, `/v1/members/${younger}/wallet`)).body.member, elder.body.member);
});

test("verify finds nothing to say", async () => {
  const calendar = createCalendar("Europe/Moscow");
  const report = await verifyProjections(api.engines.pool, { calendar, now: api.clock.now });
  assert.deepEqual(report.differences, []);
});
