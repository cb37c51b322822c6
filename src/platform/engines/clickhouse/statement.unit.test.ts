import assert from "node:assert/strict";
import { test } from "node:test";
import { errorText, parseEngineError, statusOf } from "./errors.ts";
import { describeStatement } from "./statement.ts";

test("strings, names, comments and heredocs hide what looks like SQL", () => {
  for (const sql of [
    "select ';' as a",
    "select 'it''s; ok', 'back\\'; slash'",
    'select 1 as "a;b"',
    "select 1 as `a;\\`b`",
    "select 1 -- ; select 2\n",
    "select 1 /* ; select 2 */",
    "select $$ ; select 2 $$",
    "select $tag$ ; $$ select 2 $tag$;",
    "# a comment; of the shell\nselect 1 ;\n;  ",
  ]) {
    assert.equal(describeStatement(sql).fault, undefined, sql);
  }
});

test("a second statement, an empty one, and the client's files are refused", () => {
  assert.equal(describeStatement("select 1; drop table t").fault, "several-statements");
  assert.equal(describeStatement("insert into t select 1; select 2").fault, "several-statements");
  assert.equal(describeStatement("  -- nothing\n;").fault, "empty");
  assert.equal(describeStatement("insert into t from infile '/etc/passwd' format CSV").fault, "client-file");
  assert.equal(describeStatement("select 1 into outfile '/tmp/x'").fault, "client-file");
});

test("what changes nothing is a read", () => {
  for (const sql of ["select 1", "(select 1)", "with 1 as x select x", "SHOW TABLES", "explain select 1", "desc t"]) {
    assert.equal(describeStatement(sql).isRead, true, sql);
  }
  for (const sql of [
    "insert into t select 1",
    "with 1 as x insert into t select x",
    "create table t (a Int8)",
    "drop table t",
  ]) {
    assert.equal(describeStatement(sql).isRead, false, sql);
  }
});

test("the rows of an INSERT begin behind its format or VALUES", () => {
  const rowsOf = (sql: string) => sql.slice(describeStatement(sql).insert?.dataAt ?? sql.length);
  assert.equal(rowsOf("insert into d.t (a, `format`) settings x = 1 format JSONEachRow\n{}"), "{}");
  assert.equal(rowsOf("INSERT INTO t FORMAT CSV 1,2"), "1,2");
  assert.equal(rowsOf("insert into t format TSV;\r\n\n1"), "\n1");
  assert.equal(rowsOf("insert into t (a) values (1),(2)"), " (1),(2)");
  assert.equal(rowsOf("insert into t select * from values"), "");
  assert.deepEqual(describeStatement("insert into function file('x', 'CSV') (a) settings b = 1 values (1)").insert, {
    target: "insert into function file('x', 'CSV') (a) ",
    settings: "settings b = 1",
    format: "Values",
    dataAt: 63,
  });
});

test("the format of a result is the one at the end, not a column's name", () => {
  assert.equal(describeStatement("select format from t").format, undefined);
  assert.equal(describeStatement("select 1 format JSON").format, "JSON");
  assert.equal(describeStatement("select 1 format TSV settings max_threads = 1;").format, "TSV");
  assert.equal(describeStatement("select (select 1 format JSON)").format, undefined);
});

test("a scalar subquery is computed while planning, so such a result is not streamed", () => {
  assert.equal(describeStatement("select a from (select 1 as a) where a in (select 2)").isStreamable, true);
  assert.equal(describeStatement("with x as (select 1) select * from x join (select 2) using a").isStreamable, true);
  assert.equal(describeStatement("select (select max(a) from t)").isStreamable, false);
  assert.equal(describeStatement("select a from t where a > (with 1 as b select b)").isStreamable, false);
});

test("placeholders are found, map literals are not taken for them", () => {
  const { placeholders } = describeStatement("select {from:Date}, { to : Array(Int8) }, {'a': 1}, '{no:Int8}'");
  assert.deepEqual([...placeholders], ["from", "to"]);
});

test("an error of the engine that quotes itself is told once, with its status", () => {
  const error = parseEngineError(
    new Error(
      "Code: 115. DB::Exception: Code: 115. DB::Exception: Unknown setting 'nope'. (UNKNOWN_SETTING) (version 26.7.2.1). (UNKNOWN_SETTING)",
    ),
  );
  assert.equal(
    errorText(error, "26.7"),
    "Code: 115. DB::Exception: Unknown setting 'nope'. (UNKNOWN_SETTING) (version 26.7)\n",
  );
  assert.equal(statusOf(error.code), 404);
  assert.equal(parseEngineError(new Error("odd")).code, 1002);
});
