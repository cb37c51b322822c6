import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { formatProgrammeError } from "#domains/program/index.ts";
import { createCheckout, type Principal, postInOrder } from "#flows/checkout/index.ts";
import { createRegisterDeps, registerMembers } from "#flows/move-in/index.ts";
import { parseInstant } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { createCity } from "#sim/city/city.ts";
import type { CityReceipt } from "#sim/city/receipts.ts";
import { testEngines } from "../../../test/engines.ts";
import { feedAll } from "../../../test/feed.ts";
import { programmesOf } from "../../../test/support/programmes.ts";
import { type ChangeFile, type Simulation, simulate, simulationHtml, simulationText } from "./index.ts";

const engines = await testEngines();
const { pool, clickhouse } = engines;
const clock = manualClock(0);
const text = readFileSync(new URL("../../../examples/demo/programme.yaml", import.meta.url), "utf8");
/** A second version in the middle: receipts of each are priced again with their own. */
const SECOND_FROM = Date.parse("2025-03-20T00:00:00+03:00");
const programmes = programmesOf(clock.now, text, { text: text.replace("earn: 5%", "earn: 6%"), from: SECOND_FROM });
const SECRET = Buffer.from("test");
const WINDOW = { fromAt: Date.parse("2025-03-08T00:00:00+03:00"), untilAt: Date.parse("2025-03-29T00:00:00+03:00") };
const tills: Principal = { keyId: "city", role: "operator" };

await fillCity();
await feedAll(engines, 5_000);

/** Four weeks of a small city through the checkout: members with subscriptions, spends, returns of a few. */
async function fillCity(): Promise<void> {
  const city = createCity({ seed: 11, people: 900, from: "2025-03-01", to: "2025-03-29" });
  const registrations = [...city.members()].map((member) => ({
    identifiers: [{ kind: "card" as const, value: member.card }],
    traits: member.subscription ? [{ kind: "subscription" as const, key: "dolka-plus", ...member.subscription }] : [],
    joinedAt: member.joinedAt,
  }));
  await registerMembers(createRegisterDeps(pool, createIdentifierKeys(SECRET)), registrations);
  const checkout = createCheckout({ pool, clock, programmes, identifierSecret: SECRET });
  const toRequest = (receipt: CityReceipt) => {
    const body = city.toReceiptBody(receipt);
    return {
      source: receipt,
      request: {
        receipt: {
          ...{ partner: body.partner, store: body.store, till: body.till, number: body.number, channel: body.channel },
          at: parseInstant(body.at) as number,
          lines: body.lines.map(({ category, amount, quantity }) => ({ category, amountKopecks: amount, quantity })),
          deliveryFeeKopecks: body.deliveryFee ?? 0,
          tenders: body.tenders.map(({ kind, amount, bank }) => ({
            kind,
            amountKopecks: amount,
            ...(bank === undefined ? {} : { bank }),
          })),
          spendCents: 0,
        },
        ...(body.member ? { member: { by: "identifier" as const, ...body.member } } : {}),
        ...(body.member && receipt.wishKopecks > 0 ? { spendAll: true } : {}),
      },
    };
  };
  const requests = async function* () {
    for (const receipt of city.receipts()) yield toRequest(receipt);
  };
  let posted = 0;
  for await (const { source, outcome } of postInOrder(checkout, clock, tills, requests())) {
    if (!outcome.ok || outcome.value.body.member === undefined || ++posted % 40 !== 0) continue;
    const { receiptId } = outcome.value.body;
    const body = city.toReceiptBody(source as CityReceipt);
    const back = { receiptId, store: body.store, till: body.till, number: `r${body.number}`, at: clock.now() };
    await checkout.returnReceipt({ ...back, lines: "all", refund: "money" }, tills);
  }
  await giveTraitsLater(checkout);
  await checkout.drain();
}

