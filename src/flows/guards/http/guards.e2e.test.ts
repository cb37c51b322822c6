import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyProjections } from "#domains/ledger/index.ts";
import { createCalendar, DAY_MS, HOUR_MS, MINUTE_MS } from "#kernel/time.ts";
import { type Answer, type Json, testApi } from "../../../../test/support/api.ts";
import { SMALL_COALITION } from "../../../../test/support/programmes.ts";

const VELOCITY = `
lots: { activation: 14 days }
velocity:
  card-often: { name: {ru: часто, en: too many receipts an hour}, of: card, limit: 5 times, within: 1 hour, action: refuse }
  cashier-card:
    name: {ru: своя карта, en: one card at one cashier}
    of: [cashier, card]
    limit: 2 times
    per: day
    action: review
  device-members: { name: устройство, of: device, limit: 2 members, per: day, action: refuse }
  funnel: { name: {ru: воронка, en: many devices into one wallet}, of: member, limit: 2 devices, within: 1 day, action: review }
  returns: { name: возвраты, of: member, on: return, limit: 1 time, within: 30 days, action: review }
  big-spend: { name: списание, of: member, on: spend, limit: 150 points, within: 1 hour, action: refuse }
  noted: { name: сумма, of: store, limit: 100000 RUB, per: day, action: allow }
`;
const api = await testApi({ programme: SMALL_COALITION + VELOCITY, isStored: true });
const { clock, guards } = api;
const { operator, till } = api.keys;
let number = 0;

type Receipt = { card?: string; amount?: number; [more: string]: unknown };
function receipt({ card = "7000", amount = 10_000, ...more }: Receipt = {}) {
  return {
    partner: "alfa",
    store: "alfa-1",
    till: "1",
    number: String(++number),
    at: new Date(clock.now()).toISOString(),
    member: { kind: "card", value: card },
    lines: [{ category: "food", amount }],
    ...more,
  };
}
const send = (body: object, language = "en") =>
  api.call("/v1/receipts", { key: till, body, headers: { "accept-language": language } });
async function buy(over: Receipt = {}): Promise<Json> {
  const answer = await send(receipt(over));
  assert.equal(answer.status, 201, answer.text);
  return answer.body;
}
const post = (path: string, body: object, key = operator) => api.call(path, { key, body });
async function done(answer: Promise<Answer>): Promise<Json> {
  const { status, body, text } = await answer;
  assert.ok(status === 200 || status === 201, text);
  return body;
}
async function refused(answer: Promise<Answer>, code: string): Promise<Json> {
  const { status, body, text } = await answer;
  assert.equal(status, 422, text);
  assert.equal(body.type as unknown, `/docs/errors/${code}`);
  return body;
}
const wallet = (member: Json) => done(api.call(`/v1/members/${member}/wallet`, { key: operator }));
const alerts = async (query: string): Promise<Json[]> =>
  (await done(api.call(`/v1/alerts?${query}`, { key: operator }))).items as unknown as Json[];
const codes = (body: Json) => ((body.notes ?? []) as unknown as { code: string }[]).map(({ code }) => code);
const nextDay = () => clock.advance(DAY_MS);

test("the sixth receipt of a card within the hour is refused with its rule, nothing written, and the operator sees it once", async () => {
  for (let i = 0; i < 5; i++) await buy({ card: "quick" });
  const sixth = receipt({ card: "quick" });
  const before = await api.countRows();
  const body = await refused(send(sixth), "velocity-exceeded");
  assert.equal(body.rule as unknown, "card-often");
  assert.match(String(body.detail), /too many receipts an hour/);
  await refused(send(sixth), "velocity-exceeded");
  await refused(api.call("/v1/quotes", { key: till, body: sixth }), "velocity-exceeded");
  assert.equal(await api.countRows(), before);
  await guards.refresh();
  const [alert, ...others] = await alerts("rule=card-often");
  assert.deepEqual([alert?.state, alert?.attempts, others.length], ["refused", 2, 0]);
  assert.equal(guards.stats.verdicts.get("card-often")?.get("refuse"), 2);
  clock.advance(HOUR_MS);
  await done(send({ ...sixth, at: new Date(clock.now()).toISOString() }));
});

