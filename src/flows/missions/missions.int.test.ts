import assert from "node:assert/strict";
import { test } from "node:test";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { applyProgramme, loadProgrammes } from "#domains/program/index.ts";
import { createCheckout, type Principal, type ReceiptRequest } from "#flows/checkout/index.ts";
import { termsOf } from "#flows/close-month/index.ts";
import { mergeMembers, unmergeMember } from "#flows/merge/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { createCalendar, DAY_MS, parseMonth } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import { testEngines } from "../../../test/engines.ts";
import { hasSeenAll } from "../../../test/support/missions.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";
import {
  changeMissionState,
  createEventLog,
  draftMissions,
  followStream,
  makeForecast,
  settleRewards,
} from "./index.ts";

const { pool } = await testEngines();
const clock = manualClock(Date.parse("2026-06-01T12:00:00+03:00"));
const applied = await applyProgramme(
  { pool, clock },
  { file: { name: "p", text: SMALL_COALITION }, appliedBy: "test", comment: "", effectiveFromAt: 0 },
);
assert.ok(applied.ok, JSON.stringify(applied));
const programmes = await loadProgrammes({ pool, clock });
const secret = Buffer.from("test");
const checkout = createCheckout({ pool, clock, programmes, identifierSecret: secret });
const events = createEventLog({ pool, clock, programmes, identifierKey: createIdentifierKeys(secret) });
const operator: Principal = { keyId: "op", role: "operator" };
const deps = { pool, clock, programmes, checkout };

async function run(): Promise<void> {
  await programmes.refresh();
  while ((await followStream(deps)) || (await settleRewards(deps)) > 0 || !(await hasSeenAll(pool)));
}

