import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after } from "node:test";
import { listOperations, verifyProjections } from "#domains/ledger/index.ts";
import { applyProgramme, loadProgrammes } from "#domains/program/index.ts";
import { createCheckout, type Principal, type ReceiptRequest } from "#flows/checkout/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { createCalendar } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { createPool } from "#platform/postgres/pool.ts";
import { testEngines } from "../../../../test/engines.ts";
import { SMALL_COALITION } from "../../../../test/support/programmes.ts";
import { changeGameState, draftGames, forecastGame, runGamesOnce } from "../index.ts";

/** A boost that games may give: 20 % more at alfa. */
const TREAT = `boosts:
  treat: { name: { ru: Угощение, en: Treat } }
`;
const PROGRAMME = SMALL_COALITION.replace(
  "spending:",
  `  treat:
    name: {ru: угощение, en: a treat}
    when: { partner: alfa, boost: treat }
    earn: 20%
    funders: alfa
spending:`,
);

export async function ok<T, F>(outcome: Promise<{ ok: true; value: T } | { ok: false; failure: F }>): Promise<T> {
  const result = await outcome;
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

export async function code<T>(outcome: Promise<{ ok: true; value: T } | { ok: false; failure: { code: string } }>) {
  const result = await outcome;
  return result.ok ? "ok" : result.failure.code;
}

/** All games of the tests: three months of a summer. */
export const dates = "name: { ru: Имя, en: Name }, from: 2026-06-01, until: 2026-08-31";

/** A database of its own on which games are played, from Monday, 1 June 2026 on; closed when the file's tests are over. */
export async function openPlayground() {
  const { pool, pgUrl } = await testEngines();
  /** A Monday. */
  const clock = manualClock(Date.parse("2026-06-01T12:00:00+03:00"));
  const applied = await applyProgramme(
    { pool, clock },
    { file: { name: "p", text: PROGRAMME + TREAT }, appliedBy: "test", comment: "", effectiveFromAt: 0 },
  );
  assert.ok(applied.ok, JSON.stringify(applied));
  const programmes = await loadProgrammes({ pool, clock });
  const checkout = createCheckout({ pool, clock, programmes, identifierSecret: Buffer.from("test") });
  const common = { clock, programmes, checkout, gameSecret: Buffer.from("secret"), random: randomBytes };
  const deps = { ...common, pool, refresh: programmes.refresh };
  /** What another process would have. */
  const otherPool = createPool({ url: pgUrl, applicationName: "other process" });
  const otherDeps = { ...deps, pool: otherPool };
  after(() => otherPool.end());

  async function run(): Promise<void> {
    while ((await runGamesOnce(deps)) || !(await hasSeenAll()));
  }

  /** Other test files' transactions hold the stream back for their time. */
  async function hasSeenAll(): Promise<boolean> {
    const { rows } = await pool.query<{ seen: boolean }>(
      "select next_xid > (select coalesce(max(xid), -1) from operation) as seen from game_position",
    );
    return rows[0]?.seen === true;
  }

  async function live(text: string): Promise<void> {
    const file = { name: "g", text: `format: 1\ngames:\n${text}` };
    for (const { id } of await ok(draftGames(deps, { file, who: "anna", comment: "" }))) {
      await ok(forecastGame(deps, { id, who: "anna" }));
      const approval = { id, action: "approve", comment: "" } as const;
      assert.equal(await code(changeGameState(deps, { ...approval, who: "anna" })), "game-own-approval");
      await ok(changeGameState(deps, { ...approval, who: "boris" }));
    }
    clock.advance(1_000);
  }

  let number = 0;
  function receipt(card: string, amount: number, over: Partial<ReceiptRequest["receipt"]> = {}): ReceiptRequest {
    const shop = { partner: "alfa", store: "alfa-1", till: "1", number: String(++number), at: clock.now() };
    const lines = [{ category: "food", amountKopecks: amount }];
    return {
      receipt: { ...shop, lines, deliveryFeeKopecks: 0, tenders: [], spendCents: 0, ...over },
      member: { by: "identifier", kind: "card", value: card },
    };
  }

  async function buy(card: string, amount: number, over: Partial<ReceiptRequest["receipt"]> = {}) {
    const { body } = await ok(checkout.postReceipt(receipt(card, amount, over), operator));
    return { receiptId: body.receiptId, member: memberIds.parse(body.member ?? "") as MemberId };
  }

  async function giveBack(receiptId: string): Promise<void> {
    const shop = { store: "alfa-1", till: "1", number: String(++number), at: clock.now() };
    await ok(checkout.returnReceipt({ receiptId, ...shop, lines: "all", refund: "money" }, operator));
  }

  /** Awards in points by games: [award key, cents] of operations that were posted. */
  async function awarded(member: MemberId, game: string): Promise<[string, number][]> {
    const operations = await listOperations(pool, member, { limit: 1_000 });
    return operations
      .map(({ body }) => body as { reward?: { game?: string; award?: string }; cents?: number })
      .filter(({ reward }) => reward?.game === game)
      .map(({ reward, cents }) => [String(reward?.award), cents as number]);
  }

  async function verified(): Promise<void> {
    const report = await verifyProjections(pool, { calendar: createCalendar("Europe/Moscow"), now: clock.now });
    assert.deepEqual(report.differences, []);
  }

  return {
    pool,
    clock,
    programmes,
    checkout,
    deps,
    otherDeps,
    run,
    hasSeenAll,
    live,
    receipt,
    buy,
    giveBack,
    awarded,
    verified,
  };
}

export const operator: Principal = { keyId: "op", role: "operator" };
