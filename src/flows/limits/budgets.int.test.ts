import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyProjections } from "#domains/ledger/index.ts";
import { BUDGET_PREFIX } from "#domains/program/index.ts";
import { createCheckout, type Principal, type RunningCheckout } from "#flows/checkout/index.ts";
import { createRandom } from "#kernel/random.ts";
import { createCalendar } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { testEngines, testLength } from "../../../test/engines.ts";
import { programmesOf, SMALL_COALITION } from "../../../test/support/programmes.ts";

const { pool } = await testEngines();
const clock = manualClock(Date.parse("2026-06-15T12:00:00+03:00"));
const operator: Principal = { keyId: "op", role: "operator" };

/** Fixed awards of 20 under a budget; and one per day beside it. */
function coalition(limit: string, short: "trim" | "refuse", id: string): string {
  return (
    `${SMALL_COALITION}
  ${id}:
    name: extra
    when: { partner: beta }
    earn: 20 points
    funders: { alfa: 2, beta: 1 }
    caps: [${id}-total, ${id}-day]
`
      .replace("spending:\n", "")
      .replace(/ {2}everywhere:[\s\S]*?100%\n/, "") +
    `
caps:
  ${id}-total: { name: total, per: member, limit: ${limit}, of: everyone, short: ${short} }
  ${id}-day: { name: day, per: day, limit: 100000 points, of: everyone }
spending: { everywhere: { largestShare: 100% } }
`
  );
}

function processOf(text: string): RunningCheckout {
  const programmes = programmesOf(clock.now, text);
  return createCheckout({ pool, clock, programmes, identifierSecret: Buffer.from("test") });
}

let number = 0;
async function buy(checkout: RunningCheckout, card: string): Promise<number> {
  const outcome = await checkout.postReceipt(
    {
      receipt: {
        partner: "beta",
        store: "beta-1",
        till: "1",
        number: String(++number),
        at: clock.now(),
        lines: [{ category: "food", amountKopecks: 10_000 }],
        deliveryFeeKopecks: 0,
        tenders: [],
        spendCents: 0,
      },
      member: { by: "identifier", kind: "card", value: card },
    },
    operator,
  );
  assert.ok(outcome.ok, `a receipt is never refused for a budget: ${JSON.stringify(outcome)}`);
  return outcome.value.body.earned;
}

/** What the ledger gave by a rule, from its operations alone. */
async function given(rule: string): Promise<number> {
  const { rows } = await pool.query<{ cents: number }>(
    `select coalesce(sum((r ->> 'pointsCents')::int8), 0)::int8 as cents
     from operation o cross join json_array_elements(o.body -> 'rules') r where o.kind = 'purchase' and r ->> 'rule' = $1`,
    [rule],
  );
  return rows[0]?.cents ?? 0;
}

async function used(key: string): Promise<number> {
  const { rows } = await pool.query<{ cents: number }>(
    `select (settled_cents + coalesce((select sum(used_cents) from budget_lease l where l.key = b.key and is_open), 0))::int8 as cents
     from budget b where key = $1`,
    [key],
  );
  return rows[0]?.cents ?? 0;
}

const totalOf = (id: string) => `${BUDGET_PREFIX}${id}-total|all`;

test("case 14: 25 left and two awards of 20 at once are 20 and 5 by `trim`, 20 and nothing by `refuse`; never 40", async () => {
  for (const short of ["trim", "refuse"] as const) {
    const id = `case-${short}`;
    const one = processOf(coalition("25 points", short, id));
    const other = processOf(coalition("25 points", short, id));
    const earned = await Promise.all([buy(one, `${id}-1`), buy(other, `${id}-2`)]);
    assert.deepEqual(
      earned.sort((a, b) => a - b),
      short === "trim" ? [500, 2_000] : [0, 2_000],
    );
    assert.equal(await buy(one, `${id}-3`), 0);
  }
});

test("12 and 13 leased by two processes are recalled before anything is refused: 20 and 5", async () => {
  const id = "leased";
  const one = processOf(coalition("25 points", "trim", id));
  const other = processOf(coalition("25 points", "trim", id));
  const key = totalOf(id);
  await pool.query("insert into budget (key, limit_cents, updated_at) values ($1, 2500, now())", [key]);
  await pool.query("insert into budget_lease (key, granted_cents) values ($1, 1200), ($1, 1300)", [key]);
  assert.equal(await buy(one, "leased-1"), 2_000);
  assert.equal(await buy(other, "leased-2"), 500);
  assert.equal(await used(key), 2_500);
});

test("thousands of receipts through processes that crash never give more than the budget, and end by giving all of it", async () => {
  const random = createRandom(7);
  const rounds = testLength() === "long" ? 12 : 2;
  for (let round = 0; round < rounds; round++) {
    const id = `crash-${round}`;
    const limit = 8_000 + random.int(4_000) + 0.37;
    const text = coalition(`${limit.toFixed(2)} points`, round % 2 === 0 ? "trim" : "refuse", id);
    const processes = Array.from({ length: 3 }, () => processOf(text));
    let sum = 0;
    let asked = 0;
    const answered: Promise<void>[] = [];
    const limitCents = Math.round(limit * 100);
    while (asked < Math.ceil(limitCents / 2_000) + 40) {
      const at = random.int(processes.length);
      for (let i = 0; i < 1 + random.int(40); i++) {
        asked++;
        const card = `${id}-${random.int(60)}`;
        answered.push(
          buy(processes[at] as RunningCheckout, card).then((cents) => {
            sum += cents;
          }),
        );
      }
      // A crash: the process is gone with what it leased, whatever it was doing; another takes its place.
      if (random.int(4) === 0) processes[at] = processOf(text);
      if (random.int(3) === 0) await Promise.all(answered.splice(0));
      const so = await given(id);
      assert.ok(so <= limitCents, `${so} given of ${limitCents}`);
    }
    await Promise.all(answered);
    const total = await given(id);
    const expected = round % 2 === 0 ? limitCents : limitCents - (limitCents % 2_000);
    assert.equal(total, expected, "what crashed processes had leased came back");
    assert.equal(sum, total, "answers say what was given");
    assert.equal(await used(totalOf(id)), total, "budgets count what the operations gave");
  }
});

test("verify rebuilds all of it from the operations", async () => {
  const report = await verifyProjections(pool, { calendar: createCalendar("Europe/Moscow"), now: clock.now });
  assert.deepEqual(report.differences, []);
});