/** Traits that hold from before the receipts but were given after them, as levels are: those receipts knew nothing of them. */
async function giveTraitsLater(checkout: ReturnType<typeof createCheckout>): Promise<void> {
  clock.set(Date.parse("2025-04-20T12:00:00+03:00"));
  const { rows } = await pool.query<{ member: number }>(
    "select distinct member_id::float8 as member from operation order by 1 limit 60",
  );
  for (const { member } of rows) {
    const traits = [{ kind: "subscription", key: "dolka-plus", fromAt: Date.parse("2025-03-01T00:00:00Z") }] as const;
    const partner = programmes.current().operator;
    const given = await checkout.reward({ idempotencyKey: ["late", member], member, partner, traits, cause: {} });
    assert.ok(given.ok, JSON.stringify(given));
  }
}

const control = { signal: new AbortController().signal, onProgress: () => {} };

async function ask(
  change: ChangeFile | string,
  base?: "booked" | "latest",
  budgets?: "run-dry" | "endless",
): Promise<Simulation> {
  const file = typeof change === "string" ? { name: "change.yaml", text: change } : change;
  const done = await simulate(
    { pool, clickhouse, programmes },
    { change: file, ...WINDOW, ...(base === undefined ? {} : { base }), ...(budgets === undefined ? {} : { budgets }) },
    control,
  );
  assert.ok(done.ok, JSON.stringify(done));
  return done.value;
}

test("an unchanged programme gives exactly what was booked, on every receipt of a city, and no differences", async () => {
  const told = await ask("patch: 1");
  assert.ok(told.receipts > 3_000, `${told.receipts} receipts`);
  assert.deepEqual(told.check.deviations, []);
  assert.equal(told.check.reproduced, told.receipts);
  assert.equal(told.check.unpriced, 0);
  const [{ cents }] = (
    await pool.query<{ cents: number }>(
      `select coalesce(sum((r ->> 'pointsCents')::int8), 0)::float8 as cents
       from operation, json_array_elements(body -> 'rules') r
       where kind = 'purchase' and occurred_at >= $1 and occurred_at < $2`,
      [new Date(WINDOW.fromAt), new Date(WINDOW.untilAt)],
    )
  ).rows as [{ cents: number }];
  assert.equal(told.check.bookedCents, cents);
  assert.ok(told.spent.beforeCents > 0, "some receipts were paid with points");
  assert.equal(told.spent.afterCents, told.spent.beforeCents);
  assert.equal(told.total.differenceCents, 0);
  assert.deepEqual([told.who.gaining, told.who.losing], [0, 0]);
});

test("priced with the programme of now, the receipts of older versions differ, and the report says why", async () => {
  const told = await ask({ name: "programme.yaml", text: text.replace("earn: 5%", "earn: 6%") });
  assert.equal(told.base, "latest");
  assert.equal(told.total.differenceCents, 0);
  assert.ok(told.check.deviations.length > 0);
  assert.deepEqual([...new Set(told.check.deviations.map(({ why }) => why))], ["version"]);
});

