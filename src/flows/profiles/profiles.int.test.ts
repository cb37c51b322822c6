import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
  createIdentifierKeys,
  createKeyWrapper,
  createMemberIds,
  DEFAULT_GUARDS,
  DEFAULT_STRATEGIES,
  findMembers,
  type Guards,
  type Profile,
  type ProfileIdentifier,
} from "#domains/identity/index.ts";
import { survivorsOf, verifyProjections } from "#domains/ledger/index.ts";
import { createCheckout } from "#flows/checkout/index.ts";
import { createCalendar } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { testEngines } from "../../../test/engines.ts";
import { programmesOf, SMALL_COALITION } from "../../../test/support/programmes.ts";
import { eraseMember, mergeByHand, unmergeByHand } from "./decide-people.ts";
import type { ProfileDeps } from "./deps.ts";
import { importProfiles } from "./import-profiles.ts";
import { readProfileMapping } from "./profile-mapping.ts";
import { createProfileQueue } from "./profile-queue.ts";
import { putProfiles } from "./put-profiles.ts";

const { pool, pgUrl } = await testEngines();
const clock = manualClock(Date.parse("2026-06-15T12:00:00+03:00"));
const programmes = programmesOf(clock.now, SMALL_COALITION);
const secret = Buffer.from("test");
const keyOf = createIdentifierKeys(secret);

/** Repeatable "random" bytes: what is tested is not their quality. */
let drawn = 0;
const random = (bytes: number) =>
  createHash("shake256", { outputLength: bytes }).update(String(++drawn)).digest() as Uint8Array;

function depsOf(over: { readonly pool?: typeof pool; readonly guards?: Partial<Guards> } = {}): ProfileDeps {
  const its = over.pool ?? pool;
  return {
    pool: its,
    clock,
    programmes,
    identifierKey: keyOf,
    memberIds: createMemberIds(its),
    keys: createKeyWrapper(Buffer.alloc(32, 7), random),
    guards: () => ({ ...DEFAULT_GUARDS, ...over.guards }),
    strategies: () => DEFAULT_STRATEGIES,
    attributeRules: () => [],
  };
}

let people = 0;
function profile(identifiers: readonly ProfileIdentifier[], over: Partial<Profile> = {}): Profile {
  return { partner: "alfa", externalId: `p${++people}`, identifiers, at: clock.now(), ...over };
}
const phone = (value: string, verified = true): ProfileIdentifier => ({ kind: "phone", value, verified });
const card = (value: string, verified = true): ProfileIdentifier => ({ kind: "card", value, verified });

async function put(told: Profile, deps = depsOf()) {
  const [outcome] = await putProfiles(deps, [told]);
  assert.ok(outcome);
  return outcome;
}

async function memberOf(kind: string, value: string) {
  const key = keyOf(kind, value);
  const client = await pool.connect();
  try {
    const member = (await findMembers(client, [key])).get(key.text);
    return member === undefined ? undefined : (await survivorsOf(client, [member])).get(member);
  } finally {
    client.release();
  }
}

test("a verified phone is who somebody is, however it is written; an unverified one is not", async () => {
  const first = await put(profile([phone("+7 916 555-01-01")], { name: "рыбонька" }));
  const second = await put(profile([phone("8 (916) 555-01-01")], { partner: "beta", name: "Иванова Анна" }));
  const third = await put(profile([phone("+79165550101", false)], { partner: "telecom" }));
  assert.deepEqual([first.decision, second.decision, third.decision], ["new", "attached", "new"]);
  assert.equal(second.member, first.member);
  assert.notEqual(third.member, first.member);
});

test("a profile that proves two members to be one merges them, points and all", async () => {
  const checkout = createCheckout({ pool, clock, programmes, identifierSecret: secret });
  const receipt = {
    partner: "alfa",
    store: "alfa-1",
    till: "1",
    number: "1",
    at: clock.now(),
    lines: [{ category: "food", amountKopecks: 100_000 }],
    deliveryFeeKopecks: 0,
    tenders: [],
    spendCents: 0,
  };
  const shown = { by: "identifier", kind: "card", value: "4000 0000 0000 0101" } as const;
  const bought = await checkout.postReceipt({ receipt, member: shown }, { keyId: "k", role: "operator" });
  assert.ok(bought.ok);
  const known = await put(profile([phone("+79165550102")]));
  const joined = await put(profile([phone("+79165550102"), card("4000000000000101")], { partner: "beta" }));
  assert.equal(joined.decision, "merged");
  assert.equal(await memberOf("card", "4000 0000 0000 0101"), joined.member);
  assert.equal(await memberOf("phone", "+79165550102"), joined.member);
  assert.ok([known.member, joined.member].includes(joined.member));
});

