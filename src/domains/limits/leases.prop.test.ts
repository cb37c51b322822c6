import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type BudgetRow, freeCents, rowKeyOf, WAITING_PREFIX } from "./core/lease.ts";
import { type LeaseRequest, type LockedBudget, leaseFrom } from "./core/lease-from.ts";
import { type BudgetWant, type LaneBudgets, laneBudgetsOver } from "./lane-budgets.ts";

/**
 * The protocol of leases at full speed: lanes of several processes decide, lease, post, lose connections and die in any order, over
 * tables of which only the rules are modelled: a lease is an atomic step under the budget's lock, a posting an atomic
 * statement that succeeds for open leases with enough left. What runs on PostgreSQL is the same code; budgets.int.test.ts
 * holds the statements to these rules.
 */
const KEYS = ["b:one|all", "b:two|all", "f:funder"] as const;
const LANES = 4;

type Stored = { id: number; key: string; granted: number; used: number; isOpen: boolean };
type Tables = { budgets: Map<string, { -readonly [K in keyof BudgetRow]: BudgetRow[K] }>; leases: Stored[] };

function createTables(limit: number): Tables {
  const row = () => ({ limitCents: limit, freedCents: 0, waitingCents: 0, settledCents: 0 });
  return { budgets: new Map(KEYS.map((key) => [key, row()])), leases: [] };
}

function lockedBudget(tables: Tables, key: string): LockedBudget {
  const row = tables.budgets.get(key);
  assert.ok(row);
  const open = () => tables.leases.filter((lease) => lease.key === key && lease.isOpen);
  return {
    row: { ...row },
    openCents: async () => open().reduce((sum, { granted }) => sum + granted, 0),
    close: async (leaseId) => {
      for (const lease of open()) {
        if (leaseId !== undefined && lease.id !== leaseId) continue;
        lease.isOpen = false;
        row.settledCents += lease.used;
      }
      return row.settledCents;
    },
    grant: async (granted) => {
      assert.ok(granted >= 0, "no lease below nothing");
      const id = tables.leases.length + 1;
      tables.leases.push({ id, key, granted, used: 0, isOpen: true });
      return id;
    },
  };
}

/** All or nothing, as the statement is. */
function post(tables: Tables, uses: readonly { leaseId: number; cents: number }[]): boolean {
  const found = uses.map(({ leaseId, cents }) => ({ lease: tables.leases[leaseId - 1] as Stored, cents }));
  if (found.some(({ lease, cents }) => !lease.isOpen || lease.used + cents > lease.granted)) return false;
  for (const { lease, cents } of found) lease.used += cents;
  return true;
}

const usedOf = (tables: Tables, key: string) =>
  (tables.budgets.get(key)?.settledCents ?? 0) +
  tables.leases.filter((lease) => lease.key === key && lease.isOpen).reduce((sum, { used }) => sum + used, 0);

/** A process's lane between two steps: what it has decided and not posted, what it wants leased. */
type Lane = { budgets: LaneBudgets; decided: boolean; wants: BudgetWant[] };

type World = { tables: Tables; lanes: Lane[]; now: number; given: Map<string, number>; waits: number };

const lease = (tables: Tables) => (request: LeaseRequest, now: number) =>
  leaseFrom(lockedBudget(tables, rowKeyOf(request.key)), request, now);

const newLane = (tables: Tables): Lane => ({ budgets: laneBudgetsOver(lease(tables)), decided: false, wants: [] });

/** Decisions of one batch: each takes what it may, or asks for a lease and waits. */
function decide(world: World, lane: Lane, asked: readonly Asked[]): void {
  const session = lane.budgets.begin(world.now);
  for (const { key: k, cents, short, waits } of asked) {
    const key = waits && KEYS[k] === "f:funder" ? `${WAITING_PREFIX}${KEYS[k]}` : (KEYS[k] as string);
    const left = session.left(key);
    if (left < cents && session.canLease(key)) {
      const limitCents = world.tables.budgets.get(rowKeyOf(key))?.limitCents ?? 0;
      lane.wants.push({ key, limitCents, wantCents: cents });
      continue;
    }
    const taken = left >= cents ? cents : short === "trim" ? left : 0;
    if (taken > 0) session.take([{ key, cents: taken }]);
  }
  lane.decided = true;
}