async function ok<T, F>(outcome: Promise<{ ok: true; value: T } | { ok: false; failure: F }>): Promise<T> {
  const result = await outcome;
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

async function live(text: string): Promise<void> {
  const drafted = await ok(draftMissions(deps, { file: { name: "m", text }, who: "anna", comment: "" }));
  for (const { id } of drafted) {
    await ok(makeForecast(deps, { mission: id, who: "anna" }));
    await ok(changeMissionState(deps, { mission: id, action: "approve", who: "boris", comment: "" }));
  }
  await programmes.refresh();
  clock.advance(1_000);
}

let number = 0;
function receipt(card: string, amount: number, over: Partial<ReceiptRequest["receipt"]> = {}): ReceiptRequest {
  const shop = { partner: "alfa", store: "alfa-1", till: "1", number: String(++number), at: clock.now() };
  const lines = [{ category: "food", amountKopecks: amount }];
  return {
    receipt: { ...shop, lines, deliveryFeeKopecks: 0, tenders: [], spendCents: 0, ...over },
    member: { by: "identifier", kind: "card", value: card },
  };
}

async function buy(card: string, amount: number, over: Partial<ReceiptRequest["receipt"]> = {}) {
  const { body } = await ok(checkout.postReceipt(receipt(card, amount, over), operator));
  return body;
}

function tell(card: string, id: string, type: string, at = clock.now()) {
  const member = { by: "identifier", kind: "card", value: card } as const;
  return ok(events.post({ partner: "telecom", id, type, member, at, data: {} }, operator));
}

async function progress(member: string, mission: string) {
  const { rows } = await pool.query(
    "select steps, done_at, done_by, given, is_due from mission_progress where member_id = $1 and mission = $2",
    [memberIds.parse(member), mission],
  );
  return rows[0];
}

async function completions(member: string, mission: string) {
  const { rows } = await pool.query(
    `select kind, done_by, cents, fee_kopecks, fee_partner, accounting_day
     from mission_completion where member_id = $1 and mission = $2 order by turn`,
    [memberIds.parse(member), mission],
  );
  return rows;
}

const common = "name: { ru: Имя, en: Name }, from: 2026-06-01, until: 2026-12-31";

test("an event wins a boost: the next receipt earns more, the partner owes a fee, and all of it names the event", async () => {
  await live(`format: 1
missions:
  number:
    partner: telecom
    name: { ru: Номер, en: Number }
    from: 2026-06-01
    until: 2026-12-31
    goal: { event: number-moved }
    reward: { percent: 120%, at: alfa, category: food, lasts: 30 days, caps: { receipt: 200 points } }
    funders: { telecom: 3, operator: 1 }
    fee: 500 RUB
`);
  const { member } = await buy("100", 10_000);
  assert.ok(member);
  clock.advance(1_000);
  await tell("100", "n1", "number-moved");
  await tell("100", "n1", "number-moved");
  await run();
  assert.deepEqual(await completions(member, "number"), [
    {
      kind: "given",
      done_by: "e:telecom:n1",
      cents: 0,
      fee_kopecks: 50_000,
      fee_partner: "telecom",
      accounting_day: "2026-06-01",
    },
  ]);
  clock.advance(1_000);
  const boosted = await buy("100", 10_000);
  // 100 roubles at 10 % and 120 %: nothing keeps the sum below 100 %.
  assert.equal(boosted.earned, 1_000 + 12_000);
  const byMission = boosted.rules.filter(({ rule }) => rule === "mission-number");
  assert.deepEqual(
    byMission.map(({ funder, points }) => [funder, points]),
    [
      ["operator", 3_000],
      ["telecom", 9_000],
    ],
  );
  // Not outside of its partner, its category, its cap, its window.
  assert.equal((await buy("100", 10_000, { partner: "telecom", store: "telecom-1" })).earned, 1_000);
  assert.equal((await buy("100", 10_000, { lines: [{ category: "alcohol", amountKopecks: 10_000 }] })).earned, 1_000);
  assert.equal((await buy("100", 100_000)).earned, 10_000 + 20_000);
  assert.equal((await buy("100", 10_000, { at: clock.now() - 3_000 })).earned, 1_000);
  clock.advance(31 * DAY_MS);
  assert.equal((await buy("100", 10_000)).earned, 1_000);
  clock.advance(-31 * DAY_MS);
});

test("case 16: 3,100 spent and 200 returned. `keep`: the boost stays; `take-back`: it ends, and what it paid is taken back", async () => {
  await live(
    `format: 1
missions:
  keeps: { partner: alfa, ${common}, goal: { purchase: { at: alfa }, spend: 3000 RUB }, onReturn: keep,
    reward: { percent: 5%, at: beta, lasts: 30 days }, funders: { alfa: 1 } }
  takes: { partner: alfa, ${common}, goal: { purchase: { at: alfa }, spend: 3000 RUB }, onReturn: take-back,
    reward: { percent: 5%, at: beta, lasts: 30 days }, funders: { alfa: 1 }, fee: 10 RUB }
`
      .replace("partner: alfa, name", "partner: alfa, name")
      .replaceAll(", fee: 10 RUB", ""),
  );
  const first = await buy("200", 280_000);
  const last = await buy("200", 30_000);
  const member = last.member as string;
  await run();
  clock.advance(1_000);
  const boosted = await buy("200", 200_000, { partner: "beta", store: "beta-1" });
  assert.equal(boosted.earned, 20_000, "two boosts of 5 %");
  clock.advance(1_000);
  const back = { store: "alfa-1", till: "1", at: clock.now(), refund: "money" as const };
  await ok(
    checkout.returnReceipt(
      { ...back, receiptId: first.receiptId, number: "r1", lines: [{ line: 0, amountKopecks: 20_000 }] },
      operator,
    ),
  );
  await run();
  const [kept, taken] = [await progress(member, "keeps"), await progress(member, "takes")];
  assert.equal(kept.steps[0].value, 290_000);
  assert.ok(kept.done_at && kept.given);
  assert.equal(taken.done_at, null);
  assert.equal(taken.given, null);
  assert.deepEqual(
    (await completions(member, "takes")).map(({ kind, cents }) => [kind, cents]),
    [
      ["given", 0],
      ["taken-back", -10_000],
    ],
  );
  clock.advance(1_000);
  assert.equal((await buy("200", 200_000, { partner: "beta", store: "beta-1" })).earned, 10_000, "one boost is left");
});

test("a mission after another is done when both are, whichever came first; an award is given once", async () => {
  await live(`format: 1
missions:
  a: { partner: telecom, ${common}, goal: { event: first }, reward: { percent: 1%, at: alfa, lasts: 1 day }, funders: { telecom: 1 } }
  b: { partner: telecom, ${common}, goal: { event: second }, after: a, reward: { points: 300 points }, funders: { telecom: 1, operator: 2 } }
`);
  const { member } = await buy("300", 100);
  assert.ok(member);
  const [early, late] = [clock.now() + 1_000, clock.now() + 2_000];
  clock.advance(5_000);
  await tell("300", "b1", "second", early);
  await run();
  assert.equal((await progress(member, "b")).done_at, null);
  await tell("300", "a1", "first", late);
  await run();
  assert.equal((await progress(member, "b")).done_at.getTime(), late);
  await tell("300", "b2", "second", early - 500);
  await run();
  const given = await completions(member, "b");
  assert.deepEqual(
    given.map(({ kind, cents, done_by }) => [kind, cents, done_by]),
    [["given", 30_000, "e:telecom:a1"]],
  );
});

test("whoever drafted a mission can't approve it; without a forecast nobody can; a draft counts nothing", async () => {
  const text = `format: 1
missions:
  careful: { partner: telecom, ${common}, goal: { event: careful }, reward: { points: 1 point }, funders: { telecom: 1 } }
`;
  await ok(draftMissions(deps, { file: { name: "m", text }, who: "anna", comment: "" }));
  const approve = (who: string) =>
    changeMissionState(deps, { mission: "careful", action: "approve", who, comment: "" });
  const code = async (who: string) => {
    const outcome = await approve(who);
    return outcome.ok ? "ok" : outcome.failure.code;
  };
  assert.equal(await code("boris"), "mission-needs-forecast");
  await ok(makeForecast(deps, { mission: "careful", who: "anna" }));
  assert.equal(await code("anna"), "mission-own-approval");
  const { member } = await buy("400", 100);
  assert.ok(member);
  await tell("400", "c1", "careful");
  await run();
  clock.advance(1_000);
  assert.equal(await code("boris"), "ok");
  await run();
  assert.equal(await progress(member, "careful"), undefined);
  await ok(changeMissionState(deps, { mission: "careful", action: "pause", who: "anna", comment: "" }));
  clock.advance(1_000);
  await tell("400", "c2", "careful");
  await run();
  assert.equal(await progress(member, "careful"), undefined, "what happens in a pause does not count");
  clock.advance(1_000);
  await ok(changeMissionState(deps, { mission: "careful", action: "resume", who: "anna", comment: "" }));
  clock.advance(1_000);
  await tell("400", "c3", "careful");
  await run();
  assert.equal((await progress(member, "careful")).done_by, "e:telecom:c3");
});

test("a programme applied from its file keeps what missions brought into it", async () => {
  const file = { name: "p", text: SMALL_COALITION.replace("earn: 10%", "earn: 11%") };
  const again = await applyProgramme({ pool, clock }, { file, appliedBy: "test", comment: "" });
  assert.ok(again.ok && again.value.isNew);
  await programmes.refresh();
  assert.ok(programmes.current().rules.has("mission-number"));
});

test("a crash between a reward and the note of it, and an earlier deed right then: what was given is noted, then moved", async () => {
  await live(`format: 1
missions:
  lost: { partner: telecom, ${common}, goal: { event: lost }, reward: { percent: 5%, at: beta, lasts: 30 days }, funders: { telecom: 1 } }
`);
  const member = (await buy("lost", 10_000)).member as string;
  clock.advance(10_000);
  const laterAt = clock.now();
  await tell("lost", "l2", "lost", laterAt);
  await run();
  const given = (await progress(member, "lost")).given;
  assert.equal(given.from, laterAt);
  // The operation is posted, and the process died before it was noted; then an event of an earlier time arrives.
  const before =
    "update mission_progress set given = null, turn = 0, is_due = true where member_id = $1 and mission = 'lost'";
  await pool.query(before, [memberIds.parse(member)]);
  const forget = "delete from mission_completion where member_id = $1 and mission = 'lost'";
  await pool.query(forget, [memberIds.parse(member)]);
  await tell("lost", "l1", "lost", laterAt - 5_000);
  await run();
  const after = await progress(member, "lost");
  assert.deepEqual([after.given.from, after.is_due], [laterAt - 5_000, false]);
  assert.deepEqual(
    (await completions(member, "lost")).map(({ kind, done_by }) => [kind, done_by]),
    [
      ["given", "e:telecom:l2"],
      ["moved", "e:telecom:l1"],
    ],
    "each turn is told as its operation says",
  );
  const { rows } = await pool.query(
    "select valid_from from member_trait where member_id = $1 and key = 'mission-lost' and (valid_until is null or valid_until > valid_from)",
    [memberIds.parse(member)],
  );
  assert.deepEqual(
    rows.map(({ valid_from }) => valid_from.getTime()),
    [laterAt - 5_000],
    "one boost, from the earlier deed on",
  );
});

let twins: [number, number] = [0, 0];

test("case 13: two members that did the same mission are one person: one of two acquisition fees is credited back", async () => {
  await live(`format: 1
missions:
  twice: { partner: telecom, ${common}, goal: { event: twice }, reward: { percent: 5%, at: beta, lasts: 30 days }, funders: { telecom: 1 }, fee: 500 RUB }
  joint: { partner: telecom, ${common}, goal: { purchase: { at: alfa }, spend: 1000 RUB }, reward: { points: 7 points }, funders: { telecom: 1 } }
`);
  const [one, two] = [(await buy("501", 60_000)).member as string, (await buy("502", 50_000)).member as string];
  await tell("501", "t1", "twice");
  await tell("502", "t2", "twice");
  await run();
  const feesOf = async () =>
    (await termsOf(pool, programmes, parseMonth("2026-06") as number)).fees.filter(({ reason }) => reason === "twice");
  assert.deepEqual(
    (await feesOf()).map(({ kopecks }) => kopecks),
    [100_000],
  );
  assert.equal((await progress(one, "joint")).done_at, null);
  const [survivor, merged] = [memberIds.parse(one) as number, memberIds.parse(two) as number];
  twins = [survivor, merged];
  const merging = { now: clock.now, programmes };
  const why = { by: "test", why: "the same person" };
  assert.ok((await transaction(pool, (client) => mergeMembers(merging, client, survivor, merged, why))).ok);
  await run();
  assert.deepEqual(
    (await feesOf()).map(({ kopecks }) => kopecks),
    [50_000],
  );
  const joint = await progress(one, "joint");
  assert.equal(joint.steps[0].value, 110_000, "600 and 500 roubles are one person's");
  assert.ok(joint.done_at && joint.given);
  clock.advance(1_000);
  // The merged card still earns, for the survivor, and a late event of it counts for the survivor too.
  assert.equal((await buy("502", 10_000, { partner: "beta", store: "beta-1" })).earned, 500);
  await tell("502", "t3", "twice", clock.now() - 500);
  await run();
  assert.deepEqual(
    (await feesOf()).map(({ kopecks }) => kopecks),
    [50_000],
  );
});

test("case 13, taken apart again: the credited fee is charged in the open month, and what each did is its own", async () => {
  const [survivor, merged] = twins;
  await buy("502", 20_000);
  await run();
  assert.equal((await progress(memberIds.format(survivor), "joint")).steps[0].value, 130_000);
  const why = { by: "test", why: "two people after all" };
  const apart = await transaction(pool, (client) => unmergeMember({ now: clock.now, programmes }, client, merged, why));
  assert.ok(apart.ok, JSON.stringify(apart));
  await run();
  const fees = (await termsOf(pool, programmes, parseMonth("2026-06") as number)).fees;
  assert.deepEqual(
    fees.filter(({ reason }) => reason === "twice").map(({ kopecks }) => kopecks),
    [100_000],
    "two customers, two fees",
  );
  const [one, two] = [memberIds.format(survivor), memberIds.format(merged)];
  assert.equal((await progress(one, "joint")).steps[0].value, 60_000);
  assert.equal((await progress(two, "joint")).steps[0].value, 70_000, "before, and with its card since");
  assert.equal((await progress(one, "joint")).done_at, null, "neither has spent 1,000 alone");
  await run();
  assert.equal((await progress(two, "joint")).given, null);
  const { rows } = await pool.query<{ kind: string; kopecks: number }>(
    "select kind, fee_kopecks::int4 as kopecks from mission_completion where mission = 'twice' and member_id = $1 order by turn",
    [merged],
  );
  assert.deepEqual(
    rows.map(({ kind, kopecks }) => [kind, kopecks]),
    [
      ["given", 50_000],
      ["credited", -50_000],
      ["charged", 50_000],
    ],
  );
});

test("fees of completions stand in the month's settlement, by partner and mission", async () => {
  const { fees } = await termsOf(pool, programmes, parseMonth("2026-06") as number);
  const line = { partner: "telecom", kind: "acquisition", kopecks: 50_000 };
  assert.deepEqual(fees, [
    { ...line, reason: "number" },
    { ...line, kopecks: 100_000, reason: "twice" },
  ]);
  assert.deepEqual((await termsOf(pool, programmes, parseMonth("2026-05") as number)).fees, []);
});

test("verify rebuilds all of it from the operations", async () => {
  const report = await verifyProjections(pool, { calendar: createCalendar("Europe/Moscow"), now: clock.now });
  assert.deepEqual(report.differences, []);
});