test("a retry of an accepted receipt is answered as before, however many came after it", async () => {
  nextDay();
  const first = receipt({ card: "retry" });
  const answer = await done(send(first));
  for (let i = 0; i < 4; i++) await buy({ card: "retry" });
  const again = await send(first);
  assert.equal(again.headers.get("idempotency-replayed"), "true");
  assert.deepEqual(again.body, answer);
});

test("a cashier's own card on strangers' receipts: the third that day is accepted with its points held, and says so", async () => {
  nextDay();
  const own = { card: "own", cashier: "17" };
  await buy(own);
  await buy({ card: "stranger", cashier: "17" });
  await buy(own);
  const quoted = await done(api.call("/v1/quotes", { key: till, body: receipt(own) }));
  assert.deepEqual(codes(quoted), ["held-for-review"]);
  const held = await buy(own);
  assert.deepEqual(codes(held), ["held-for-review"]);
  assert.match(JSON.stringify(held.notes), /being checked.*one card at one cashier/);
  assert.equal(held.earned as unknown, 1_000);
  await buy({ card: "own", cashier: "18" });
  clock.advance(20 * DAY_MS);
  const now = await wallet(held.member as Json);
  assert.deepEqual([now.activeCents, now.pendingCents], [3_000, 1_000], "time alone lets nothing go");

  const [alert] = await alerts("state=open&rule=cashier-card");
  assert.equal(alert?.receiptId, held.receiptId);
  await guards.refresh();
  assert.deepEqual(guards.stats.openAlerts, { alerts: 1, pointsCents: 1_000 });
  assert.equal(guards.stats.verdicts.get("cashier-card")?.get("review"), 1);
  const decide = (decision: string) =>
    post(`/v1/alerts/${alert?.alert}/decision`, { decision, note: "the store confirms" });
  const released = await done(decide("release"));
  assert.equal(released.state as unknown, "released");
  assert.deepEqual(await done(decide("release")), released, "the same decision again");
  assert.equal((await decide("take-back")).status, 409);
  assert.equal((await wallet(held.member as Json)).activeCents as unknown, 4_000);
  assert.deepEqual(await alerts("state=open"), []);
});

test("released before its time, a purchase's points wait as any other's; taken back, they are gone without arrears", async () => {
  nextDay();
  const own = { card: "own2", cashier: "17" };
  for (let i = 0; i < 2; i++) await buy(own);
  const [one, two] = [await buy(own), await buy(own)];
  const open = await alerts("state=open");
  assert.equal(open.length, 2);
  const decide = (receiptId: Json | undefined, decision: string) => {
    const alert = open.find((each) => each.receiptId === receiptId);
    return done(post(`/v1/alerts/${alert?.alert}/decision`, { decision, note: "looked into" }));
  };
  await decide(one.receiptId, "release");
  await decide(two.receiptId, "take-back");
  const now = await wallet(one.member as Json);
  assert.deepEqual([now.activeCents, now.pendingCents, now.arrearsCents], [0, 3_000, 0]);
  clock.advance(15 * DAY_MS);
  assert.equal((await wallet(one.member as Json)).activeCents as unknown, 3_000);
});

test("buy, earn, return: after two returns the next purchase's points wait, and its return takes them without arrears", async () => {
  nextDay();
  const returnAll = async (bought: Json) => {
    clock.advance(MINUTE_MS);
    const body = {
      store: "alfa-1",
      till: "1",
      number: String(++number),
      at: new Date(clock.now()).toISOString(),
      all: true,
    };
    return done(api.call(`/v1/receipts/${bought.receiptId}/returns`, { key: till, body }));
  };
  await returnAll(await buy({ card: "returner" }));
  await returnAll(await buy({ card: "returner" }));
  const third = await buy({ card: "returner" });
  assert.deepEqual(codes(third), ["held-for-review"]);
  const spend = await api.call("/v1/holds", {
    key: till,
    headers: { "idempotency-key": "returner" },
    body: { partner: "alfa", member: { kind: "card", value: "returner" }, pointsCents: 1_000 },
  });
  assert.equal(spend.body.type as unknown, "/docs/errors/insufficient-points");
  const back = await returnAll(third);
  assert.deepEqual([back.takenBack, back.arrears], [1_000, 0]);
  const [alert] = await alerts("state=open&rule=returns");
  const decided = await done(post(`/v1/alerts/${alert?.alert}/decision`, { decision: "release", note: "returned" }));
  assert.equal(decided.state as unknown, "released");
  assert.equal((await wallet(third.member as Json)).activeCents as unknown, 0);
});

