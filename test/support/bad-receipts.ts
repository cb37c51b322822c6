import { Buffer } from "node:buffer";

/** A receipt that a till must not get away with: what it sends, and what it is told. */
export type BadReceipt = {
  readonly name: string;
  /** The body as it is sent; an object is sent as JSON. */
  readonly body: object | string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code: string;
  /** Pointers of `errors`, in any order. */
  readonly pointers?: readonly string[];
};

export type GoodReceipt = {
  readonly [field: string]: unknown;
  readonly lines: readonly { readonly category: string; readonly amount: number }[];
};

/**
 * Bad receipts made from a good one of the programme under test. `now` is its clock. Each is wrong in one way, so that
 * the answer can be told exactly.
 */
export function badReceipts(good: GoodReceipt, now: number): BadReceipt[] {
  return [...badShapes(good), ...badValues(good), ...badTexts(good), ...badBodies(good), ...againstRules(good, now)];
}

const invalid = (name: string, body: object | string, ...pointers: string[]): BadReceipt => ({
  name,
  body,
  status: 400,
  code: "invalid-request",
  pointers,
});

const line = { category: "food", amount: 100 };
const without = (good: GoodReceipt, field: string): object =>
  Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));

function badShapes(good: GoodReceipt): BadReceipt[] {
  return [
    ...["partner", "store", "till", "number", "at", "lines"].map((field) =>
      invalid(`no ${field}`, without(good, field), `/${field}`),
    ),
    invalid("nothing", {}, "/partner", "/store", "/till", "/number", "/at", "/lines"),
    invalid("a list", [], ""),
    invalid("a text", '"receipt"', ""),
    invalid("null", "null", ""),
    invalid("a field that there is not", { ...good, colour: "red" }, "/colour"),
    invalid("a prototype", `${JSON.stringify(good).slice(0, -1)},"__proto__":{"admin":true}}`, "/__proto__"),
    invalid("a constructor", { ...good, constructor: { prototype: {} } }, "/constructor"),
    invalid("no lines", { ...good, lines: [] }, "/lines"),
    invalid("501 lines", { ...good, lines: Array.from({ length: 501 }, () => line) }, "/lines"),
    invalid(
      "lines that are none",
      { ...good, lines: [1, null, "x", []] },
      "/lines/0",
      "/lines/1",
      "/lines/2",
      "/lines/3",
    ),
    invalid("lines as an object", { ...good, lines: { 0: line } }, "/lines"),
    invalid("an empty line", { ...good, lines: [{}] }, "/lines/0/category", "/lines/0/amount"),
    ...["sku", "product_id", "EAN", "gtin", "name", "Barcode"].map((field) =>
      invalid(
        `a product by ${field}`,
        { ...good, lines: [{ ...line, [field]: "4600000000001" }] },
        `/lines/0/${field}`,
      ),
    ),
    invalid("products beside the lines", { ...good, products: ["milk"] }, "/products"),
    invalid("a member without a value", { ...good, member: { kind: "phone" } }, "/member"),
    invalid("a member of two kinds", { ...good, member: { kind: "phone", value: "1", id: "mem_1" } }, "/member"),
    invalid("a member of no kind", { ...good, member: {} }, "/member"),
    invalid("an unknown kind", { ...good, member: { kind: "passport", value: "1" } }, "/member/kind"),
    invalid("a member that is a text", { ...good, member: "+7 900" }, "/member"),
    invalid("a field twice", `${JSON.stringify(good).slice(0, -1)},"till":"2"}`, "/till"),
    invalid(
      "a line's field twice",
      JSON.stringify({ ...good, lines: [] }).replace("[]", '[{"category":"food","amount":1,"amount":2}]'),
      "/lines/0/amount",
    ),
    invalid("no tenders", { ...good, tenders: [] }, "/tenders"),
    invalid("a tender without an amount", { ...good, tenders: [{ kind: "cash" }] }, "/tenders/0/amount"),
  ];
}

function badValues(good: GoodReceipt): BadReceipt[] {
  const amounts: [string, unknown][] = [
    ["fractional", 100.5],
    ["negative", -1],
    ["huge", 1_000_000_000_001],
    ["beyond a double's integers", 2 ** 53 + 2],
    ["a text", "100"],
    ["true", true],
    ["null", null],
    ["a list", [100]],
    ["an object", {}],
  ];
  const raw = (amount: string) =>
    JSON.stringify({ ...good, lines: [] }).replace("[]", `[{"category":"food","amount":${amount}}]`);
  return [
    ...amounts.map(([name, amount]) =>
      invalid(`an amount that is ${name}`, { ...good, lines: [{ category: "food", amount }] }, "/lines/0/amount"),
    ),
    invalid("an amount beyond any double", raw("1e999"), "/lines/0/amount"),
    invalid("an amount with a tail that a double swallows", raw("100.00000000000000001"), "/lines/0/amount"),
    invalid(
      "two bad lines",
      { ...good, lines: [{ category: "food", amount: -1 }, line, { category: "", amount: 1 }] },
      "/lines/0/amount",
      "/lines/2/category",
    ),
    invalid(
      "a total beyond all bounds",
      {
        ...good,
        lines: [
          { category: "food", amount: 6e11 },
          { category: "food", amount: 6e11 },
        ],
      },
      "/lines",
    ),
    invalid("a fractional quantity", { ...good, lines: [{ ...line, quantity: 0.5 }] }, "/lines/0/quantity"),
    invalid("a quantity of none", { ...good, lines: [{ ...line, quantity: 0 }] }, "/lines/0/quantity"),
    ...[-1, 0.5, "10", 1e13].map((spend) => invalid(`a spend of ${spend}`, { ...good, spend }, "/spend")),
    invalid("a negative delivery fee", { ...good, deliveryFee: -100 }, "/deliveryFee"),
    ...[
      "",
      "yesterday",
      "2026-06-15",
      "2026-06-15T12:00:00",
      "2026-13-01T00:00:00Z",
      "2026-02-29T00:00:00Z",
      "2026-06-15T25:00:00Z",
      "2026-06-15T23:59:60Z",
    ].map((at) => invalid(`the time "${at}"`, { ...good, at }, "/at")),
    invalid("a time in milliseconds", { ...good, at: 1_781_510_400_000 }, "/at"),
  ];
}

