import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  canonicalJson,
  compileProgramme,
  type MemberStanding,
  parseProgramme,
  price,
  type Receipt,
} from "#domains/program/index.ts";
import { createCalendar, DAY_MS } from "#kernel/time.ts";
import { SMALL_COALITION } from "../../../../test/support/programmes.ts";
import { parseOffers } from "./document/parse.ts";
import type { OfferDocument } from "./document/schema.ts";
import { offerKey, offerParts, offerUseKey } from "./programme-parts.ts";
import { offerPeriod, standingOf } from "./standing.ts";

const base = parseProgramme(SMALL_COALITION, "p");
assert.ok(base.ok);
const document = base.value;
const calendar = createCalendar("Europe/Moscow");
const plain = { partner: "alfa", name: "x", from: "2026-06-01", until: "2026-06-30" } as const;

function withOffer(id: string, offer: OfferDocument) {
  const parts = offerParts(id, offer);
  assert.ok(parts);
  const whole = {
    ...document,
    boosts: { ...document.boosts, ...parts.boosts },
    campaigns: { ...document.campaigns, ...parts.campaigns },
    caps: { ...document.caps, ...parts.caps },
    rules: { ...document.rules, ...parts.rules },
  };
  const parsed = parseProgramme(canonicalJson(whole), id);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return compileProgramme(parsed.value, 1, 0);
}

function receipt(at: number, partner: string, lines: readonly (readonly [string, number])[]): Receipt {
  return {
    ...{
      partner,
      store: `${partner}-1`,
      till: "1",
      number: "1",
      at,
      deliveryFeeKopecks: 0,
      tenders: [],
      spendCents: 0,
    },
    lines: lines.map(([category, amountKopecks]) => ({ category, amountKopecks })),
  };
}

const nobody: MemberStanding = { traits: [], capUse: new Map(), firstPurchaseAt: new Map(), activeCents: 0 };

test("an offer never gives outside of its days, its partner, its categories, its holding, or beyond its limits", () => {
  const offer = fc.record({
    kind: fc.constantFrom({ percent: "150%" }, { points: "30 points" }, { multiply: "10x", of: "base" }),
    activation: fc.boolean(),
    category: fc.constantFrom(undefined, "food"),
    limit: fc.constantFrom(undefined, "5 points", "60 points"),
    times: fc.constantFrom(undefined, "1 time", "2 times"),
    total: fc.constantFrom(undefined, "70 points"),
  });
  const purchase = fc.record({
    day: fc.integer({ min: -3, max: 33 }),
    partner: fc.constantFrom("alfa", "beta", "telecom"),
    lines: fc.array(fc.tuple(fc.constantFrom("food", "alcohol"), fc.integer({ min: 1, max: 50_000 })), {
      minLength: 1,
      maxLength: 4,
    }),
  });
  fc.assert(
    fc.property(
      offer,
      fc.array(purchase, { maxLength: 6 }),
      fc.integer({ min: 0, max: 20 }),
      (spec, purchases, held) => {
        const { limit, times, total } = spec;
        const limits = {
          ...(limit && { receipt: limit }),
          ...(times && { times }),
          ...(total && { total }),
        } as OfferDocument["limits"];
        const doc = {
          ...{ ...plain, ...spec.kind, limits, funders: { alfa: 1 } },
          ...(spec.activation ? { activation: true as const } : {}),
          ...(spec.category === undefined ? {} : { category: spec.category }),
        } as OfferDocument;
        const programme = withOffer("o", doc);
        const { fromAt, untilAt } = offerPeriod(doc, calendar);
        const heldFrom = fromAt + held * DAY_MS;
        const traits = [
          { kind: "boost" as const, key: offerKey("o"), fromAt: heldFrom, untilAt: heldFrom + 5 * DAY_MS },
        ];
        const capUse = new Map<string, number>();
        let [uses, given] = [0, 0];
        for (const { day, partner, lines } of purchases) {
          const at = fromAt + day * DAY_MS + 1;
          const priced = price(receipt(at, partner, lines), { ...nobody, traits, capUse }, programme);
          assert.ok(priced.ok);
          for (const { key, amount } of priced.value.capUse) capUse.set(key, (capUse.get(key) ?? 0) + amount);
          const cents = priced.value.rules
            .filter(({ rule }) => rule === "offer-o")
            .reduce((sum, each) => sum + each.pointsCents, 0);
          if (cents === 0) continue;
          [uses, given] = [uses + 1, given + cents];
          assert.ok(at >= fromAt && at < untilAt, "its days");
          assert.equal(partner, "alfa");
          if (doc.activation) assert.ok(at >= heldFrom && at < heldFrom + 5 * DAY_MS, "its holding");
          if (doc.category) assert.ok(lines.some(([category]) => category === "food"));
          if (limit) assert.ok(cents <= Number.parseInt(limit, 10) * 100);
        }
        if (times) assert.ok(uses <= Number.parseInt(times, 10));
        if (total) assert.ok(given <= 7_000);
        assert.equal(capUse.get(offerUseKey("o", "times")) ?? 0, uses, "what is told of its use is what was used");
      },
    ),
    { numRuns: 300 },
  );
});

