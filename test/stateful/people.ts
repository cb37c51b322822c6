import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import fc from "fast-check";
import type { Pool } from "pg";
import { verifyProjections } from "#domains/ledger/index.ts";
import { createCalendar } from "#kernel/time.ts";
import { testEngines, testLength } from "../engines.ts";
import { SMALL_COALITION } from "../support/programmes.ts";
import { type PeopleCommand, peopleCommand } from "./people-commands.ts";
import { act, beginLife, createWorld } from "./people-life.ts";

/**
 * Histories that the reference model does not know: people who become one and are told apart, who move points, who are
 * erased. No expected numbers: what must hold is what `verify` rebuilds from the stream by code of its own, that nothing is
 * left on the way between two streams, that a funder's points are all accounted for, and that nothing throws.
 */
const PROGRAMME = `${SMALL_COALITION}
lots: { activation: 1 day, expiry: { after: 10 days } }
policies:
  householdPoints: 1000 points
`;

/** The short runs' own: the same histories each time, so that a gate says the same of the same code. */
const SHORT = { seed: 20_261_125, histories: 25 };

/**
 * Plays random histories: new ones for so many seconds in the long runs, always the same few in the short ones.
 * `DOLKA_TEST_SEED` repeats a run. The same on the pure core, a hundred times as many: `family.prop.test.ts` of the ledger.
 */
export async function livePeople(t: TestContext, seconds: number): Promise<void> {
  const { pool } = await testEngines();
  const world = createWorld(pool, PROGRAMME);
  const tally = new Map<string, number>();
  let histories = 0;
  const play = async (commands: readonly PeopleCommand[]): Promise<void> => {
    histories++;
    const life = await beginLife(world);
    for (const each of commands) {
      const done = await act(life, each);
      const name = `${each.do}${done === undefined || done.ok ? "" : " refused"}`;
      tally.set(name, (tally.get(name) ?? 0) + 1);
    }
    await check(pool, life.members, world.clock.now);
  };
  const isLong = testLength() === "long";
  const seed = Number(process.env.DOLKA_TEST_SEED ?? (isLong ? Date.now() % 2_147_483_647 : SHORT.seed));
  t.diagnostic(`seed ${seed}`);
  await fc.assert(fc.asyncProperty(fc.array(peopleCommand, { minLength: 5, maxLength: 40, size: "max" }), play), {
    seed,
    numRuns: isLong ? 100_000 : SHORT.histories,
    interruptAfterTimeLimit: seconds * 1_000,
    endOnFailure: true,
  });
  await world.checkout.drain();
  const done = [...tally].sort(([a], [b]) => (a < b ? -1 : 1)).map(([what, count]) => `${what} ${count}`);
  t.diagnostic(`${histories} histories; ${done.join(", ")}`);
}

/** Nothing is on the way between streams; what a funder issued is held, spent, expired or taken back. */
async function check(pool: Pool, members: readonly number[], now: () => number): Promise<void> {
  const { rows } = await pool.query<{ funder: string; way: number; issued: number; left: number; held: number }>(
    `with moved as (
       select m->>0 as source, m->>1 as target, m->>4 as funder, (m->>6)::int8 as cents
       from operation, json_array_elements(movements) m where member_id = any($1)
     ), lots as (
       select f.funder, sum(coalesce(f.remaining, 0) + coalesce(f.held, 0))::int8 as cents
       from lot l, unnest(l.funders, l.remaining, l.held) as f(funder, remaining, held) where l.member_id = any($1) group by 1
     )
     select funder, sum(case when target = 'mv' then cents when source = 'mv' then -cents else 0 end)::int8 as way,
       sum(case when source = 'ob' and target in ('pe', 'ac') then cents else 0 end)::int8 as issued,
       sum(case when source in ('pe', 'ac', 'he') and target in ('re', 'ex', 'ob') then cents
                when source in ('re', 'ex') and target in ('pe', 'ac', 'he') then -cents else 0 end)::int8 as left,
       coalesce((select cents from lots where lots.funder = moved.funder), 0)::int8 as held
     from moved group by funder`,
    [members],
  );
  for (const { funder, way, issued, left, held } of rows) {
    assert.equal(Number(way), 0, `points of ${funder} are on the way`);
    assert.equal(Number(issued) - Number(left), Number(held), `points of ${funder} are not accounted for`);
  }
  const report = await verifyProjections(pool, { calendar: createCalendar("Europe/Moscow"), now });
  assert.deepEqual(report.differences, []);
}
