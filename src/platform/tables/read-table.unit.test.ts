import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { openTable, TableFileError } from "./read-table.ts";

const folder = mkdtempSync(join(tmpdir(), "dolka-tables-"));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

async function read(path: string) {
  const table = await openTable(path);
  const rows: (string | null)[][] = [];
  for await (const { number, values } of table.rows) rows.push([String(number), ...values]);
  return { columns: table.columns, rows };
}

const EXPECTED = {
  columns: ["id", "name"],
  rows: [
    ["1", "7", 'O"Brien, Anna'],
    ["2", "8", null],
  ],
};

test("CSV is read with any of the usual delimiters, quotes, a BOM, and gzip", async () => {
  assert.deepEqual(await read(file("a.csv", 'id,name\n7,"O""Brien, Anna"\n8,\n')), EXPECTED);
  assert.deepEqual(await read(file("b.csv", '\uFEFFid;name\r\n7;"O""Brien, Anna"\r\n8;\r\n')), EXPECTED);
  assert.deepEqual(await read(file("c.tsv", 'id\tname\n7\t"O""Brien, Anna"\n8\t\n')), EXPECTED);
  assert.deepEqual(await read(file("d.csv.gz", gzipSync('id|name\n7|"O""Brien, Anna"\n8|\n'))), EXPECTED);
});

test("short rows are filled up, and a header alone is a table without rows", async () => {
  assert.deepEqual((await read(file("e.csv", "a,b,c\n1\n"))).rows, [["1", "1", null, null]]);
  assert.deepEqual((await read(file("f.csv", "a,b\n"))).rows, []);
});

test("what is no table is said so", async () => {
  for (const [name, content] of [
    ["empty.csv", ""],
    ["twice.csv", "a,a\n1,2\n"],
    ["quote.csv", 'a,b\n1,"never closed\n'],
    ["broken.csv.gz", Buffer.from([0x1f, 0x8b, 1, 2, 3])],
    ["broken.parquet", "PAR1 and nothing else"],
  ] as const) {
    await assert.rejects(read(file(name, content)), TableFileError, name);
  }
  await assert.rejects(read(join(folder, "missing.csv")), TableFileError);
});

test("files of Russian Windows programs are read: code page 1251, and UTF-16 with a BOM", async () => {
  const expected = { columns: ["id", "имя"], rows: [["1", "7", "Ёлкина"]] };
  const cp1251 = Buffer.from(
    [..."id;"]
      .map((sign) => sign.charCodeAt(0))
      .concat([0xe8, 0xec, 0xff, 0x0a, 0x37, 0x3b, 0xa8, 0xeb, 0xea, 0xe8, 0xed, 0xe0, 0x0a]),
  );
  assert.deepEqual(await read(file("cp1251.csv", cp1251)), expected);
  assert.deepEqual(await read(file("cp1251.csv.gz", gzipSync(cp1251))), expected);
  assert.deepEqual(await read(file("utf16.csv", Buffer.from("\uFEFFid;имя\n7;Ёлкина\n", "utf16le"))), expected);
});

test("a quote inside a value is a sign like any other", async () => {
  assert.deepEqual((await read(file("inch.csv", 'a,b\n3" pipe,x\n'))).rows, [["1", '3" pipe', "x"]]);
});