test("standing: a draft is nothing to anybody, a personal offer is only whose it is, and every closed one says why", () => {
  const at = (day: string) => Date.parse(`${day}T12:00:00+03:00`);
  const member = {
    traits: [],
    capUse: new Map(),
    assigned: new Set<string>(),
    lowestLevel: undefined,
    vouchers: new Map(),
  };
  const doc = { ...plain, percent: "5%", funders: { alfa: 1 } } as OfferDocument;
  const of = (over: object, on = "2026-06-10", whose: object = {}) =>
    standingOf({ id: "o", state: "live", document: { ...doc, ...over } }, { ...member, ...whose }, calendar, at(on));
  assert.equal(standingOf({ id: "o", state: "draft", document: doc }, member, calendar, at("2026-06-10")), undefined);
  assert.equal(of({})?.state, "active");
  assert.equal(of({ personal: true }), undefined);
  assert.equal(
    of({ personal: true, activation: true }, "2026-06-10", { assigned: new Set(["o"]) })?.state,
    "available",
  );
  assert.equal(of({ activation: true })?.state, "available");
  assert.deepEqual(of({}, "2026-05-30")?.closed?.code, "not-begun");
  assert.equal(of({}, "2026-07-01"), undefined, "over and never used");
  assert.equal(of({ audience: { segment: "families" } }), undefined);
  const families = { traits: [{ kind: "segment", key: "families", fromAt: 0 }] };
  assert.equal(of({ audience: { segment: "families" } }, "2026-06-10", families)?.state, "active");
  const used = { capUse: new Map([[offerUseKey("o", "times"), [2, 0] as const]]) };
  assert.deepEqual(of({ limits: { times: "2 times" } }, "2026-06-10", used)?.state, "used");
  assert.equal(of({}, "2026-07-01", used)?.closed?.code, "over");
  const held = { traits: [{ kind: "boost", key: "offer-o", fromAt: at("2026-06-05"), untilAt: at("2026-06-12") }] };
  assert.equal(of({ activation: true }, "2026-06-10", held)?.state, "active");
  assert.equal(of({ activation: true }, "2026-06-13", held)?.state, "available");
});

test("faults of a file of offers stand where they are", () => {
  const faultsOf = (offer: object) => {
    const parsed = parseOffers(JSON.stringify({ format: 1, offers: { o: offer } }), "o.yaml", document);
    return parsed.ok ? [] : parsed.failure.map(({ path, message }) => `${path} ${message}`);
  };
  const fine = { ...plain, percent: "5%", funders: { alfa: 1 } };
  assert.deepEqual(faultsOf(fine), []);
  const cases: [object, RegExp][] = [
    [{ ...fine, points: "5 points" }, /one of percent, points, multiply, voucher/],
    [{ ...plain, percent: "5%" }, /funders/],
    [{ ...fine, at: "alfaa" }, /\/offers\/o\/at .*alfaa/],
    [{ ...fine, until: "2026-05-01" }, /not before/],
    [{ ...fine, lasts: "3 days" }, /neither/],
    [{ ...plain, multiply: "3x", of: "bas" }, /a rule or a group/],
    [
      { ...plain, partner: "operator", voucher: { worth: "x", price: "5 points", validFor: "5 days" } },
      /takes no points/,
    ],
    [{ ...plain, voucher: { worth: "x", price: "5 points", validFor: "60 days" } }, /30 days at most/],
    [{ ...plain, voucher: { worth: "x", validFor: "5 days" }, funders: { alfa: 1 } }, /does not go with a voucher/],
    [{ ...fine, funders: { nobody: 1 } }, /nobody/],
  ];
  for (const [offer, expected] of cases) assert.match(faultsOf(offer).join("\n"), expected);
});