function badTexts(good: GoodReceipt): BadReceipt[] {
  const half = JSON.stringify({ ...good, number: "@" });
  return [
    invalid("U+0000 in a number", { ...good, number: "1\0" }, "/number"),
    invalid("U+0000 in a category", { ...good, lines: [{ category: "fo\0od", amount: 1 }] }, "/lines/0/category"),
    invalid("U+0000 in an identifier", { ...good, member: { kind: "card", value: "40\0" } }, "/member/value"),
    invalid("half a surrogate pair", half.replace("@", "\\ud800"), "/number"),
    invalid("a line break in a till", { ...good, till: "1\n2" }, "/till"),
    invalid("an empty number", { ...good, number: "" }, "/number"),
    invalid("a long number", { ...good, number: "9".repeat(65) }, "/number"),
    invalid(
      "a very long identifier",
      { ...good, member: { kind: "card", value: "4".repeat(100_000) } },
      "/member/value",
    ),
    invalid("a category with a path", { ...good, lines: [{ category: "../food", amount: 1 }] }, "/lines/0/category"),
    invalid("SQL for a store", { ...good, store: "x'; drop table wallet; --" }, "/store"),
  ];
}

function badBodies(good: GoodReceipt): BadReceipt[] {
  const json = JSON.stringify(good);
  const broken = (name: string, body: string | Uint8Array): BadReceipt => ({
    name,
    body,
    status: 400,
    code: "malformed-json",
  });
  return [
    broken("half a receipt", json.slice(0, json.length / 2)),
    broken("a comma too many", json.replace("}", ",}")),
    broken("single quotes", json.replaceAll('"', "'")),
    broken("NaN", json.replace(/"amount":\d+/, '"amount":NaN')),
    broken("a comment", `/* receipt */ ${json}`),
    broken("a byte order mark", `\ufeff${json}`),
    broken("bytes that are no text", Buffer.from([0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d])),
    broken("UTF-16", Buffer.from(json, "utf16le")),
    invalid("a deep list", "[".repeat(50_000) + "]".repeat(50_000), ""),
    invalid("a deep object", `${'{"a":'.repeat(33)}1${"}".repeat(33)}`, ""),
    {
      name: "10 MB",
      body: JSON.stringify({ ...good, number: "9".repeat(10_000_000) }),
      status: 413,
      code: "body-too-large",
    },
    {
      name: "XML",
      body: "<receipt/>",
      headers: { "content-type": "application/xml" },
      status: 415,
      code: "unsupported-media-type",
    },
    {
      name: "a form",
      body: "a=1",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      status: 415,
      code: "unsupported-media-type",
    },
    {
      name: "a type that is none",
      body: json,
      headers: { "content-type": "json" },
      status: 415,
      code: "unsupported-media-type",
    },
    {
      name: "packed JSON",
      body: json,
      headers: { "content-encoding": "gzip" },
      status: 415,
      code: "unsupported-media-type",
    },
  ];
}

function againstRules(good: GoodReceipt, now: number): BadReceipt[] {
  const at = (ms: number) => new Date(ms).toISOString();
  const rule = (name: string, change: object, code: string, ...pointers: string[]): BadReceipt => ({
    name,
    body: { ...good, ...change },
    status: 422,
    code,
    ...(pointers.length === 0 ? {} : { pointers }),
  });
  const stranger = { id: "mem_0000000zzzz" };
  return [
    rule("1970", { at: "1970-01-01T00:00:00Z" }, "receipt-too-late"),
    rule("the year 1", { at: "0001-01-01T00:00:00Z" }, "receipt-too-late"),
    rule("2999", { at: "2999-12-31T23:59:59+03:00" }, "receipt-in-future"),
    rule("tomorrow", { at: at(now + 86_400_000) }, "receipt-in-future"),
    rule("an unknown store", { store: "nowhere" }, "unknown-store", "/store"),
    rule(
      "an unknown category",
      { lines: [{ category: "unicorns", amount: 1 }] },
      "unknown-category",
      "/lines/0/category",
    ),
    rule(
      "a category named as what all objects have",
      { lines: [{ category: "constructor", amount: 1 }] },
      "unknown-category",
      "/lines/0/category",
    ),
    rule("tenders short of the total", { tenders: [{ kind: "cash", amount: 1 }] }, "tenders-differ", "/tenders"),
    rule(
      "a points tender without a spend",
      { lines: [line], tenders: [{ kind: "points", amount: 100 }] },
      "points-tender-differs",
      "/spend",
    ),
    { ...rule("an unknown member", { member: stranger }, "unknown-member"), status: 404 },
    { ...rule("a member id that is none", { member: { id: "mem_1" } }, "unknown-member"), status: 404 },
    { ...rule("a hold that is none", { hold: "hold_1" }, "unknown-hold"), status: 404 },
  ];
}
