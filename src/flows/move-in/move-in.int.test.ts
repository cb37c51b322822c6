import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { createCheckout } from "#flows/checkout/index.ts";
import { createCalendar } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { testEngines } from "../../../test/engines.ts";
import { programmesOf, SMALL_COALITION } from "../../../test/support/programmes.ts";
import { compareWallets, createRegisterDeps, importMembers, importWallets } from "./index.ts";

const { pool } = await testEngines();
const clock = manualClock(Date.parse("2026-06-15T12:00:00+03:00"));
const programmes = programmesOf(clock.now, SMALL_COALITION);
const calendar = createCalendar("Europe/Moscow");
const secret = Buffer.from("secret");
const identifierKey = createIdentifierKeys(secret);
const checkout = createCheckout({ pool, clock, programmes, identifierSecret: secret });
const signal = new AbortController().signal;
const folder = mkdtempSync(join(tmpdir(), "dolka-move-in-"));
after(() => rmSync(folder, { recursive: true }));

function file(name: string, ...lines: string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

const members = (path: string) =>
  importMembers(
    { ...createRegisterDeps(pool, identifierKey), clock, calendar, signal },
    { file: path, source: "club" },
  );
const wallets = (path: string, controlFile: string) =>
  importWallets({ checkout, clock, calendar, signal }, { file: path, source: "club", controlFile });
const compare = (path: string) =>
  compareWallets(
    { pool, now: clock.now, calendar: () => calendar, operator: () => "operator", identifierKey },
    { file: path, source: "club" },
  );

const MEMBERS = [
  "member,joined_at,card,phone,level,level_since",
  "1,2024-01-01,111|112,+7 916 000-00-01,level-2,2025-01-01",
  "2,2024-02-01,222,,,",
  "3,yesterday,333,,,",
];
const WALLETS = [
  "member,funder,points,earned_at,available_at,last_day",
  "1,alfa,100.50,2025-07-01,2025-07-01,2026-06-30",
  "1,beta,20,2025-08-01,2025-08-01,",
  "2,alfa,5.05,2026-06-10,2026-06-20,2027-06-30",
];

test("members come with their identifiers and levels, and may come again with more", async () => {
  const first = await members(file("members.csv", ...MEMBERS));
  assert.deepEqual([first.rows, first.created, first.known], [3, 2, 0]);
  assert.match(first.refused[0]?.reason ?? "", /^joined_at: expected YYYY-MM-DD/);
  const more = file("more.csv", "member,card", "1,119", "4,444", "5,111", "2,111");
  const again = await members(more);
  // 5 shows a card of 1: the same person under another id. 2 with a card of 1 is two members: refused.
  assert.deepEqual([again.created, again.known], [1, 2]);
  assert.deepEqual(again.refused, [{ row: 4, reason: "its identifiers belong to different members" }]);
  const { rows } = await pool.query("select kind, key from member_trait");
  assert.deepEqual(rows, [{ kind: "level", key: "level-2" }]);
});

test("wallets open only when the control totals agree", async () => {
  const path = file("wallets.csv", ...WALLETS);
  const wrong = await wallets(path, file("wrong.csv", "funder,lots,points", "alfa,2,105.54", "beta,1,20"));
  assert.ok(!wrong.ok && wrong.failure.code === "control-totals-differ");
  assert.equal(wrong.failure.differences.length, 1);
  assert.equal((await pool.query("select from operation")).rowCount, 0);
  const unreadable = await wallets(file("bad.csv", WALLETS[0] as string, "1,alfa,12.345,,,"), path);
  assert.ok(!unreadable.ok && unreadable.failure.code === "rows-unreadable");

  const control = file("control.csv", "funder,lots,points", "alfa,2,105.55", "beta,1,20.00");
  const opened = await wallets(path, control);
  assert.ok(opened.ok);
  assert.deepEqual([opened.value.opened, opened.value.replayed, opened.value.cents], [2, 0, 12_555]);
  const again = await wallets(path, control);
  assert.ok(again.ok);
  assert.deepEqual([again.value.opened, again.value.replayed], [0, 2]);
});

test("a parallel run shows who differs and in what", async () => {
  assert.equal((await compare(join(folder, "wallets.csv"))).equal, 2);
  const partner = { keyId: "t", role: "till", partner: "alfa" } as const;
  const spent = await checkout.postReceipt(
    {
      receipt: {
        partner: "alfa",
        store: "alfa-1",
        till: "1",
        number: "1",
        at: clock.now(),
        lines: [{ category: "food", amountKopecks: 100_000 }],
        deliveryFeeKopecks: 0,
        tenders: [],
        spendCents: 10_050,
      },
      member: { by: "identifier", kind: "card", value: "112" },
    },
    partner,
  );
  assert.ok(spent.ok, JSON.stringify(spent));
  const { equal, differences } = await compare(join(folder, "wallets.csv"));
  assert.equal(equal, 1);
  assert.deepEqual(
    differences[0]?.lines.find(({ lastDay }) => lastDay === "2026-06-30"),
    {
      funder: "alfa",
      lastDay: "2026-06-30",
      thereCents: 10_050,
      hereCents: 0,
    },
  );
});

test("a member with more open lots than one operation holds gets several", async () => {
  await members(file("many-members.csv", "member,card", "9,999"));
  const lots = Array.from(
    { length: 150 },
    (_, i) => `9,beta,1.00,2026-01-01,2026-01-01,2027-${String((i % 12) + 1).padStart(2, "0")}-28`,
  );
  const path = file("many.csv", WALLETS[0] as string, ...lots);
  const opened = await wallets(path, file("many-control.csv", "funder,lots,points", "beta,150,150"));
  assert.ok(opened.ok);
  assert.equal(opened.value.cents, 15_000);
  assert.equal((await compare(path)).equal, 1);
});

test("all of it is as the operations say", async () => {
  const report = await verifyProjections(pool, { calendar, now: clock.now });
  assert.deepEqual(report.differences, []);
});
