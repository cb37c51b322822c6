import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { listPeriodDraws, listPeriods, verifyDraws } from "#domains/games/index.ts";
import { listOperations } from "#domains/ledger/index.ts";
import { applyProgramme, documentHash, loadProgrammes } from "#domains/program/index.ts";
import { createCheckout, type Principal } from "#flows/checkout/index.ts";
import { type MemberId, memberIds } from "#kernel/ids.ts";
import { DAY_MS } from "#kernel/time.ts";
import { manualClock } from "#platform/clock.ts";
import { testEngines } from "../../../test/engines.ts";
import { untilSeen } from "../../../test/feed.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";
import { changeGameState, draftGames, forecastGame, revealPeriods, runGamesOnce } from "./index.ts";

const MEMBERS = 24;
const RECEIPTS = 40;
const STOCK = { jackpot: 7, small: 150 };
const CHILD = fileURLToPath(new URL("testing/draw-child.ts", import.meta.url));

const { pool, pgUrl } = await testEngines();
const clock = manualClock(Date.parse("2026-06-01T12:00:00+03:00"));
const file = { name: "p", text: SMALL_COALITION };
const applied = await applyProgramme({ pool, clock }, { file, appliedBy: "test", comment: "", effectiveFromAt: 0 });
assert.ok(applied.ok);
const programmes = await loadProgrammes({ pool, clock });
const checkout = createCheckout({ pool, clock, programmes, identifierSecret: Buffer.from("test") });
const secrets = { gameSecret: Buffer.from("secret"), random: randomBytes };
const deps = { pool, clock, programmes, checkout, ...secrets, refresh: programmes.refresh };
const operator: Principal = { keyId: "op", role: "operator" };

const WHEEL = `format: 1
games:
  wheel:
    partner: alfa
    name: { ru: Колесо, en: Wheel }
    from: 2026-06-01
    until: 2026-06-30
    funders: { alfa: 1 }
    draw:
      right: { purchase: { at: alfa, atLeast: 100 RUB } }
      every: week
      whenOut: nothing
      prizes:
        jackpot: { name: Много, weight: 5, stock: ${STOCK.jackpot}, points: 100 points }
        small: { name: Мало, weight: 60, stock: ${STOCK.small}, points: 1 point }
        nothing: { name: Ничего, weight: 35 }
`;

async function openWheel(): Promise<void> {
  const drafted = await draftGames(deps, { file: { name: "g", text: WHEEL }, who: "anna", comment: "" });
  assert.ok(drafted.ok, JSON.stringify(drafted));
  await forecastGame(deps, { id: "wheel", who: "anna" });
  const approved = await changeGameState(deps, { id: "wheel", action: "approve", who: "boris", comment: "" });
  assert.ok(approved.ok);
  clock.advance(1_000);
}

async function shop(): Promise<MemberId[]> {
  const members = new Set<MemberId>();
  for (let i = 0; i < RECEIPTS; i++) {
    const sold = Array.from({ length: MEMBERS }, (_, m) => {
      const lines = [{ category: "food", amountKopecks: 10_000 }];
      const shopped = { partner: "alfa", store: "alfa-1", till: "1", number: `${i}-${m}`, at: clock.now() };
      const receipt = { ...shopped, lines, deliveryFeeKopecks: 0, tenders: [], spendCents: 0 };
      return checkout.postReceipt({ receipt, member: { by: "identifier", kind: "card", value: `c${m}` } }, operator);
    });
    for (const outcome of await Promise.all(sold)) {
      assert.ok(outcome.ok);
      members.add(memberIds.parse(outcome.value.body.member ?? "") as MemberId);
    }
  }
  return [...members];
}

function startChild(members: readonly MemberId[]): ChildProcess {
  const args = ["--no-warnings", CHILD, pgUrl, String(clock.now()), ...members.map(String)];
  return spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
}

/** Ends it without a chance to tidy up, once it has drawn so often. */
async function killAfter(child: ChildProcess, draws: number): Promise<void> {
  let seen = 0;
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    seen += chunk.length;
    if (seen >= draws) child.kill("SIGKILL");
  }
}

test("processes draw on the same rights at once and are killed: every right once, no stock passed, all of it verifies", async () => {
  await openWheel();
  const members = await shop();
  await untilSeen(pool);
  while (await runGamesOnce(deps));
  // Five rounds of three processes, each on all members, two of them killed in the middle; then one to the end.
  for (let round = 0; round < 5; round++) {
    const children = [startChild(members), startChild(members), startChild(members)];
    await Promise.all(children.map((child, i) => killAfter(child, 15 + 20 * i)));
  }
  const last = startChild(members);
  last.stdout?.resume();
  assert.deepEqual((await once(last, "exit"))[0], 0);

  const [period] = (await listPeriods(pool, "wheel", "9999-12-31", 10)).filter(({ draws }) => draws > 0);
  assert.ok(period);
  const draws = await listPeriodDraws(pool, "wheel", period.period, 0, 10_000);
  assert.equal(draws.length, MEMBERS * RECEIPTS);
  assert.equal(period.draws, draws.length);
  const sources = new Set(draws.map(({ member, source }) => `${member} ${source}`));
  assert.equal(sources.size, draws.length, "no right twice");
  const given = (id: string) => draws.filter((draw) => draw.given === id).length;
  assert.deepEqual([given("jackpot"), given("small")], [STOCK.jackpot, STOCK.small]);

  await untilSeen(pool);
  while (await runGamesOnce(deps));
  let cents = 0;
  for (const member of members) {
    for (const { body } of await listOperations(pool, member, { limit: 1_000 })) {
      const { reward, cents: own } = body as { reward?: { game?: string }; cents?: number };
      if (reward?.game === "wheel") cents += own ?? 0;
    }
  }
  assert.equal(cents, STOCK.jackpot * 10_000 + STOCK.small * 100, "the prize budget, to the hundredth");

  clock.advance(7 * DAY_MS);
  await revealPeriods(deps);
  const revealed = (await listPeriods(pool, "wheel", "9999-12-31", 10)).find((each) => each.period === period.period);
  assert.ok(revealed?.serverSeed);
  const { commitment, serverSeed } = revealed;
  const published = { commitment, commitmentHash: documentHash(period.commitment), draws };
  assert.deepEqual(verifyDraws({ ...published, serverSeed: Buffer.from(serverSeed).toString("hex") }), []);
});
