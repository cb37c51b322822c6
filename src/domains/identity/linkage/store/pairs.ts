import type { ClickHouseClient } from "@clickhouse/client";
import type { Layout } from "./layout.ts";
import { type Compared, comparePairs } from "./pair-sql.ts";
import type { Rule } from "./rules.ts";

export type PatternCount = { readonly pattern: number; readonly count: number };
export type PairGroup = PatternCount & Bits & { readonly eligible: number };
/** Term-frequency bits of a pair: Σ -log2(share of the value) where a field agrees exactly. */
export type Bits = { readonly personBits: number; readonly householdBits: number };

/**
 * Comparisons run without lazy branches: filtering rows for each branch costs more than computing all similarities
 * (500,000 pairs of 6 fields: 7.6 s lazily, 1.2 s eagerly, on two busy cores). Small blocks of rows let both cores read.
 */
const COMPARE_SETTINGS =
  "short_circuit_function_evaluation = 'disable', merge_tree_min_rows_for_concurrent_read = 512, merge_tree_min_bytes_for_concurrent_read = 1";

/** The condition under which a pair of one or of two files is looked at once. */
function onePair(linking: boolean): string {
  return linking ? "l.second = 0 AND r.second = 1" : "l.id < r.id";
}

export async function createPairs(client: ClickHouseClient, table: string): Promise<void> {
  await client.command({
    query: `CREATE TABLE ${table} (l_id UInt32, r_id UInt32, atoms UInt64, pattern UInt64, person_bits Float32, household_bits Float32) ENGINE = MergeTree ORDER BY tuple()`,
  });
}

/** A table of candidate pairs: numbers only, so that rules join narrow rows. */
export async function createCandidates(client: ClickHouseClient, table: string): Promise<void> {
  await client.command({
    query: `CREATE TABLE ${table} (l_id UInt32, r_id UInt32) ENGINE = MergeTree ORDER BY tuple()`,
  });
}

/** Selects all pairs there are; a cross join, for small inputs. */
export function allPairs(records: string, linking: boolean): string {
  return `SELECT l.id AS l_id, r.id AS r_id FROM ${records} AS l CROSS JOIN ${records} AS r WHERE ${onePair(linking)}`;
}

/**
 * Adds the pairs that agree on all atoms of `rule`: blocks of records with equal keys, taken apart into pairs. Cheaper than a
 * join of the table with itself, which would look every record up once more. A pair may come by several rules.
 */
export async function insertCandidates(
  client: ClickHouseClient,
  tables: { readonly candidates: string; readonly records: string },
  { layout, linking }: { readonly layout: Layout; readonly linking: boolean },
  rule: Rule,
): Promise<void> {
  const { keys, names, filled } = blockKeys(layout, rule);
  const rows = `SELECT id, second, ${keys} FROM ${tables.records} WHERE ${filled}`;
  await client.command({
    query: `INSERT INTO ${tables.candidates} ${linking ? pairsAcross(rows, names) : pairsWithin(rows, names)}`,
  });
}

function pairsWithin(rows: string, names: string): string {
  const blocks = `SELECT arraySort(groupArray(id)) AS ids FROM (${rows}) GROUP BY ${names} HAVING length(ids) > 1`;
  const ends = `SELECT l_id, arraySlice(ids, place + 1) AS others FROM (${blocks}) ARRAY JOIN ids AS l_id, arrayEnumerate(ids) AS place`;
  return `SELECT l_id, arrayJoin(others) AS r_id FROM (${ends})`;
}

function pairsAcross(rows: string, names: string): string {
  const blocks = `SELECT groupArrayIf(id, second = 0) AS ls, groupArrayIf(id, second = 1) AS rs FROM (${rows}) GROUP BY ${names} HAVING notEmpty(ls) AND notEmpty(rs)`;
  return `SELECT l_id, arrayJoin(rs) AS r_id FROM (${blocks}) ARRAY JOIN ls AS l_id`;
}