/** What becomes of a posting: known, or the connection is lost after the commit, or before it. */
function postLane(world: World, lane: Lane, fate: "known" | "lost-after" | "lost-before"): void {
  const uses = lane.budgets.uses();
  const isPosted = fate !== "lost-before" && post(world.tables, uses);
  if (isPosted) {
    for (const { leaseId, cents } of uses) {
      const { key } = world.tables.leases[leaseId - 1] as Stored;
      world.given.set(key, (world.given.get(key) ?? 0) + cents);
    }
  }
  if (isPosted && fate === "known") lane.budgets.settle();
  else lane.budgets.doubt();
  lane.decided = false;
}

type Asked = {
  readonly key: number;
  readonly cents: number;
  readonly short: "trim" | "refuse";
  readonly waits: boolean;
};
type Step =
  | { readonly do: "batch"; readonly lane: number; readonly asked: readonly Asked[] }
  | { readonly do: "post"; readonly lane: number; readonly fate: "known" | "lost-after" | "lost-before" }
  | { readonly do: "lease"; readonly lane: number }
  | { readonly do: "crash"; readonly lane: number }
  | { readonly do: "free" | "wait" | "raise"; readonly key: number; readonly cents: number }
  | { readonly do: "time"; readonly ms: number };

const lane = fc.integer({ min: 0, max: LANES - 1 });
const key = fc.integer({ min: 0, max: KEYS.length - 1 });
const asked = fc.record({
  key,
  cents: fc.integer({ min: 1, max: 400 }),
  short: fc.constantFrom("trim" as const, "refuse" as const),
  waits: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constant("batch" as const), lane, asked: fc.array(asked, { maxLength: 6 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("post" as const),
      lane,
      fate: fc.constantFrom(
        "known" as const,
        "known" as const,
        "known" as const,
        "lost-after" as const,
        "lost-before" as const,
      ),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant("lease" as const), lane }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("crash" as const), lane }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("free" as const, "wait" as const, "raise" as const),
      key,
      cents: fc.integer({ min: 1, max: 300 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("time" as const), ms: fc.integer({ min: 1, max: 1_500 }) }) },
);

async function play(world: World, one: Step): Promise<void> {
  const { tables, lanes } = world;
  if (one.do === "time") world.now += one.ms;
  else if (one.do === "crash") lanes[one.lane] = newLane(tables);
  else if (one.do === "batch" || one.do === "post" || one.do === "lease") {
    const of = lanes[one.lane] as Lane;
    // A lane posts what it has decided before it leases or decides anew.
    if (one.do === "post" && of.decided) postLane(world, of, one.fate);
    if (one.do === "batch" && !of.decided) decide(world, of, one.asked);
    if (one.do === "lease" && !of.decided) await of.budgets.lease(of.wants.splice(0), world.now);
  } else {
    const budget = tables.budgets.get(KEYS[one.key] as string);
    assert.ok(budget);
    if (one.do === "free")
      budget.freedCents += Math.min(one.cents, usedOf(tables, KEYS[one.key] as string) - budget.freedCents);
    if (one.do === "raise") budget.limitCents += one.cents;
    if (one.do === "wait" && KEYS[one.key] === "f:funder") budget.waitingCents += one.cents;
  }
}

function assertSound({ tables, given }: World): void {
  for (const each of KEYS) {
    const budget = tables.budgets.get(each);
    assert.ok(budget);
    const used = usedOf(tables, each);
    assert.equal(used, given.get(each) ?? 0, "what the rows say was used is what was posted");
    assert.ok(used <= budget.limitCents + budget.freedCents, `${used} given of ${each}`);
  }
}

test("a budget is never exceeded, whatever order lanes decide, lease, post, doubt and die in, and nothing leased is lost", async () => {
  let steps = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 4_000 }),
      fc.array(step, { minLength: 40, maxLength: 160 }),
      async (limit, story) => {
        const tables = createTables(limit);
        const lanes = Array.from({ length: LANES }, () => newLane(tables));
        const world: World = { tables, lanes, now: 1, given: new Map(), waits: 0 };
        for (const one of story) {
          await play(world, one);
          assertSound(world);
          steps++;
        }
        // One that is left asks for the rest: all that nobody used comes, whoever leased it and died.
        world.now += 2_000;
        for (const each of KEYS) {
          const row = tables.budgets.get(each) as BudgetRow;
          const free = freeCents(each, { ...row, settledCents: 0 }, usedOf(tables, each));
          const last = await lease(tables)(
            { key: each, limitCents: undefined, wantCents: 1_000_000, before: undefined },
            world.now,
          );
          assert.equal(last.grantedCents, Math.max(0, free));
        }
      },
    ),
    { numRuns: 3_000 },
  );
  assert.ok(steps > 150_000, `${steps} steps`);
});