test("one device with many accounts: the third member of the day is refused, those known go on", async () => {
  nextDay();
  await buy({ card: "a", device: "phone-1" });
  await buy({ card: "b", device: "phone-1" });
  await refused(send(receipt({ card: "c", device: "phone-1" })), "velocity-exceeded");
  await buy({ card: "a", device: "phone-1" });
});

test("points funnelled into one wallet from many devices wait for a decision", async () => {
  nextDay();
  for (const device of ["d1", "d2"]) assert.deepEqual(codes(await buy({ card: "sink", device })), []);
  assert.deepEqual(codes(await buy({ card: "sink", device: "d3" })), ["held-for-review"]);
});

test("the same points through two channels at once are spent once; a limit of spending counts holds and receipts together", async () => {
  nextDay();
  await done(
    api.call("/v1/awards", {
      key: operator,
      headers: { "idempotency-key": "rich" },
      body: { member: { kind: "card", value: "sink" }, pointsCents: 20_000, funder: "operator", reason: "a test" },
    }),
  );
  const both = await Promise.all([
    send(receipt({ card: "sink", amount: 50_000, spend: 14_000, channel: "online" })),
    send(receipt({ card: "sink", amount: 50_000, spend: 14_000, channel: "store" })),
  ]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [201, 422]);
  const body = { partner: "alfa", member: { kind: "card", value: "sink" }, pointsCents: 2_000 };
  await refused(api.call("/v1/holds", { key: till, headers: { "idempotency-key": "h" }, body }), "velocity-exceeded");
});

test("a stop of earning: receipts are taken with 0 points and say why; quotes say the same; resumed, they earn again", async () => {
  nextDay();
  const stopped = await done(
    post("/v1/stops", { scope: "partner", id: "alfa", what: "earning", reason: "an incident" }),
  );
  const again = await post("/v1/stops", { scope: "partner", id: "alfa", what: "earning", reason: "me too" });
  assert.deepEqual([again.headers.get("idempotency-replayed"), again.body.stop], ["true", stopped.stop]);
  const during = receipt({ card: "stopped" });
  const quoted = await done(api.call("/v1/quotes", { key: till, body: during }));
  const taken = await done(send(during));
  for (const body of [quoted, taken]) assert.deepEqual([body.earned, codes(body)], [0, ["earning-stopped"]]);
  assert.match(JSON.stringify((await send(during, "ru")).body.notes), /приостановлено/);
  await done(post(`/v1/stops/${stopped.stop}/resume`, { reason: "mended" }));
  assert.equal((await buy({ card: "stopped" })).earned as unknown, 1_000);
  const [log] = (await done(api.call("/v1/stops", { key: operator }))).items as unknown as Json[];
  assert.deepEqual([log?.reason, log?.resumeReason], ["an incident", "mended"]);
});

test("a funder's stop takes the rules it pays for, everywhere; others go on", async () => {
  const { stop } = await done(post("/v1/stops", { scope: "funder", id: "beta", what: "earning", reason: "no cover" }));
  assert.equal((await buy({ card: "stopped" })).earned as unknown, 0, "beta pays for a part of alfa's rule");
  const telecom = { partner: "telecom", store: "telecom-1" };
  const other = await api.call("/v1/receipts", {
    key: operator,
    body: { ...receipt({ card: "stopped" }), ...telecom },
  });
  assert.equal(other.body.earned as unknown, 1_000);
  await done(post(`/v1/stops/${stop}/resume`, { reason: "covered" }));
});