/** SQL of a rule's keys (a record with several keys of an atom stands in several blocks), their names, and who has them. */
function blockKeys(layout: Layout, rule: Rule): { keys: string; names: string; filled: string } {
  const isMany = (atom: number) => layout.atoms[atom]?.many === true;
  return {
    keys: rule.map((atom) => (isMany(atom) ? `arrayJoin(arrayDistinct(k${atom})) AS j${atom}` : `k${atom}`)).join(", "),
    names: rule.map((atom) => (isMany(atom) ? `j${atom}` : `k${atom}`)).join(", "),
    filled: rule.map((atom) => (isMany(atom) ? `notEmpty(k${atom})` : `k${atom} != 0`)).join(" AND "),
  };
}

/** The candidates of all rules, each pair once. */
export function distinctCandidates(candidates: string): string {
  return `SELECT l_id, r_id FROM ${candidates} GROUP BY l_id, r_id`;
}

/** Selects pairs at random: each record against `perRecord` others, chosen by a hash of its number and the seed. */
export function randomPairs(
  records: string,
  input: { rows: number; linking: boolean; secondFrom: number; seed: number; perRecord: number },
): string {
  const { rows, linking, secondFrom, seed, perRecord } = input;
  const [from, size] = linking ? [secondFrom, rows - secondFrom] : [0, rows];
  const other = `toUInt32(${from} + cityHash64(id, number, ${seed}) % ${size})`;
  const draw = `SELECT id AS l_id, arrayJoin(range(${perRecord})) AS number, ${other} AS r_id FROM ${records}`;
  return `SELECT l_id, r_id FROM (${draw}${linking ? " WHERE second = 0" : ""}) WHERE l_id != r_id`;
}

/** Compares the selected pairs into the pair table. */
export async function insertPairs(
  client: ClickHouseClient,
  tables: { readonly pairs: string; readonly records: string },
  by: Compared,
  candidates: string,
): Promise<void> {
  const compared = comparePairs(by, tables.records, candidates);
  await client.command({ query: `INSERT INTO ${tables.pairs} ${compared} SETTINGS ${COMPARE_SETTINGS}` });
}

/** How often each pattern of outcomes comes among the selected pairs. */
export async function countCompared(
  client: ClickHouseClient,
  records: string,
  by: Compared,
  candidates: string,
): Promise<PatternCount[]> {
  const compared = comparePairs(by, records, candidates);
  return await rows(client, `SELECT pattern, count() AS count FROM (${compared}) GROUP BY pattern`, COMPARE_SETTINGS);
}

/**
 * Pairs in groups for the estimation: same pattern, same term-frequency bits (rounded), same `eligible` mask. Bit f of the
 * mask: some rule that does not look at field f found the pair, so the pair may teach what f's outcomes weigh.
 */
export async function countGroups(client: ClickHouseClient, table: string, eligibleSql: string): Promise<PairGroup[]> {
  return await rows(
    client,
    `SELECT pattern, round(person_bits) AS personBits, round(household_bits) AS householdBits, ${eligibleSql} AS eligible, count() AS count FROM ${table} GROUP BY pattern, personBits, householdBits, eligible`,
  );
}

/** The mask of `countGroups` in SQL, of rules as masks over atoms. */
export function eligibleMask(fieldMasks: readonly bigint[], rules: readonly bigint[]): string {
  const bits = fieldMasks.flatMap((field, index) => {
    const free = rules.filter((rule) => (rule & field) === 0n);
    if (free.length === 0) return [];
    const any = free.map((rule) => `bitAnd(atoms, ${rule}) = ${rule}`).join(" OR ");
    return [`bitShiftLeft(toUInt32(${any}), ${index})`];
  });
  return bits.join(" + ") || "toUInt32(0)";
}

export type Edge = Bits & {
  readonly l: number;
  readonly r: number;
  readonly pattern: number;
  /** Agreeing atoms as bits, in halves of 32. */
  readonly low: number;
  readonly high: number;
};

/**
 * Pairs of the given patterns whose weight (by pattern) plus term-frequency bits is at least `least`; by the records'
 * numbers, so that what follows does not depend on the order in which the engine answers.
 */
