import assert from "node:assert/strict";
import { test } from "node:test";
import { createCodes } from "#domains/offers/index.ts";
import { DAY_MS } from "#kernel/time.ts";
import { testApi } from "../../../../test/support/api.ts";
import { tendOffers } from "../index.ts";

const api = await testApi({ isStored: true });
const { operator, till, partner } = api.keys;
const telecom = (await api.makeKey("partner", "telecom")).key;
const refresh = () => (api.programmes as unknown as { refresh(): Promise<boolean> }).refresh();
const deps = {
  pool: api.engines.pool,
  clock: api.clock,
  programmes: api.programmes,
  checkout: api.checkout,
  codes: createCodes(Buffer.from("test")),
  random: (count: number) => Buffer.alloc(count, 7),
  refresh,
};

const names = { name: { ru: "Имя", en: "Name" }, from: "2026-06-01", until: "2026-12-31" };

async function live(path: string, id: string, document: object, key = partner): Promise<void> {
  for (const [method, action, who, body] of [
    ["PUT", "", key, document],
    ["POST", "/forecast", key, {}],
    ["POST", "/approve", operator, { comment: "ok" }],
  ] as const) {
    const answer = await api.call(`${path}/${id}${action}`, { method, key: who, body });
    assert.equal(answer.status, 200, answer.text);
  }
  await refresh();
  api.clock.advance(1_000);
}

let number = 0;
async function buy(card: string, amount: number, over: object = {}) {
  const at = new Date(api.clock.now()).toISOString();
  const shop = { partner: "alfa", store: "alfa-1", till: "1", number: String(++number), at };
  const body = { ...shop, lines: [{ category: "food", amount }], member: { kind: "card", value: card }, ...over };
  const answer = await api.call("/v1/receipts", { key: operator, body });
  assert.equal(answer.status, 201, answer.text);
  api.clock.advance(1_000);
  return answer.body as unknown as {
    member: string;
    receiptId: string;
    earned: number;
    rules: { rule: string; points: number }[];
  };
}

const offersOf = async (member: string) => {
  const { body } = await api.call(`/v1/members/${member}/offers`, { key: operator });
  return new Map(
    (body.items as unknown as { offer: string }[]).map((item) => [item.offer, item as Record<string, unknown>]),
  );
};

test("an offer to be activated: nothing before, ten times the points after, its limit counts, what is left is told", async () => {
  const { member } = await buy("100", 10_000);
  const document = {
    partner: "alfa",
    ...names,
    activation: true,
    multiply: "10x",
    of: "base",
    limits: { times: "2 times" },
  };
  const draft = await api.call("/v1/offers/ten", { method: "PUT", key: partner, body: document });
  assert.equal(draft.status, 200, draft.text);
  assert.equal((await offersOf(member)).get("ten"), undefined, "a draft is invisible");
  assert.equal((await api.call("/v1/offers/ten", { key: telecom })).status, 404);
  await live("/v1/offers", "ten", document);
  assert.equal((await buy("100", 10_000)).earned, 1_000);
  assert.equal((await offersOf(member)).get("ten")?.state, "available");
  const both = await Promise.all(
    [1, 2].map(() => api.call(`/v1/members/${member}/offers/ten/activate`, { method: "POST", key: till })),
  );
  assert.deepEqual(
    both.map(({ status }) => status),
    [200, 200],
  );
  api.clock.advance(1_000);
  assert.equal((await buy("100", 10_000)).earned, 10_000);
  const once = (await offersOf(member)).get("ten");
  assert.deepEqual([once?.state, once?.usedTimes, once?.leftTimes], ["active", 1, 1]);
  const late = await api.call(`/v1/members/${member}/offers/ten/deactivate`, { method: "POST", key: till });
  assert.equal(late.status, 409, "it has been used");
  assert.equal((await buy("100", 10_000)).earned, 10_000);
  assert.equal((await buy("100", 10_000)).earned, 1_000, "twice only");
  assert.equal((await offersOf(member)).get("ten")?.state, "used");
});

test("an offer given up before its first use held at no time, and may be activated again", async () => {
  const { member } = await buy("200", 10_000);
  for (const verb of ["activate", "deactivate"]) {
    const done = await api.call(`/v1/members/${member}/offers/ten/${verb}`, { method: "POST", key: till });
    assert.equal(done.status, 200, done.text);
    api.clock.advance(1_000);
  }
  assert.equal((await buy("200", 10_000)).earned, 1_000);
  assert.equal(
    (await api.call(`/v1/members/${member}/offers/ten/activate`, { method: "POST", key: till })).status,
    200,
  );
  api.clock.advance(1_000);
  assert.equal((await buy("200", 10_000)).earned, 10_000);
});

