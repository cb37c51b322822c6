import type { Fault } from "#platform/yaml/faults.ts";
import { suggest } from "#platform/yaml/suggest.ts";
import type { ImportMapping, MappedValue } from "./mapping.ts";

/** Columns of the file and of each joined one, as they were found. */
export type StagedColumns = {
  readonly main: readonly string[];
  readonly joins: Readonly<Record<string, readonly string[]>>;
};

/** A query with the values that its placeholders stand for. */
export type BoundQuery = { readonly text: string; readonly parameters: Record<string, unknown> };

/** What the mapping names and the files lack. */
export function checkColumns(mapping: ImportMapping, columns: StagedColumns): Fault[] {
  const faults: Fault[] = [];
  const known = [
    ...columns.main,
    ...Object.entries(columns.joins).flatMap(([join, names]) => names.map((name) => `${join}.${name}`)),
  ];
  const check = (name: string, ...path: string[]): void => {
    if (known.includes(name)) return;
    const near = suggest(name, known);
    const message = `no column "${name}"; there are ${known.join(", ")}`;
    faults.push({ kind: "meaning", path, message, ...(near === undefined ? {} : { didYouMean: near }) });
  };
  const checkValue = (value: MappedValue | { byPartner: unknown }, ...path: string[]): void => {
    if (typeof value === "object" && "column" in value) check(value.column, ...path, "column");
  };
  for (const [name, join] of Object.entries(mapping.joins ?? {})) {
    check(`${name}.${join.column}`, "joins", name, "column");
    check(join.equals, "joins", name, "equals");
  }
  check(mapping.receipt.number, "receipt", "number");
  check(mapping.receipt.at.column, "receipt", "at", "column");
  checkValue(mapping.receipt.partner, "receipt", "partner");
  checkValue(mapping.receipt.store, "receipt", "store");
  if (mapping.member) check(mapping.member.column, "member", "column");
  checkValue(mapping.line.category, "line", "category");
  check(mapping.line.amount.column, "line", "amount", "column");
  if (mapping.line.quantity) check(mapping.line.quantity.column, "line", "quantity", "column");
  return faults;
}

/** Builds SQL with its values bound: identifiers are quoted and known to exist, all else is a parameter. */
function createBinder(prefix: string) {
  const parameters: Record<string, unknown> = {};
  const bind = (value: unknown, type: string): string => {
    const name = `p${Object.keys(parameters).length}`;
    parameters[name] = value;
    return `{${name}:${type}}`;
  };
  const quote = (name: string): string => `\`${name.replace(/[`\\]/g, "\\$&")}\``;
  return {
    parameters,
    bind,
    quote,
    table: (name: string): string => quote(`${prefix}_${name}`),
    column: (name: string): string => {
      const dot = name.indexOf(".");
      const alias = dot < 0 ? "main" : name.slice(0, dot);
      return `${quote(alias)}.${quote(dot < 0 ? name : name.slice(dot + 1))}`;
    },
  };
}

type Binder = ReturnType<typeof createBinder>;

/** A mapped value as SQL; null where the map has nothing and nothing else is given. */
function valueSql(binder: Binder, value: MappedValue): string {
  if (typeof value === "string") return binder.bind(value, "String");
  const column = `toString(${binder.column(value.column)})`;
  if (value.slug) return slugSql(column);
  if (!value.map) return column;
  const from = binder.bind(Object.keys(value.map), "Array(String)");
  const to = binder.bind(Object.values(value.map), "Array(String)");
  const otherwise = value.otherwise === undefined ? "''" : binder.bind(value.otherwise, "String");
  return `nullIf(transform(ifNull(${column}, ''), ${from}, ${to}, ${otherwise}), '')`;
}

function slugSql(column: string): string {
  return `nullIf(trim(both '-' from replaceRegexpAll(lower(ifNull(${column}, '')), '[^a-z0-9]+', '-')), '')`;
}

function storeSql(binder: Binder, mapping: ImportMapping): string {
  const { store } = mapping.receipt;
  if (typeof store === "string" || !("byPartner" in store)) return valueSql(binder, store);
  const from = binder.bind(Object.keys(store.byPartner), "Array(String)");
  const to = binder.bind(Object.values(store.byPartner), "Array(String)");
  return `nullIf(transform(ifNull(partner, ''), ${from}, ${to}, ''), '')`;
}

/** Staged rows as receipt lines, each with the reason that refuses it or none. */
function linesSql(binder: Binder, mapping: ImportMapping): string {
  const { receipt, line, member } = mapping;
  const amount = `toDecimal64OrNull(${binder.column(line.amount.column)}, 6)`;
  const kopecks = `toInt64(round(${amount} * ${binder.bind(line.amount.kopecksPerUnit, "Int64")}))`;
  const at = `parseDateTimeBestEffortOrNull(${binder.column(receipt.at.column)}, ${binder.bind(receipt.at.timeZone, "String")})`;
  const joins = Object.entries(mapping.joins ?? {}).map(
    ([name, join]) =>
      `any left join ${binder.table(name)} as ${binder.quote(name)} on ${binder.column(`${name}.${join.column}`)} = ${binder.column(join.equals)}`,
  );
  return `
select main._row as row, ${binder.column(receipt.number)} as number, toUnixTimestamp64Milli(toDateTime64(${at}, 3)) as line_ms,
       ${valueSql(binder, receipt.partner)} as partner, ${storeSql(binder, mapping)} as store,
       ${member ? binder.column(member.column) : "null"} as member,
       ${valueSql(binder, line.category)} as category, ${kopecks} as kopecks,
       ${line.quantity ? `toFloat64OrNull(${binder.column(line.quantity.column)})` : "null"} as quantity,
       multiIf(number is null, 'no receipt number', line_ms is null, 'unreadable time', kopecks is null, 'unreadable amount',
               kopecks < 0, 'negative amount', partner is null, 'no partner for it', store is null, 'no store for it',
               category is null, 'no category for it'${line.zero === "refuse" ? ", kopecks = 0, 'costs nothing'" : ""}, '') as reason
from ${binder.table("main")} as main ${joins.join(" ")}`;
}

/**
 * Receipts in the order of their times: lines of one number and partner together. A number whose times differ counts
 * at its first. `visit` counts a member's receipt numbers, so that a split basket is one visit.
 */
export function receiptsQuery(prefix: string, mapping: ImportMapping, after: Position | undefined): BoundQuery {
  const binder = createBinder(prefix);
  const lines = linesSql(binder, mapping);
  const resume = after
    ? `where (at_ms, number, partner) > (${binder.bind(after.atMs, "Int64")}, ${binder.bind(after.number, "String")}, ${binder.bind(after.partner, "String")})`
    : "";
  const text = `
select * from (
  select *, dense_rank() over (partition by member order by visit_ms, number) as visit
  from (
  select *, min(at_ms) over (partition by number) as visit_ms from (
    select number, partner, any(store) as store, any(member) as member, min(line_ms) as at_ms,
           groupArray((row, category, kopecks, quantity)) as lines
    from (select * from (${lines}) where reason = '' order by row)
    group by number, partner
  ))
)
${resume}
order by at_ms, number, partner`;
  return { text, parameters: binder.parameters };
}

/** Rows that can't become lines, with the reason. */
export function refusedQuery(prefix: string, mapping: ImportMapping): BoundQuery {
  const binder = createBinder(prefix);
  const text = `select row, reason from (${linesSql(binder, mapping)}) where reason != '' order by row`;
  return { text, parameters: binder.parameters };
}

/** Where an import stands: the last receipt whose outcome is known. */
export type Position = { readonly atMs: number; readonly number: string; readonly partner: string };