test("the same profile again is the same answer; an older one overwrites nothing", async () => {
  const told = profile([phone("+79165550103")], { name: "Пётр" });
  const first = await put(told);
  assert.deepEqual(await put({ ...told, identifiers: [...told.identifiers] }), {
    ...first,
    isNewProfile: false,
    isKnown: true,
  });
  const older = await put({ ...told, name: "Павел", at: told.at - 1_000 });
  assert.deepEqual(older.why, [{ code: "older-than-known" }]);
});

test("guards: a blocked value, too many phones, a phone of somebody born on another day", async () => {
  const blocking = depsOf({ guards: { blocked: [{ kind: "phone", value: "74950000000" }] } });
  const centre = await put(profile([phone("+7 495 000-00-00")]), blocking);
  assert.deepEqual([centre.decision, centre.why[0]?.code], ["new", "blocked-value"]);
  assert.equal(await memberOf("phone", "+74950000000"), undefined);

  const numbers = Array.from({ length: 7 }, (_, i) => phone(`+7916555020${i}`));
  const many = await put(profile(numbers));
  assert.equal(many.decision, "for-review");
  assert.equal(many.why.filter(({ code }) => code === "too-many").length, 2);

  await put(profile([phone("+79165550301")], { birthDate: "1980-01-01" }));
  const other = await put(profile([phone("+79165550301")], { birthDate: "1990-02-02", partner: "beta" }));
  assert.equal(other.decision, "for-review");
  assert.notEqual(await memberOf("phone", "+79165550301"), other.member);
  const moving = depsOf({ guards: { phoneOfAnother: "move" } });
  const owner = await put(profile([phone("+79165550301")], { birthDate: "1990-02-02", partner: "telecom" }), moving);
  assert.equal(await memberOf("phone", "+79165550301"), owner.member);
});

test("two profiles with the same phone at the same moment make one member, in one process and in two", async () => {
  const other = createPool({ url: pgUrl, applicationName: "tests" });
  try {
    const queues = [createProfileQueue(depsOf()), createProfileQueue(depsOf({ pool: other }))];
    for (let round = 0; round < 5; round++) {
      const value = `+7916555040${round}`;
      const outcomes = await Promise.all(
        ["alfa", "beta", "telecom", "alfa"].map((partner, i) =>
          queues[i % 2]?.put(profile([phone(value)], { partner })),
        ),
      );
      const members = new Set(outcomes.map((each) => (each === "overloaded" ? each : each?.member)));
      assert.equal(members.size, 1, [...members].join(" "));
    }
  } finally {
    await other.end();
  }
});

/** Persons as random sets of phones and cards; clusters must not depend on who came first. */
test("whatever the order of arrival, the clusters are the same", async () => {
  let run = 0;
  const told = fc.array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })), {
    minLength: 2,
    maxLength: 7,
  });
  await fc.assert(
    fc.asyncProperty(told, fc.infiniteStream(fc.nat()), async (pairs, dice) => {
      const deps = depsOf();
      const arrive = async (order: readonly number[]): Promise<string> => {
        run++;
        const members = new Map<number, number>();
        for (const index of order) {
          const [a, b] = pairs[index] as [number, number];
          const digits = (n: number) => `40${String(run).padStart(6, "0")}${n}2`;
          const partner = `partner-${run}`;
          members.set(index, (await put(profile([card(digits(a)), card(digits(b + 10))], { partner }), deps)).member);
        }
        const roots = await survivorsOf(pool, [...members.values()]);
        const cluster = pairs.map((_, index) => roots.get(members.get(index) as number));
        return cluster.map((root) => cluster.indexOf(root)).join(" ");
      };
      const order = pairs.map((_, index) => index);
      const mixed = order
        .map((index) => [dice.next().value as number, index] as const)
        .sort(([a], [b]) => a - b)
        .map(([, index]) => index);
      assert.equal(await arrive(mixed), await arrive(order));
    }),
    { numRuns: 12 },
  );
});