test("an offer for everybody stands beside a mission in one explanation; paused, it earns nothing; resumed, again", async () => {
  await live("/v1/offers", "extra", {
    partner: "alfa",
    ...names,
    percent: "5%",
    funders: { alfa: 1 },
    limits: { receipt: "40 points" },
  });
  await live("/v1/missions", "first", {
    partner: "alfa",
    ...names,
    goal: { event: "welcome" },
    reward: { percent: "3%", at: "alfa", lasts: "30 days" },
    funders: { telecom: 1 },
  });
  const bought = await buy("300", 100_000);
  assert.equal(bought.earned, 10_000 + 4_000, "the limit per receipt cuts the offer alone");
  await api.checkout.reward({
    idempotencyKey: ["test", "boost"],
    member: Number.parseInt(
      (await api.engines.pool.query("select member_id from wallet order by member_id desc limit 1")).rows[0].member_id,
      10,
    ),
    partner: "alfa",
    traits: [{ kind: "boost", key: "mission-first", fromAt: api.clock.now() }],
    cause: {},
  });
  api.clock.advance(1_000);
  const both = await buy("300", 10_000);
  assert.deepEqual([...new Set(both.rules.map(({ rule }) => rule))].sort(), ["base", "mission-first", "offer-extra"]);
  assert.equal(both.earned, 1_000 + 300 + 500);
  const act = (action: string) => api.call(`/v1/offers/extra/${action}`, { method: "POST", key: partner, body: {} });
  assert.equal((await act("pause")).status, 200);
  await refresh();
  api.clock.advance(1_000);
  assert.equal((await buy("300", 10_000)).earned, 1_300);
  assert.equal((await act("resume")).status, 200);
  await refresh();
  api.clock.advance(1_000);
  assert.equal((await buy("300", 10_000)).earned, 1_800);
  assert.equal((await act("end")).status, 200);
  await refresh();
});

test("a personal offer is given to many by NDJSON, once each; nobody else has it", async () => {
  const names3 = await Promise.all(["400", "401", "402"].map((card) => buy(card, 100)));
  await live("/v1/offers", "mine", {
    partner: "alfa",
    ...names,
    personal: true,
    points: "50 points",
    funders: { alfa: 1 },
    limits: { total: "50 points" },
  });
  const lines = ["400", "401", "nobody", "400"]
    .map((value) => JSON.stringify({ member: { kind: "card", value } }))
    .join("\n");
  const send = () =>
    api.call("/v1/offers/mine/assignments", {
      method: "POST",
      key: partner,
      body: lines,
      headers: { "content-type": "application/x-ndjson" },
    });
  const first = (await send()).text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    first.map(({ status }) => status),
    [201, 201, 404, 201],
  );
  const again = (await send()).text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    again.map(({ replayed }) => replayed),
    [true, true, false, true],
  );
  api.clock.advance(1_000);
  assert.equal((await buy("400", 10_000)).earned, 1_000 + 5_000);
  assert.equal((await buy("400", 10_000)).earned, 1_000, "its limit");
  assert.equal((await buy("402", 10_000)).earned, 1_000);
  assert.equal((await offersOf(names3[2]?.member as string)).get("mine"), undefined);
  const own = await api.call(`/v1/members/${names3[0]?.member}/offers`, { key: till });
  assert.match(own.text, /"mine"/);
  const beta = (await api.makeKey("till", "beta")).key;
  await buy("400", 100, { partner: "beta", store: "beta-1" });
  const others = await api.call(`/v1/members/${names3[0]?.member}/offers`, { key: beta });
  assert.equal(others.status, 200);
  assert.doesNotMatch(others.text, /"mine"/, "what a partner offers by name is no other partner's business");
  const rows = await api.engines.pool.query(
    "select count(*)::int as n from operation where body -> 'reward' ->> 'offer' = 'mine'",
  );
  assert.equal(rows.rows[0].n, 2);
});

