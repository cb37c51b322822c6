import assert from "node:assert/strict";
import { test } from "node:test";
import { testEngines } from "../../../test/engines.ts";
import {
  boolArray,
  dateArray,
  int2Array,
  int4Array,
  int8Array,
  jsonArray,
  textArray,
  timestamptzArray,
  uuidArray,
} from "./binary-arrays.ts";

const { pool } = await testEngines();

test("PostgreSQL reads what was written, nulls and the farthest values too", async () => {
  const { rows } = await pool.query(
    `select a.*, b.* from unnest($1::int2[], $2::int4[], $3::int8[], $4::bool[]) with ordinality as a(i2, i4, i8, b, n)
     join unnest($5::timestamptz[], $6::date[], $7::uuid[], $8::text[], $9::json[]) with ordinality as b(t, d, u, s, j, n)
       on a.n = b.n order by a.n`,
    [
      int2Array([-32768, null, 32767]),
      int4Array([-2_147_483_648, null, 7]),
      int8Array([Number.MIN_SAFE_INTEGER, null, Number.MAX_SAFE_INTEGER]),
      boolArray([true, false, true]),
      timestamptzArray([Date.parse("1969-12-31T23:59:59.999Z"), null, Date.parse("2999-01-01T00:00:00.001Z")]),
      dateArray([0, null, 20_000]),
      uuidArray([Buffer.alloc(16, 1), null, Buffer.alloc(16, 255)]),
      textArray(['a"b\\c{},\n', null, "рыбонька €"]),
      jsonArray(['{"a":[1,2]}', null, '"x"']),
    ],
  );
  assert.deepEqual(
    rows.map(({ i2, i4, i8, b }) => [i2, i4, i8, b]),
    [
      [-32768, -2_147_483_648, Number.MIN_SAFE_INTEGER, true],
      [null, null, null, false],
      [32767, 7, Number.MAX_SAFE_INTEGER, true],
    ],
  );
  assert.deepEqual(
    rows.map(({ t, d, u, s, j }) => [t?.toISOString() ?? null, d, u, s, j]),
    [
      ["1969-12-31T23:59:59.999Z", "1970-01-01", "01010101-0101-0101-0101-010101010101", 'a"b\\c{},\n', { a: [1, 2] }],
      [null, null, null, null, null],
      ["2999-01-01T00:00:00.001Z", "2024-10-04", "ffffffff-ffff-ffff-ffff-ffffffffffff", "рыбонька €", "x"],
    ],
  );
});

test("empty arrays are arrays of nothing", async () => {
  const { rows } = await pool.query("select cardinality($1::int8[]) as a, cardinality($2::text[]) as b", [
    int8Array([]),
    textArray([]),
  ]);
  assert.deepEqual(rows, [{ a: 0, b: 0 }]);
});
