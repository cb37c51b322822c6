import assert from "node:assert/strict";
import { test } from "node:test";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import type { Forecast, Stated, StoredMission } from "#domains/missions/index.ts";
import { applyProgramme, loadProgrammes } from "#domains/program/index.ts";
import { createCheckout, type Principal } from "#flows/checkout/index.ts";
import { DAY_MS } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { testEngines } from "../../../../test/engines.ts";
import { hasSeenAll } from "../../../../test/support/missions.ts";
import { SMALL_COALITION } from "../../../../test/support/programmes.ts";
import {
  changeMissionState,
  createEventLog,
  draftMissions,
  followStream,
  makeForecast,
  settleRewards,
} from "../index.ts";

const { pool } = await testEngines();
const clock = manualClock(Date.parse("2026-05-04T12:00:00+03:00"));
const file = { text: SMALL_COALITION, name: "p" };
const applied = await applyProgramme({ pool, clock }, { file, appliedBy: "t", comment: "", effectiveFromAt: 0 });
assert.ok(applied.ok, JSON.stringify(applied));
const programmes = await loadProgrammes({ pool, clock });
const secret = Buffer.from("test");
const checkout = createCheckout({ pool, clock, programmes, identifierSecret: secret });
const events = createEventLog({ pool, clock, programmes, identifierKey: createIdentifierKeys(secret) });
const operator: Principal = { keyId: "op", role: "operator" };
const deps = { pool, clock, programmes, checkout };
const CARDS = Array.from({ length: 40 }, (_, i) => `c${i}`);

async function ok<T, F>(outcome: Promise<{ ok: true; value: T } | { ok: false; failure: F }>): Promise<T> {
  const result = await outcome;
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

let number = 0;
async function buy(card: string): Promise<void> {
  const shop = { partner: "alfa", store: "alfa-1", till: "1", number: String(++number), at: clock.now() };
  const lines = [{ category: "food", amountKopecks: 100_000 }];
  const receipt = { ...shop, lines, deliveryFeeKopecks: 0, tenders: [], spendCents: 0 };
  await ok(checkout.postReceipt({ receipt, member: { by: "identifier", kind: "card", value: card } }, operator));
}

const tell = (card: string, type: string) =>
  ok(
    events.post(
      {
        ...{ partner: "telecom", id: `${type}-${card}-${++number}`, type, at: clock.now(), data: {} },
        member: { by: "identifier", kind: "card", value: card },
      },
      operator,
    ),
  );

async function run(): Promise<void> {
  await programmes.refresh();
  while ((await followStream(deps)) || (await settleRewards(deps)) > 0 || !(await hasSeenAll(pool)));
}

async function draft(id: string, over: string): Promise<void> {
  const text = `format: 1
missions:
  ${id}:
    partner: telecom
    name: { ru: Номер, en: Number }
    funders: { telecom: 3, operator: 1 }
    fee: 500 RUB
    ${over}
`;
  await ok(draftMissions(deps, { file: { name: "m", text }, who: "anna", comment: "" }));
}

async function forecast(id: string, assumptions: Stated = {}): Promise<Forecast> {
  const made: StoredMission = await ok(makeForecast(deps, { mission: id, who: "anna", assumptions }));
  assert.ok(made.forecast !== undefined);
  return made.forecast;
}

/** Every member buys for 1,000 ₽ a week; one in ten moved the number. */
async function weeks(count: number, movers: readonly string[] = []): Promise<void> {
  for (let week = 0; week < count; week++) {
    for (const card of CARDS) await buy(card);
    if (week === 2) for (const card of movers) await tell(card, "number-moved");
    clock.advance(7 * DAY_MS);
  }
}

await weeks(5, CARDS.slice(0, 4));
const reward = "reward: { percent: 50%, at: alfa, lasts: 14 days, caps: { receipt: 400 points } }";
const JUNE = `goal: { event: number-moved }
    audience: { newTo: telecom }
    from: 2026-06-10
    until: 2026-07-07
    ${reward}`;

test("a forecast counts whom it is open to, who did it anyway, and prices each one's own receipts with boost and caps", async () => {
  await draft("june", JUNE);
  const { measured, assumptions, byFunder, byPartner, pointsCents } = await forecast("june");
  assert.equal(assumptions.audience?.expected, 36, "four of forty are telecom's already");
  assert.deepEqual(measured.natural, { hits: 4, members: 40, days: 28 });
  assert.equal(measured.perMemberCents, 80_000, "two receipts within 14 days, 400 points each by the cap");
  assert.deepEqual(Object.keys(byFunder), ["operator", "telecom"]);
  assert.deepEqual(byPartner.alfa, pointsCents);
  assert.deepEqual([assumptions.natural?.source, assumptions.won?.source], ["measured", "prior"]);
});

test("what the author states is drawn in its place, kept with the draft, and stands in what is approved", async () => {
  const won = { low: 2_000, expected: 2_500, high: 3_000 };
  const made = await forecast("june", { won });
  assert.deepEqual([made.assumptions.won?.expected, made.assumptions.won?.source], [2_500, "stated"]);
  assert.ok(made.completions.expected >= 8 && made.completions.expected <= 14, String(made.completions.expected));
  const live = await ok(changeMissionState(deps, { mission: "june", action: "approve", who: "boris", comment: "" }));
  assert.deepEqual(live.forecast?.assumptions.won, made.assumptions.won);
});

test("a mission that is over teaches the next: how many it won, and what its doers earned over the replay", async () => {
  await programmes.refresh();
  clock.set(Date.parse("2026-06-15T12:00:00+03:00"));
  for (const card of CARDS.slice(10, 28)) await tell(card, "number-moved");
  await run();
  await weeks(5);
  await run();
  clock.set(Date.parse("2026-07-23T12:00:00+03:00"));
  const text = "goal: { event: services-on }\n    from: 2026-07-24\n    until: 2026-08-20\n    ";
  await draft("july", text + reward);
  const { assumptions, measured } = await forecast("july");
  assert.equal(measured.finishedMissions, 1);
  assert.deepEqual([assumptions.won?.source, assumptions.spend?.source], ["learnt", "learnt"]);
  assert.ok((assumptions.won?.expected ?? 0) > 1_000, `18 of 36 did the last one: ${assumptions.won?.text.en}`);
  assert.match(assumptions.won?.text.ru ?? "", /по завершённым заданиям: 1\.$/);
});

test("missions that come before bound who is ready; an award needs no receipts", async () => {
  const text = "goal: { event: services-on }\n    after: june\n    from: 2026-07-24\n    until: 2026-08-20\n    ";
  await draft("then", `${text}reward: { points: 100 points }\n    budget: 500 points`);
  const made = await forecast("then");
  const share = made.assumptions.ready?.expected ?? 0;
  assert.ok(share > 3_500 && share < 5_500, `18 of 40 have done it: ${share}`);
  assert.deepEqual([made.measured.perMemberCents, made.measured.replayedReceipts], [10_000, 0]);
  assert.ok(made.pointsCents.high <= 50_000);
  assert.equal(made.assumptions.spend, undefined);
});

test("goals of purchases are judged as the mission will judge them", async () => {
  await draft(
    "weekly",
    `goal: { purchase: { at: alfa }, everyWeek: 3 times }\n    from: 2026-07-24\n    until: 2026-08-20\n    ${reward}`,
  );
  const { measured, completions, participants } = await forecast("weekly");
  assert.equal(measured.natural.hits, 40, "everybody came three weeks in a row");
  assert.ok(completions.low >= 36 && participants.high <= 40);
});