test("a stop of spending refuses spends and new holds; a hold placed before is captured", async () => {
  nextDay();
  const member = { kind: "card", value: "sink" };
  const hold = (key: string) =>
    api.call("/v1/holds", {
      key: till,
      headers: { "idempotency-key": key },
      body: { partner: "alfa", member, pointsCents: 100 },
    });
  const placed = await done(hold("before"));
  const { stop } = await done(post("/v1/stops", { scope: "programme", what: "spending", reason: "an attack" }));
  await refused(send(receipt({ card: "sink", spend: 100 })), "spending-stopped");
  await refused(hold("during"), "spending-stopped");
  const quoted = await done(api.call("/v1/quotes", { key: till, body: receipt({ card: "sink" }) }));
  assert.equal(quoted.spendable as unknown, 0);
  await refused(api.call("/v1/quotes", { key: till, body: receipt({ card: "sink", spend: 100 }) }), "spending-stopped");
  await done(send(receipt({ card: "sink", hold: placed.hold })));
  await done(post(`/v1/stops/${stop}/resume`, { reason: "over" }));
  await done(send(receipt({ card: "sink", spend: 100 })));
});

test("what can't be stopped is said by field; only the operator's people stop, block and decide", async () => {
  assert.equal((await post("/v1/stops", { scope: "partner", what: "earning", reason: "x" })).status, 400);
  assert.equal((await post("/v1/stops", { scope: "funder", id: "beta", what: "spending", reason: "x" })).status, 400);
  await refused(post("/v1/stops", { scope: "mission", id: "nothing", what: "earning", reason: "x" }), "stop-subject");
  for (const path of ["/v1/stops", "/v1/blocks", "/v1/alerts/alr_0/decision"]) {
    assert.equal((await post(path, {}, api.keys.partner)).status, 403);
  }
  assert.equal((await post("/v1/alerts/alr_0/decision", { decision: "release", note: "x" })).status, 404);
  assert.equal((await post("/v1/stops/stp_999/resume", { reason: "x" })).status, 404);
});

test("a blocked phone, member, cashier or store is refused until lifted or over; why is not told to the till", async () => {
  nextDay();
  const blocked = async (subject: object, over: Receipt, what: string) => {
    const { block } = await done(post("/v1/blocks", { ...subject, reason: "a secret reason" }));
    const body = await refused(send(receipt(over)), "blocked");
    assert.equal(body.what as unknown, what);
    assert.doesNotMatch(JSON.stringify(body), /secret/);
    await done(post(`/v1/blocks/${block}/lift`, { reason: "a mistake" }));
    await buy(over);
  };
  const phone = { kind: "phone", value: "+7 900 000-00-01" };
  await blocked({ member: phone }, { member: { kind: "phone", value: "89000000001" } }, "identifier");
  const { member } = await buy({ card: "block" });
  await blocked({ member: { id: member } }, { card: "block" }, "member");
  await blocked({ cashier: { partner: "alfa", value: "9" } }, { card: "other", cashier: "9" }, "cashier");
  await blocked({ store: "alfa-1" }, { card: "third" }, "store");
  await blocked({ device: "stolen" }, { card: "fourth", device: "stolen" }, "device");
  const until = new Date(clock.now() + HOUR_MS).toISOString();
  await done(post("/v1/blocks", { member: { kind: "card", value: "fifth" }, reason: "for an hour", until }));
  await refused(send(receipt({ card: "fifth" })), "blocked");
  await done(send(receipt({ member: undefined })));
  clock.advance(HOUR_MS);
  await buy({ card: "fifth" });
  const page = await done(api.call("/v1/blocks?kind=identifier&limit=1", { key: operator }));
  assert.equal((page.items as unknown as Json[]).length, 1);
  assert.equal(JSON.stringify(page).includes("9000000001"), false, "a phone is kept as a hash only");
  const next = await done(api.call(`/v1/blocks?kind=identifier&limit=1&cursor=${page.next}`, { key: operator }));
  assert.equal((next.items as unknown as Json[])[0]?.subject as unknown, "phone");
  assert.equal((await post("/v1/blocks", { reason: "whom?" })).status, 400);
});

test("after all of it every projection is as the operations say", async () => {
  const report = await verifyProjections(api.engines.pool, {
    calendar: createCalendar("Europe/Moscow"),
    now: clock.now,
  });
  assert.deepEqual(report.differences, []);
});
