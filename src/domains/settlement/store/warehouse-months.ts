import { firstDayOf, formatDay, lastDayOf, type Month, parseMonth } from "#kernel/time.ts";
import { type ClickHouseClient, queryRows } from "#platform/clickhouse/client.ts";

/** One partition, its first granule. */
const ANY_OPERATION = `
select 1 as there from operation where accounting_day between {first:Date} and {last:Date} limit 1`;

export async function hasOperations(warehouse: ClickHouseClient, month: Month): Promise<boolean> {
  const range = { first: formatDay(firstDayOf(month)), last: formatDay(lastDayOf(month)) };
  return (await queryRows(warehouse, ANY_OPERATION, range)).length > 0;
}

/** From the list of parts: no row is read. */
const MONTHS = `
select distinct partition from system.parts
where database = currentDatabase() and table = 'operation' and active and rows > 0`;

/** Months with operations, newest first. */
export async function monthsWithOperations(warehouse: ClickHouseClient): Promise<Month[]> {
  const rows = await queryRows<{ partition: string }>(warehouse, MONTHS);
  return rows
    .map(({ partition }) => parseMonth(`${partition.slice(0, 4)}-${partition.slice(4)}`))
    .filter((month) => month !== undefined)
    .sort((a, b) => b - a);
}