test("a voucher: its price is held, the partner's redemption captures it once, its stock and its time are limited", async () => {
  const { member } = await buy("500", 100_000);
  const { member: other } = await buy("501", 100_000);
  const worth = { ru: "скидка 500 ₽", en: "500 RUB off" };
  await live(
    "/v1/offers",
    "ticket",
    { partner: "beta", ...names, voucher: { worth, price: "60 points", stock: "1 time", validFor: "14 days" } },
    (await api.makeKey("partner", "beta")).key,
  );
  const take = (who: string, key: string) =>
    api.call(`/v1/members/${who}/offers/ticket/vouchers`, {
      method: "POST",
      key: operator,
      headers: { "idempotency-key": key },
    });
  const answers = await Promise.all([take(member, "a"), take(other, "a"), take(member, "a")]);
  const taken = answers.filter(({ status }) => status === 201);
  const codes = new Set(taken.map(({ body }) => String(body.code)));
  assert.equal(codes.size, 1, answers.map(({ text }) => text).join("\n"));
  const owner = answers[1]?.status === 201 ? other : member;
  const wallet = (await api.call(`/v1/members/${owner}/wallet`, { key: operator })).body;
  assert.equal(wallet.heldCents, 6_000 as never);
  const beta = (await api.makeKey("till", "beta")).key;
  const [code] = codes;
  const redeem = (key: string, reference: string) =>
    api.call("/v1/vouchers/redeem", { key, body: { code, reference } });
  assert.equal((await redeem(till, "r1")).status, 404, "another partner's");
  const twice = await Promise.all([redeem(beta, "r1"), redeem(beta, "r1")]);
  assert.deepEqual(
    twice.map(({ status }) => status),
    [200, 200],
    twice.map(({ text }) => text).join("\n"),
  );
  assert.equal((await redeem(beta, "r2")).status, 409);
  const { rows } = await api.engines.pool.query(
    "select count(*)::int as n from operation where kind = 'capture' and partner = 'beta'",
  );
  assert.equal(rows[0].n, 1);
  assert.equal((await offersOf(owner)).get("ticket")?.state, "closed");
});

test("a voucher that was not redeemed in time gives its price and its place back", async () => {
  const worth = { ru: "билет", en: "a ticket" };
  await live(
    "/v1/offers",
    "seat",
    { partner: "beta", ...names, voucher: { worth, price: "10 points", stock: "1 time", validFor: "2 days" } },
    (await api.makeKey("partner", "beta")).key,
  );
  const { member } = await buy("510", 100_000);
  const path = `/v1/members/${member}/offers/seat/vouchers`;
  const taken = await api.call(path, { method: "POST", key: operator, headers: { "idempotency-key": "x" } });
  assert.equal(taken.status, 201, taken.text);
  api.clock.advance(2 * DAY_MS + 1_000);
  const late = await api.call("/v1/vouchers/redeem", {
    key: operator,
    body: { code: taken.body.code, reference: "r" },
  });
  assert.equal(late.status, 409);
  await tendOffers(deps);
  assert.equal((await offersOf(member)).get("seat")?.state, "available");
  const wallet = (await api.call(`/v1/members/${member}/wallet`, { key: operator })).body;
  assert.equal(wallet.heldCents, 0 as never);
});

test("unique codes: made, given out once, one use each, also from several at once", async () => {
  await live("/v1/promotions", "spring", {
    partner: "alfa",
    ...names,
    unique: 500,
    gives: { points: "100 points" },
    funders: { alfa: 1 },
  });
  const early = await api.call("/v1/promotions/spring/codes/export", { method: "POST", key: partner });
  assert.equal(early.status, 409);
  await tendOffers(deps);
  const csv = await api.call("/v1/promotions/spring/codes/export", { method: "POST", key: partner });
  const codes = csv.text.trim().split("\n").slice(1);
  assert.equal(new Set(codes).size, 500);
  assert.equal(
    (await api.call("/v1/promotions/spring/codes/export", { method: "POST", key: partner })).status,
    409,
    "once",
  );
  const cards = ["600", "601", "602"];
  for (const value of cards) await buy(value, 100);
  const use = (value: string, code: string) =>
    api.call("/v1/promo-codes/redeem", { key: operator, body: { code, member: { kind: "card", value } } });
  const all = await Promise.all(cards.map((card) => use(card, (codes[0] as string).toLowerCase())));
  assert.deepEqual(all.map(({ status }) => status).sort(), [200, 409, 409], all.map(({ text }) => text).join("\n"));
  const winner = cards[all.findIndex(({ status }) => status === 200)] as string;
  const again = await use(winner, codes[0] as string);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.equal((await use(winner, codes[1] as string)).status, 409, "once a member");
  const { rows } = await api.engines.pool.query(
    "select count(*)::int as n from operation where body -> 'reward' ->> 'promo' = 'spring'",
  );
  assert.equal(rows[0].n, 1);
  const stored = await api.engines.pool.query(
    "select count(*)::int as n from promo_use where promo = 'spring' and salt is null and used = 1",
  );
  assert.equal(stored.rows[0].n, 1);
});

test("a code that was issued to a member by name is nobody else's", async () => {
  await live("/v1/promotions", "named", { partner: "alfa", ...names, unique: 3, gives: { offer: "mine" } });
  await tendOffers(deps);
  const { member } = await buy("610", 100);
  const issue = () => api.call("/v1/promotions/named/codes", { key: partner, body: { member: { id: member } } });
  const [one, two] = [await issue(), await issue()];
  assert.equal(one.body.code, two.body.code);
  const use = (value: string) =>
    api.call("/v1/promo-codes/redeem", {
      key: operator,
      body: { code: one.body.code, member: { kind: "card", value } },
    });
  assert.equal((await use("611")).status, 404);
  await buy("611", 100);
  assert.equal((await use("611")).status, 404);
  assert.equal((await use("610")).status, 200);
  api.clock.advance(1_000);
  assert.equal((await buy("610", 10_000)).earned, 6_000);
});