export async function readEdges(
  client: ClickHouseClient,
  { pairs, weights }: { readonly pairs: string; readonly weights: string },
  patternWeights: readonly { pattern: number; weight: number }[],
  least: number,
): Promise<Edge[]> {
  await client.command({
    query: `CREATE TABLE ${weights} (pattern UInt64, weight Float64) ENGINE = MergeTree ORDER BY pattern`,
  });
  if (patternWeights.length > 0) await client.insert({ table: weights, values: patternWeights, format: "JSONEachRow" });
  const result = await client.query({
    query: `SELECT l_id, r_id, toFloat64(pairs.pattern), person_bits, household_bits, toInt32(bitAnd(atoms, 4294967295)), toInt32(bitShiftRight(atoms, 32))
      FROM ${pairs} AS pairs INNER JOIN ${weights} AS w ON pairs.pattern = w.pattern
      WHERE w.weight + person_bits + household_bits >= ${least}`,
    format: "JSONCompactEachRow",
  });
  const edges: Edge[] = [];
  for await (const chunk of result.stream<[number, number, number, number, number, number, number]>()) {
    for (const row of chunk) {
      const [l, r, pattern, personBits, householdBits, low, high] = row.json();
      edges.push({ l, r, pattern, personBits, householdBits, low, high });
    }
  }
  return edges.sort((a, b) => a.l - b.l || a.r - b.r);
}

async function rows<T>(client: ClickHouseClient, query: string, settings = ""): Promise<T[]> {
  const result = await client.query({
    query: `${query} SETTINGS output_format_json_quote_64bit_integers = 0${settings === "" ? "" : `, ${settings}`}`,
    format: "JSONEachRow",
  });
  return await result.json<T>();
}

/** From this many records on, rules of two atoms are counted on a sample of their blocks. */
const SAMPLE_FROM = 50_000;
const SAMPLED = 8;

/**
 * How many pairs each rule brings together, counted by the sizes of its blocks; in one query. With many records, rules of
 * two atoms are counted on an eighth of the blocks, chosen by the hash of their keys.
 */
export async function countRulePairs(
  client: ClickHouseClient,
  records: string,
  { layout, linking, rows: size }: { readonly layout: Layout; readonly linking: boolean; readonly rows: number },
  rules: readonly Rule[],
): Promise<number[]> {
  if (rules.length === 0) return [];
  const pairs = linking ? "a * (c - a)" : "c * (c - 1) / 2";
  const counts = rules.map((rule, index) => {
    const { keys, names, filled } = blockKeys(layout, rule);
    const sampled = size >= SAMPLE_FROM && rule.length > 1;
    const some = sampled ? `WHERE cityHash64(${names}) % ${SAMPLED} = 0` : "";
    const blocks = `SELECT toFloat64(count()) AS c, toFloat64(countIf(second = 0)) AS a FROM (SELECT second, ${keys} FROM ${records} WHERE ${filled}) ${some} GROUP BY ${names} HAVING c > 1`;
    return `SELECT ${index} AS rule, ${sampled ? SAMPLED : 1} * toFloat64(sum(${pairs})) AS pairs FROM (${blocks})`;
  });
  const found = await rows<{ rule: number; pairs: number | null }>(client, counts.join(" UNION ALL "));
  const sums = new Map(found.map(({ rule, pairs: sum }) => [rule, sum ?? 0]));
  return rules.map((_, index) => sums.get(index) ?? 0);
}

/** Share of the records that have a key, per atom. */
export async function filledShares(client: ClickHouseClient, layout: Layout, records: string): Promise<number[]> {
  if (layout.atoms.length === 0) return [];
  const shares = layout.atoms.map(
    ({ many }, index) => `countIf(${many ? `notEmpty(k${index})` : `k${index} != 0`}) / greatest(1, count())`,
  );
  const [found] = await rows<{ shares: number[] }>(client, `SELECT [${shares.join(", ")}] AS shares FROM ${records}`);
  return found?.shares ?? [];
}
