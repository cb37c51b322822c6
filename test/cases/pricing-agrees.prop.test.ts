import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type CompiledProgramme, compileProgramme, parseProgramme, price } from "#domains/program/index.ts";
import { createCalendar } from "#kernel/time.ts";
import { priceSimply, type SimpleLot, type SimpleReceipt } from "../model/pricing.ts";
import { type CaseProgramme, type CaseRule, caseProgramme } from "./programme.ts";
import { toYaml } from "./programme-yaml.ts";

const PARTNERS = ["alfa", "bravo", "charlie"];
const CATEGORIES = ["bread", "fish", "tea", "phone"];
const FROM_AT = Date.parse("2026-01-15T00:00:00+03:00");
const SIXTY_DAYS_MS = 60 * 86_400_000;
const moscow = createCalendar("Europe/Moscow");

const some = (of: string[]) => fc.subarray(of, { minLength: 1 });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const lot: fc.Arbitrary<SimpleLot> = fc.record({
  delayDays: fc.integer({ min: 0, max: 2 }),
  lifeDays: fc.option(fc.integer({ min: 1, max: 40 })),
});

const rule = fc
  .record({
    earn: fc.oneof(
      fc.record({ percentBp: fc.integer({ min: 1, max: 20_000 }) }),
      fc.record({ fixedCents: fc.integer({ min: 1, max: 20_000 }) }),
    ),
    funders: some(PARTNERS).chain((ids) =>
      fc.tuple(...ids.map((id) => fc.integer({ min: 1, max: 7 }).map((share) => [id, share] as const))),
    ),
    partners: maybe(some(PARTNERS)),
    categories: maybe(some(CATEGORIES)),
    lot: maybe(lot),
  })
  .map(({ funders, ...rest }) => given({ ...rest, funders: Object.fromEntries(funders) }));

const programme: fc.Arbitrary<CaseProgramme> = fc
  .record({
    rules: fc
      .array(rule, { minLength: 1, maxLength: 5 })
      .map((rules) => rules.map((each, i) => ({ ...each, id: `rule-${i}` }) as CaseRule)),
    lot,
    receiptCap: maybe(
      fc.record({
        cents: fc.integer({ min: 1, max: 60_000 }),
        policy: fc.constantFrom("pro-rata" as const, "last-first" as const),
      }),
    ),
    notPayable: maybe(some(CATEGORIES)),
    largestShareBp: maybe(fc.integer({ min: 1, max: 10_000 })),
  })
  .map((parts) => caseProgramme({ ...(given(parts) as Pick<CaseProgramme, "rules">), partners: PARTNERS }));

const receipt: fc.Arbitrary<SimpleReceipt> = fc
  .record({
    partner: fc.constantFrom(...PARTNERS),
    at: fc.integer({ min: 0, max: SIXTY_DAYS_MS }).map((ms) => FROM_AT + ms),
    lines: fc.array(
      fc.record({
        category: fc.constantFrom(...CATEGORIES),
        amountKopecks: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 500_000 })),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    spend: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(({ spend, ...rest }) => ({
    ...rest,
    spendCents: Math.floor(rest.lines.reduce((sum, line) => sum + line.amountKopecks, 0) * spend),
  }));

/** Without what is not given: the model's types know no undefined. */
function given<T extends object>(parts: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as never;
}

function compile(of: CaseProgramme): CompiledProgramme {
  const parsed = parseProgramme(toYaml(of), "case.yaml");
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return compileProgramme(parsed.value, 1, 0);
}

function priceReally(of: SimpleReceipt, compiled: CompiledProgramme) {
  const document = { store: `${of.partner}-1`, till: "1", number: "1", deliveryFeeKopecks: 0, tenders: [] };
  const nobody = { traits: [], capUse: new Map(), firstPurchaseAt: new Map(), activeCents: 1e12 };
  return price({ ...of, ...document }, nobody, compiled);
}

test("property: pricing agrees with the independent reference, to the cent of each line and funder", () => {
  fc.assert(
    fc.property(programme, fc.array(receipt, { minLength: 5, maxLength: 20 }), (of, receipts) => {
      const compiled = compile(of);
      for (const each of receipts) {
        const expected = priceSimply(of, each, moscow);
        const actual = priceReally(each, compiled);
        assert.equal(actual.ok, expected.ok);
        if (!actual.ok || !expected.ok) {
          assert.equal(actual.ok ? "" : actual.failure.code, expected.ok ? "" : expected.code);
          continue;
        }
        assert.deepEqual(actual.value.spentByLineCents, expected.spentByLine);
        const parts = actual.value.earned.map((part) => ({ ...part, expiresAt: part.expiresAt ?? null }));
        assert.deepEqual(byTimes(parts), byTimes(expected.parts));
      }
    }),
    { numRuns: 150 },
  );
});

type Timed = { readonly availableAt: number; readonly expiresAt: number | null };

/** In an order that both sides can be brought to. */
function byTimes<T extends Timed>(parts: readonly T[]): T[] {
  const life = ({ expiresAt }: T) => expiresAt ?? Number.MAX_SAFE_INTEGER;
  return [...parts].sort((a, b) => a.availableAt - b.availableAt || life(a) - life(b));
}
