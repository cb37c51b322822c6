import assert from "node:assert/strict";
import { test } from "node:test";
import { testEngines } from "../../../../test/engines.ts";
import { type FieldConfig, LINK_DEFAULTS, type LinkInput } from "./config.ts";
import { scoreClusters } from "./evaluate/metrics.ts";
import { type Linkage, linkRecords } from "./link-records.ts";
import { makePeople, PEOPLE_COLUMNS } from "./testing/people.ts";

const engines = await testEngines();
let runs = 0;

const KINDS = {
  surname: "surname",
  given: "given-name",
  patronymic: "patronymic",
  birth: "date",
  phone: "phone",
  email: "email",
  city: "city",
  address: "address",
} as const;
const peopleFields = (columns: readonly (keyof typeof KINDS)[]): FieldConfig[] =>
  columns.map((name) => ({ name, kind: KINDS[name], columns: [name] }));

async function link(fields: readonly FieldConfig[], input: LinkInput): Promise<Linkage> {
  const deps = { clickhouse: engines.clickhouse, run: `link_${runs++}`, progress: () => {} };
  return await linkRecords(deps, { ...LINK_DEFAULTS, fields }, input);
}

function clustersOf(linkage: Linkage, rows: number): number[] {
  return Array.from({ length: rows }, (_, row) => linkage.clustering.clusterOf.get(row) ?? row);
}

test("records of Russian customers find each other: typos, nicknames, transliteration, moves, new phones", async () => {
  const people = makePeople({ records: 3000, seed: 42, language: "ru" });
  const linkage = await link(peopleFields(PEOPLE_COLUMNS), { rows: 3000, values: people.values, truth: people.truth });
  const scores = scoreClusters(clustersOf(linkage, 3000), people.truth);
  assert.ok(scores.f1 > 0.97, `F1 ${scores.f1}`);
  assert.ok(linkage.blocking.rules !== undefined && linkage.comparedPairs < linkage.prepared.totalPairs / 5);
  const trueRecall = (linkage.blocking.truePairsCompared ?? 0) / scores.truePairs;
  assert.ok(
    trueRecall > 0.99 && Math.abs(trueRecall - linkage.blocking.recall) < 0.01,
    `${trueRecall} ${linkage.blocking.recall}`,
  );
  assert.ok(Math.abs(linkage.clustering.expected.f1 - scores.f1) < 0.04, "the model knows how good it is");
});

test("two files are linked one to one; records within a file are not", async () => {
  const people = makePeople({ records: 1200, seed: 7, language: "en" });
  const seen = new Map<string, number>();
  const sides: number[][] = [[], []];
  for (const [row, person] of people.truth.entries()) {
    const times = seen.get(person) ?? 0;
    seen.set(person, times + 1);
    if (times < 2) sides[times]?.push(row);
  }
  const rows = sides.flat();
  const columns = PEOPLE_COLUMNS.filter((column) => column !== "patronymic");
  const values = columns.map((column) => rows.map((row) => people.values[PEOPLE_COLUMNS.indexOf(column)]?.[row] ?? ""));
  const secondFrom = sides[0]?.length ?? 0;
  const linkage = await link(peopleFields(columns), { rows: rows.length, secondFrom, values });
  assert.ok(linkage.oneToOne);
  const clusters = clustersOf(linkage, rows.length);
  const scores = scoreClusters(
    clusters,
    rows.map((row) => people.truth[row]),
    secondFrom,
  );
  assert.ok(scores.f1 > 0.95, `F1 ${scores.f1}`);
  const sizes = Map.groupBy(clusters, (cluster) => cluster);
  assert.ok([...sizes.values()].every(({ length }) => length <= 2));
});

test("the same records in another order give the same clusters", async () => {
  const people = makePeople({ records: 600, seed: 3, language: "ru" });
  const columns = ["surname", "given", "birth", "phone"] as const;
  const valuesOf = (order: readonly number[]) =>
    columns.map((column) => order.map((row) => people.values[PEOPLE_COLUMNS.indexOf(column)]?.[row] ?? ""));
  const straight = Array.from({ length: 600 }, (_, row) => row);
  const reversed = straight.toReversed();
  const sets = async (order: readonly number[]) => {
    const clusters = clustersOf(await link(peopleFields(columns), { rows: 600, values: valuesOf(order) }), 600);
    const members = Map.groupBy(order.keys(), (place) => clusters[place] as number);
    return [...members.values()]
      .map((places) =>
        places
          .map((place) => order[place] as number)
          .sort((a, b) => a - b)
          .join(),
      )
      .sort();
  };
  assert.deepEqual(await sets(reversed), await sets(straight));
});

test("Cyrillic is compared letter by letter: one typo is one, whatever the bytes", async () => {
  const values = [["Щербаков", "Щербаквов", "Щукин", "Жданов", "Щербаков", "Юдин"]];
  const linkage = await link([{ name: "surname", kind: "surname", columns: ["surname"] }], { rows: 6, values });
  const pair = linkage.pairs.find(({ l, r }) => l === 0 && r === 1);
  assert.equal(linkage.prepared.layout.comparisons[0]?.levels[(pair?.outcomes[0] ?? 0) - 1]?.label, "one typo");
});

for (const [what, input] of [
  ["no record", { rows: 0, values: [[], []] }],
  ["one record", { rows: 1, values: [["Иванов"], ["1985-01-01"]] }],
  [
    "nothing but empty values",
    {
      rows: 5,
      values: [
        ["", "", "", "", ""],
        ["", "null", "", "-", ""],
      ],
    },
  ],
  [
    "all records equal",
    {
      rows: 4,
      values: [
        ["Ли", "Ли", "Ли", "Ли"],
        ["", "", "", ""],
      ],
    },
  ],
  [
    "letters of other alphabets",
    {
      rows: 3,
      values: [
        ["李明", "王芳", "Γιώργος"],
        ["1985", "1985-02", "x"],
      ],
    },
  ],
  [
    "an empty second file",
    {
      rows: 2,
      secondFrom: 2,
      values: [
        ["a", "b"],
        ["", ""],
      ],
    },
  ],
] as const satisfies readonly (readonly [string, LinkInput])[]) {
  test(`a linkage of ${what} ends without an error and leaves no table behind`, async () => {
    const fields: FieldConfig[] = [
      { name: "surname", kind: "surname", columns: ["surname"] },
      { name: "birth", kind: "date", columns: ["birth"] },
    ];
    const linkage = await link(fields, input);
    assert.equal(clustersOf(linkage, input.rows).length, input.rows);
    const tables = await engines.clickhouse.query({ query: "SHOW TABLES LIKE 'link\\_%'", format: "JSONEachRow" });
    assert.deepEqual(await tables.json(), []);
  });
}
