import assert from "node:assert/strict";
import { test } from "node:test";
import { createNameReader } from "./name-from-email.ts";

const read = createNameReader(["thomas", "evie", "anna", "isla"], ["green", "kirk", "hall", "dean"]);

test("an e-mail tells the part of the name that a record lacks, if the file has such names", () => {
  assert.deepEqual(read(["thomas", "green"], { given: "", surname: "green" }), { given: "thomas" });
  assert.deepEqual(read(["islahall"], { given: "isla", surname: "" }), { surname: "hall" });
  assert.deepEqual(read(["p", "kirk"], { given: "", surname: "" }), { given: "p", surname: "kirk" });
  assert.deepEqual(read(["evied"], { given: "", surname: "" }), { given: "evie", surname: "d" });
});

test("it says nothing where it would guess", () => {
  assert.deepEqual(read(["rosebud"], { given: "", surname: "" }), {});
  assert.deepEqual(read(["cool", "cat"], { given: "", surname: "green" }), { given: "" });
  assert.deepEqual(read([], { given: "", surname: "" }), {});
});