test("a higher percentage costs those who fund it, and only members it concerns gain", async () => {
  const told = await ask("patch: 1\nrules:\n  plus-groceries:\n    earn: 10%\n");
  assert.ok(told.total.differenceCents > 0);
  const changed = told.rules.filter(({ differenceCents }) => differenceCents !== 0);
  assert.ok(changed.some(({ id, differenceCents }) => id === "plus-groceries" && differenceCents > 0));
  for (const rows of [told.funders, told.partners, told.levels]) {
    assert.equal(
      rows.reduce((sum, row) => sum + row.differenceCents, 0),
      told.total.differenceCents,
    );
  }
  assert.ok(told.who.gaining > 0 && told.who.same > 0);
  assert.equal(told.who.gainedCents - told.who.lostCents, told.total.differenceCents);
  assert.equal(told.who.deciles.length, 11);
  assert.equal(
    told.who.histogram.reduce((sum, { members }) => sum + members, 0),
    told.members,
  );
  assert.match(simulationText(told), /By funder[\s\S]*█/);
  const page = simulationHtml(told, "What if");
  assert.match(page, /<svg /);
  assert.doesNotMatch(page, /<script|https?:\/\//);
});

test("a rule taken away and a new cap only take", async () => {
  const told = await ask(
    "patch: 1\nrules:\n  plus-groceries: ~\ncaps:\n  everything-month: { name: All, per: month, limit: 20 points, appliesTo: all }\n",
  );
  assert.ok(told.total.differenceCents < 0);
  assert.equal(told.who.gaining, 0);
  assert.ok(told.who.losing > 0);
  assert.equal(told.rules.find(({ id }) => id === "plus-groceries")?.afterCents, 0);
});

test("a budget runs dry for everybody in order of time, to its last hundredth; endless, the report says by how much", async () => {
  const change = `patch: 1
caps:
  subscribers: { name: Budget, per: member, limit: 40 points, of: everyone }
rules:
  plus-groceries: { caps: [subscribers] }
`;
  const dry = await ask(change);
  const endless = await ask(change, undefined, "endless");
  const rule = (told: Simulation) => told.rules.find(({ id }) => id === "plus-groceries");
  const [budget, asked] = [dry, endless].map(({ budgets }) => budgets.find(({ cap }) => cap === "subscribers"));
  assert.ok(budget?.ranDryAt !== undefined && asked !== undefined && asked.ranDryAt === undefined);
  assert.equal(budget.askedAfterCents, asked.askedAfterCents);
  assert.ok(asked.overCents > 0, `${asked.askedAfterCents} are asked`);
  assert.equal(endless.total.differenceCents, 0);
  assert.ok((rule(dry)?.afterCents ?? 0) <= 4_000, "returns take some of it back");
  assert.equal(dry.who.gaining, 0);
  assert.ok(dry.who.losing > 0);
  assert.deepEqual(await ask(change), dry, "the same again");
  const { rows } = await pool.query<{ cents: number }>(
    `select coalesce(sum((r ->> 'pointsCents')::int8), 0)::float8 as cents
     from operation, json_array_elements(body -> 'rules') r
     where kind = 'purchase' and occurred_at >= $1 and occurred_at < $2 and r ->> 'rule' = 'plus-groceries'`,
    [new Date(WINDOW.fromAt), new Date(Date.parse(budget.ranDryAt) + 60_000)],
  );
  assert.ok((rows[0]?.cents ?? 0) > 4_000, "by that minute more had been given than the budget has");
  const before = await pool.query<{ cents: number }>(
    `select coalesce(sum((r ->> 'pointsCents')::int8), 0)::float8 as cents
     from operation, json_array_elements(body -> 'rules') r
     where kind = 'purchase' and occurred_at >= $1 and occurred_at < $2 and r ->> 'rule' = 'plus-groceries'`,
    [new Date(WINDOW.fromAt), new Date(budget.ranDryAt)],
  );
  assert.ok((before.rows[0]?.cents ?? 0) <= 4_000, "and not before it");
});

test("a patch's faults stand where the patch says them, and nothing is replayed", async () => {
  const faults = async (change: string) => {
    const done = await simulate(
      { pool, clickhouse, programmes },
      { change: { name: "p.yaml", text: change }, ...WINDOW },
      control,
    );
    assert.ok(!done.ok && done.failure.code === "change-invalid");
    return done.failure.errors.map(formatProgrammeError);
  };
  assert.match((await faults("patch: 1\nrulez: {}\n")).join(), /p\.yaml:2:1 .*rulez.*Did you mean "rules"/);
  assert.match((await faults("patch: 1\nrules:\n  plus-groceries:\n    earn: lots\n")).join(), /p\.yaml:4:11 \/rules/);
  assert.match((await faults("patch: 1\nrules:\n  none-such: ~\n")).join(), /p\.yaml:3:3 .*no such id/);
});

test("a cancelled simulation stops", async () => {
  const stop = new AbortController();
  stop.abort();
  await assert.rejects(
    simulate(
      { pool, clickhouse, programmes },
      { change: { name: "p", text: "patch: 1" }, ...WINDOW },
      { signal: stop.signal, onProgress: () => {} },
    ),
  );
});
