import { feedStatus, hasPassed, markNow } from "#flows/feed/index.ts";
import { queryRows } from "#platform/clickhouse/client.ts";
import { systemClock } from "#platform/clock.ts";
import { wait } from "../lib/bench.ts";
import type { Stack } from "../lib/stack.ts";

function depsOf(stack: Pick<Stack, "pool">) {
  return { pool: stack.pool, nodes: [{ node: 0, pool: stack.pool }], clock: systemClock };
}

/** Waits until all that is committed now is in the warehouse. */
export async function untilFed(stack: Pick<Stack, "pool">): Promise<void> {
  const deps = depsOf(stack);
  const mark = await markNow(deps);
  while (!(await hasPassed(deps, mark))) await wait(0.1);
}

/** Looks twice a second how old the oldest operation is that the warehouse lacks. */
export function watchLag(stack: Pick<Stack, "pool">): { stop(): Promise<number> } {
  const deps = depsOf(stack);
  let isStopped = false;
  let worst = 0;
  const watching = (async () => {
    while (!isStopped) {
      worst = Math.max(worst, (await feedStatus(deps)).lagMs);
      await wait(0.5);
    }
  })();
  return {
    stop: async () => {
      isStopped = true;
      await watching;
      return worst;
    },
  };
}

export type Sums = {
  readonly operations: number;
  readonly movements: number;
  readonly cents: number;
  /** Redeemed less given back, by funder and redeemer. */
  readonly redeemed: Readonly<Record<string, number>>;
};

const LEDGER_SUMS = `
select m ->> 4 as funder, coalesce(m ->> 5, '') as redeemer, count(*)::int8 as movements,
       sum((m ->> 6)::int8)::int8 as cents,
       coalesce(sum(case when m ->> 1 = 're' then (m ->> 6)::int8 when m ->> 0 = 're' then -(m ->> 6)::int8 end), 0)::int8 as redeemed
from operation, json_array_elements(movements) as m
group by 1, 2 order by 1, 2`;

const WAREHOUSE_SUMS = `
select funder, redeemer, count() as movements, sum(m.cents) as cents,
       sum(multiIf(to_account = 're', m.cents, from_account = 're', -m.cents, 0)) as redeemed
from movement as m group by funder, redeemer order by funder, redeemer`;

type SumRow = {
  funder: string;
  redeemer: string;
  movements: string | number;
  cents: string | number;
  redeemed: string | number;
};

/** The same sums from both sides: counts, cents moved, and what each redeemer may ask of each funder. */
export async function compareWithWarehouse(stack: Pick<Stack, "pool" | "clickhouse">) {
  const { rows: count } = await stack.pool.query<{ operations: number }>(
    "select count(*)::int8 as operations from operation",
  );
  const { rows } = await stack.pool.query<SumRow>(LEDGER_SUMS);
  const [counted] = await queryRows<{ operations: string }>(
    stack.clickhouse,
    "select count() as operations from operation",
  );
  const ledger = sumUp(Number(count[0]?.operations), rows);
  const warehouse = sumUp(Number(counted?.operations), await queryRows<SumRow>(stack.clickhouse, WAREHOUSE_SUMS));
  return {
    operations: warehouse.operations,
    isEqual: JSON.stringify(ledger) === JSON.stringify(warehouse),
    ledger,
    warehouse,
  };
}

function sumUp(operations: number, rows: readonly SumRow[]): Sums {
  let movements = 0;
  let cents = 0;
  const redeemed: Record<string, number> = {};
  for (const row of rows) {
    movements += Number(row.movements);
    cents += Number(row.cents);
    if (Number(row.redeemed) !== 0) redeemed[`${row.funder} pays ${row.redeemer}`] = Number(row.redeemed);
  }
  return { operations, movements, cents, redeemed };
}