test("a partner's file is taken in by its mapping, rows that can't be right are told, and again it changes nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "dolka-profiles-"));
  try {
    const file = join(folder, "people.csv");
    writeFileSync(
      file,
      "id,phone,card,surname,given,born\n1,8 916 555-07-01,,Иванова,Анна,1985-02-07\n2,call me,,,,\n3,,4000555,Petrov,Ivan,\n4,89165550701,4000 555,,,\n,89165550709,,,,\n",
    );
    const mapping = readProfileMapping(
      "format: 1\npartner: alfa\nexternalId: id\nidentifiers: [{kind: phone, column: phone, verified: true}, {kind: card, column: card, verified: true}]\nname: [surname, given]\nbirthDate: born\n",
      "mapping.yaml",
    );
    assert.ok(mapping.ok, JSON.stringify(mapping));
    const { calendar } = programmes.current();
    const deps = { profiles: createProfileQueue(depsOf()), clock, calendar };
    const report = await importProfiles(deps, file, mapping.value);
    assert.deepEqual(report.decisions, { new: 2, attached: 0, merged: 1, "for-review": 0 });
    assert.deepEqual(
      report.refused.map(({ row }) => row),
      [2, 5],
    );
    assert.equal((await importProfiles(deps, file, mapping.value)).known, 3);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a merge by hand followed by an unmerge leaves profiles, identifiers, claims, keys and both wallets byte for byte", async () => {
  const address = "Тула, Пушкина 3, квартира 8";
  const one = await put(profile([phone("+79165559101"), card("4000559101")], { name: "Анна", address }));
  const two = await put(profile([phone("+79165559102"), phone("+79165559109", false)], { partner: "beta", address }));
  const [a, b] = [one.member, two.member];
  const checkout = createCheckout({ pool, clock, programmes, identifierSecret: secret });
  const at = clock.now();
  const receipt = { partner: "alfa", store: "alfa-1", till: "7", number: "byte", at, deliveryFeeKopecks: 0 };
  const lines = [{ category: "food", amountKopecks: 100_000 }];
  const bought = await checkout.postReceipt(
    { receipt: { ...receipt, lines, tenders: [], spendCents: 0 }, member: { by: "id", id: b } },
    { keyId: "op", role: "operator" },
  );
  assert.ok(bought.ok, JSON.stringify(bought));
  const rows = async () => {
    const of = async (sql: string) => (await pool.query<{ row: string }>(sql, [[a, b]])).rows.map(({ row }) => row);
    const whole = (table: string, not = "''") =>
      of(`select (to_jsonb(t) - ${not})::text as row from ${table} t where member_id = any($1) order by 1`);
    return [
      await whole("profile"),
      await whole("identifier"),
      await whole("claim"),
      await whole("member_key"),
      // But for the number of the last operation; emptied lots that came and went stay as history.
      await whole("wallet", "'seq'"),
      await of(`select to_jsonb(l)::text as row from lot l where member_id = any($1) and is_open order by 1`),
    ];
  };
  const before = await rows();
  const deps = depsOf();
  const merged = await mergeByHand(deps, a, b, { by: "anna", note: "one" });
  assert.ok(merged.ok, JSON.stringify(merged));
  assert.notDeepEqual(await rows(), before);
  assert.ok((await unmergeByHand(deps, merged.value.merged, { by: "anna", note: "two" })).ok);
  assert.deepEqual(await rows(), before);
});

test("merges, unmerges and an erasure by hand hold out against tills that post to the same wallets", async () => {
  const [one, two] = [await put(profile([card("4000559201")])), await put(profile([card("4000559202")]))];
  const checkout = createCheckout({ pool, clock, programmes, identifierSecret: secret });
  let receipts = 0;
  const buy = async (value: string) => {
    const receipt = { partner: "alfa", store: "alfa-1", till: "8", number: `race-${++receipts}`, at: clock.now() };
    const lines = [{ category: "food", amountKopecks: 10_000 }];
    const asked = { ...receipt, lines, deliveryFeeKopecks: 0, tenders: [], spendCents: 0 };
    return checkout.postReceipt(
      { receipt: asked, member: { by: "identifier", kind: "card", value } },
      { keyId: "op", role: "operator" },
    );
  };
  const deps = depsOf();
  const decided = { by: "anna", note: "race" };
  let isOver = false;
  const till = async (value: string) => {
    let booked = 0;
    while (!isOver) if ((await buy(value)).ok) booked++;
    return booked;
  };
  const tills = [till("4000559201"), till("4000559202")];
  for (let i = 0; i < 5; i++) {
    assert.ok((await mergeByHand(deps, one.member, two.member, decided)).ok);
    assert.ok((await unmergeByHand(deps, two.member, decided)).ok);
  }
  assert.ok((await eraseMember(deps, two.member)).ok);
  isOver = true;
  const booked = await Promise.all(tills);
  assert.ok(booked.every((count) => count > 0));
  const { rows } = await pool.query<{ purchases: number }>(
    "select count(*)::int as purchases from operation where kind = 'purchase' and body->'receipt'->>'number' like 'race-%'",
  );
  assert.equal(rows[0]?.purchases, (booked[0] ?? 0) + (booked[1] ?? 0), "each receipt once");
});

test("verify finds nothing to say of all these merges", async () => {
  const report = await verifyProjections(pool, { calendar: createCalendar("Europe/Moscow"), now: clock.now });
  assert.deepEqual(report.differences, []);
});
