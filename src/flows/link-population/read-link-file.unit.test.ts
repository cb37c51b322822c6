import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFileFault } from "#platform/yaml/faults.ts";
import { readLinkFile } from "./read-link-file.ts";

const COLUMNS = { left: ["first_name", "surname", "dob", "phone", "rec_id"] };

function faults(text: string, columns: { left: string[]; right?: string[] } = COLUMNS): string[] {
  const read = readLinkFile(text, "people.yaml", columns);
  return read.ok ? [] : read.failure.map(formatFileFault);
}

test("a short file names columns and kinds; the rest has defaults", () => {
  const read = readLinkFile(
    "fields:\n  first_name: given-name\n  born: {kind: date, column: dob, order: ymd}\n",
    "people.yaml",
    COLUMNS,
  );
  assert.ok(read.ok);
  const { config } = read.value;
  assert.deepEqual(config.fields, [
    { name: "first_name", kind: "given-name", columns: ["first_name"] },
    { name: "born", kind: "date", columns: ["dob"], order: "ymd" },
  ]);
  assert.deepEqual([config.links, config.maxClusterSize, config.pairsPerRecord], ["auto", 100, 20]);
});

test("a fault names file, line, column and what was expected", () => {
  const kind = faults("fields:\n  surname: lastname\n");
  assert.equal(kind.length, 1);
  assert.match(
    kind[0] as string,
    /^people\.yaml:2:\d+ \/fields\/surname: expected a kind \(name, .*, category\), got "lastname"/,
  );
  assert.match(
    faults("fields:\n  surname: {kind: surname, colum: surname}\n")[0] as string,
    /unknown key "colum".*Did you mean "column"\?$/,
  );
  assert.match(faults("feilds:\n  surname: surname\n").join("\n"), /unknown key "feilds".*Did you mean "fields"/);
  assert.match(faults("fields: [")[0] as string, /^people\.yaml:1:/);
  assert.match(faults("fields: {}\n")[0] as string, /expected at least one field/);
  assert.match(faults("")[0] as string, /expected|needs/);
});

test("an unknown column comes with those there are and the nearest", () => {
  const [fault] = faults("fields:\n  surnam: surname\n");
  assert.equal(
    fault,
    'people.yaml:2:3 /fields/surnam: expected a column of the data (first_name, surname, dob, phone, rec_id), got "surnam". Did you mean "surname"?',
  );
  assert.match(
    faults("fields:\n  name: {kind: name, columns: [first_name, lastname]}\n")[0] as string,
    /^people\.yaml:2:\d+ \/fields\/name\/columns\/1: .*got "lastname"/,
  );
  assert.match(
    faults("fields: {surname: surname}\nid: recid\n")[0] as string,
    /^people\.yaml:2:5 \/id: .*Did you mean "rec_id"/,
  );
});

test("two files may call a field differently", () => {
  const columns = { left: ["surname", "dob"], right: ["family", "dob"] };
  assert.match(faults("fields:\n  surname: surname\n", columns)[0] as string, /in the second file \(family, dob\)/);
  assert.deepEqual(faults("fields:\n  surname: {kind: surname, right: family}\n", columns), []);
  assert.match(
    faults("fields:\n  surname: {kind: surname, right: x}\n")[0] as string,
    /only when two files are linked/,
  );
});

test("settings that make no sense for a kind are refused", () => {
  assert.match(
    faults("fields:\n  surname: {kind: surname, country: RU}\n")[0] as string,
    /country with kind phone only/,
  );
  assert.match(
    faults("fields:\n  phone: {kind: phone, country: ZZ}\n")[0] as string,
    /country code such as RU, got "ZZ"/,
  );
  assert.match(faults("fields:\n  surname: {kind: surname, order: dmy}\n")[0] as string, /order with kind date only/);
  assert.match(
    faults("fields: {surname: surname}\ntruth: {column: rec_id, pattern: 'rec-(\\d+'}\n")[0] as string,
    /expected a regular expression/,
  );
});