test("a shared code's limit holds over uses at once; guessing is stopped after ten wrong codes", async () => {
  await live("/v1/promotions", "all", {
    partner: "alfa",
    ...names,
    code: "SUMMER-26",
    limit: "3 times",
    gives: { points: "10 points" },
    funders: { alfa: 1, telecom: 1 },
  });
  await tendOffers(deps);
  const cards = Array.from({ length: 8 }, (_, i) => String(700 + i));
  for (const card of cards) await buy(card, 100);
  const use = (value: string, code: string) =>
    api.call("/v1/promo-codes/redeem", { key: operator, body: { code, member: { kind: "card", value } } });
  const all = await Promise.all(cards.map((card) => use(card, "summer 26")));
  assert.equal(all.filter(({ status }) => status === 200).length, 3);
  assert.equal(all.filter(({ status }) => status === 422).length, 5);
  const guesses = [];
  for (let i = 0; i < 12; i++) guesses.push((await use("700", `WRONG-${i}`)).status);
  assert.deepEqual(guesses, [...Array(10).fill(404), 429, 429]);
  const stopped = await use("700", "SUMMER-26");
  assert.equal(stopped.status, 429);
  assert.ok(Number(stopped.headers.get("retry-after")) > 0);
});

test("a code used while earning is stopped is used: its points wait, come once when it goes on, and hold up nobody else's", async () => {
  const gives = { gives: { points: "10 points" } };
  const shared = (code: string) => ({ partner: "alfa", ...names, code, limit: "9 times", ...gives });
  await live("/v1/promotions", "halted", { ...shared("HALTED-1"), funders: { alfa: 1 } });
  await live("/v1/promotions", "going-on", { ...shared("GOING-1"), funders: { telecom: 1 } });
  await tendOffers(deps);
  const { member } = await buy("720", 100);
  const use = (code: string, language = "en") =>
    api.call("/v1/promo-codes/redeem", {
      key: operator,
      body: { code, member: { kind: "card", value: "720" } },
      headers: { "accept-language": language },
    });
  const given = async () => {
    const { rows } = await api.engines.pool.query(
      "select (body ->> 'cents')::int as cents from operation where body -> 'reward' ->> 'promo' = 'halted'",
    );
    return rows.map(({ cents }) => cents);
  };
  const body = { scope: "funder", id: "alfa", what: "earning", reason: "an incident" };
  const stop = await api.call("/v1/stops", { key: operator, body });
  assert.equal(stop.status, 201, stop.text);
  const waiting = await use("HALTED-1");
  assert.deepEqual([waiting.status, waiting.body.member, waiting.body.pointsCents], [200, member, undefined]);
  assert.match(waiting.text, /"code":"earning-stopped","why":"No points are being given/);
  assert.match((await use("HALTED-1", "ru")).text, /приостановлено/);
  assert.equal((await use("GOING-1")).body.pointsCents as unknown, 1_000, "who is not stopped gives");
  api.clock.advance(60_000);
  await tendOffers(deps);
  assert.deepEqual(await given(), []);
  await api.call(`/v1/stops/${stop.body.stop}/resume`, { key: operator, body: { reason: "mended" } });
  await tendOffers(deps);
  await tendOffers(deps);
  assert.deepEqual(await given(), [1_000]);
  const after = await use("HALTED-1");
  assert.deepEqual([after.body.pointsCents as unknown, after.body.notes], [1_000, undefined]);
  assert.deepEqual(await given(), [1_000]);
});

test("faults of a draft are told by field; what nobody forecast or its author approves does not go live", async () => {
  const bad = await api.call("/v1/offers/bad", {
    method: "PUT",
    key: partner,
    body: { partner: "alfa", ...names, percent: "5%", category: "foood" },
  });
  assert.equal(bad.status, 400);
  assert.match(bad.text, /"\/category"/);
  assert.match(bad.text, /funders/);
  const document = { partner: "alfa", ...names, percent: "5%", funders: { alfa: 1 } };
  assert.equal((await api.call("/v1/offers/own", { method: "PUT", key: operator, body: document })).status, 200);
  const approve = () => api.call("/v1/offers/own/approve", { method: "POST", key: operator, body: {} });
  assert.equal((await approve()).status, 409);
  const forecast = await api.call("/v1/offers/own/forecast", { method: "POST", key: operator, body: {} });
  assert.equal(forecast.status, 200, forecast.text);
  const { measured } = (forecast.body.forecast ?? {}) as unknown as { measured: { perMember: { expected: number } } };
  assert.ok(measured.perMember.expected > 0);
  assert.match((await approve()).text, /offer-own-approval/);
});
