import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createTally, type MovementTuple, type Tally, type TallyLine } from "./tally.ts";

const account = fc.constantFrom("ob", "pe", "ac", "he", "re", "ex", "ar");
/** Names as programmes have them, and names that no programme could have. */
const name: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("alfa", "beta-2"),
  fc.constantFrom('a","b', "x,y", "[", "]]", '"', "\\", "я", ""),
);
const movement = fc.tuple(
  account,
  account,
  fc.nat(1_000_000),
  fc.nat(63),
  name,
  fc.option(name, { nil: null }),
  fc.nat(1_000_000_000),
);
const operations = fc.array(fc.array(movement, { maxLength: 8 }), { maxLength: 10 });

/** The same, in plain loops over parsed movements. */
function summed(all: readonly (readonly MovementTuple[])[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [from, to, , , funder, redeemer, cents] of all.flat()) {
    const key = JSON.stringify([from, to, funder, redeemer ?? ""]);
    sums.set(key, (sums.get(key) ?? 0) + cents);
  }
  return sums;
}

function keyed(lines: readonly TallyLine[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { fromAccount, toAccount, funder, redeemer, cents } of lines) {
    const key = JSON.stringify([fromAccount, toAccount, funder, redeemer]);
    sums.set(key, (sums.get(key) ?? 0) + cents);
  }
  return sums;
}

test("sums of movements are the same whether read from their bytes or parsed, however the text is written", () => {
  const writer = fc.constantFrom(
    (value: unknown) => JSON.stringify(value),
    (value: unknown) => JSON.stringify(value, undefined, 1),
    (value: unknown) => JSON.stringify(value).replaceAll(",", ", "),
  );
  fc.assert(
    fc.property(operations, writer, (all, write) => {
      const texts = all.map(write);
      const tally = createTally();
      for (const text of texts) addAnyhow(tally, text);
      assert.deepEqual(keyed(tally.lines()), summed(texts.map((text) => JSON.parse(text))));
    }),
    { numRuns: 1_000 },
  );
});

test("the ledger's own form is read as bytes, anything else is left to be parsed and adds nothing", () => {
  const own = '[["ob","pe",1,0,"a",null,5],["ac","re",12,3,"a","b",70]]';
  const tally = createTally();
  for (const text of ["[]", own, own]) assert.equal(addText(tally, text), true, text);
  assert.deepEqual(keyed(tally.lines()), summed([JSON.parse(own), JSON.parse(own)]));
  const others = [
    ...["", "[", "[[", "[[]]", "{}", "null", ` ${own}`, `${own} `, own.slice(0, -1), `${own}]`],
    ...['[["ob", "pe",1,0,"a",null,5]]', '[["ob","pe",1,0,"a",null,5.5]]', '[["ob","pe",1,0,"a",null,]]'],
    ...['[["ob","pe",1,0,"a,b",null,5]]', '[["ob","pe",1,0,"a\\"",null,5]]', '[["obx","pe",1,0,"a",null,5]]'],
    ...['[["ob","pe",1,0,"a",null,-5]]', '[["ob","pe",1,0,"a",null,5,6]]', '[["ob","pe","1",0,"a",null,5]]'],
  ];
  for (const text of others) {
    const empty = createTally();
    assert.equal(addText(empty, text), false, text);
    assert.deepEqual(empty.lines(), [], text);
  }
});

function addText(tally: Tally, text: string): boolean {
  const bytes = Buffer.from(`before${text}after`);
  return tally.addText(bytes, 6, bytes.length - 5);
}

function addAnyhow(tally: Tally, text: string): void {
  if (!addText(tally, text)) tally.add(JSON.parse(text) as MovementTuple[]);
}
