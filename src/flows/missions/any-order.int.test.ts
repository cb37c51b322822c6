import assert from "node:assert/strict";
import { test } from "node:test";
import { createIdentifierKeys } from "#domains/identity/index.ts";
import { applyProgramme, loadProgrammes } from "#domains/program/index.ts";
import { createCheckout, type Principal } from "#flows/checkout/index.ts";
import { memberIds } from "#kernel/ids.ts";
import { createRandom, type Random } from "#kernel/random.ts";
import { manualClock } from "#platform/clock.ts";
import { testEngines } from "../../../test/engines.ts";
import { hasSeenAll } from "../../../test/support/missions.ts";
import { SMALL_COALITION } from "../../../test/support/programmes.ts";
import {
  changeMissionState,
  createEventLog,
  draftMissions,
  followStream,
  makeForecast,
  settleRewards,
} from "./index.ts";

const { pool } = await testEngines();
const START = Date.parse("2026-06-01T12:00:00+03:00");
const clock = manualClock(START);
const file = { name: "p", text: SMALL_COALITION };
assert.ok((await applyProgramme({ pool, clock }, { file, appliedBy: "t", comment: "", effectiveFromAt: 0 })).ok);
const programmes = await loadProgrammes({ pool, clock });
const secret = Buffer.from("test");
const checkout = createCheckout({ pool, clock, programmes, identifierSecret: secret });
const events = createEventLog({ pool, clock, programmes, identifierKey: createIdentifierKeys(secret) });
const operator: Principal = { keyId: "op", role: "operator" };
const deps = { pool, clock, programmes, checkout };

const text = `format: 1
missions:
  first: { partner: telecom, name: F, from: 2026-06-01, until: 2026-12-31, goal: { event: a },
    reward: { percent: 5%, at: beta, lasts: 10 days }, funders: { telecom: 1 }, fee: 100 RUB }
  second: { partner: telecom, name: S, from: 2026-06-01, until: 2026-12-31, goal: { event: b, times: 2 times }, after: first,
    reward: { points: 50 points }, funders: { telecom: 1 }, fee: 10 RUB }
  third: { partner: alfa, name: T, from: 2026-06-01, until: 2026-12-31, goal: { purchase: { at: alfa }, spend: 1000 RUB, within: 3 days },
    reward: { percent: 5%, at: beta, lasts: 10 days }, funders: { alfa: 1 }, onReturn: take-back }
  fourth: { partner: alfa, name: V, from: 2026-06-01, until: 2026-12-31, goal: { steps: { buy: { purchase: { at: alfa }, times: 2 times }, tell: { event: a, of: telecom } } },
    reward: { percent: 5%, at: beta, lasts: 10 days }, funders: { alfa: 1 }, onReturn: keep }
`;
const drafted = await draftMissions(deps, { file: { name: "m", text }, who: "anna", comment: "" });
assert.ok(drafted.ok, JSON.stringify(drafted));
for (const { id } of drafted.value) {
  assert.ok((await makeForecast(deps, { mission: id, who: "anna" })).ok);
  assert.ok((await changeMissionState(deps, { mission: id, action: "approve", who: "boris", comment: "" })).ok);
}
await programmes.refresh();
clock.advance(86_400_000 * 6);

type Deed =
  | { readonly kind: "event"; readonly id: string; readonly type: string; readonly at: number }
  | { readonly kind: "receipt"; readonly number: number; readonly amount: number; readonly at: number }
  | { readonly kind: "return"; readonly of: number; readonly amount: number; readonly at: number };

/** What one member does within six days: the same for each of its twins. */
function life(random: Random): Deed[] {
  const at = () => START + 1_000 + random.int(86_400_000 * 5);
  const deeds: Deed[] = [];
  for (let i = 0; i < 3; i++) deeds.push({ kind: "event", id: `a${i}`, type: random.int(2) ? "a" : "b", at: at() });
  for (let i = 0; i < 3; i++) deeds.push({ kind: "event", id: `b${i}`, type: "b", at: at() });
  for (let number = 0; number < 5; number++) {
    const bought = { kind: "receipt", number, amount: 20_000 + random.int(60_000), at: at() } as const;
    deeds.push(bought);
    if (random.int(3) > 0) continue;
    const amount = 1 + random.int(bought.amount);
    deeds.push({ kind: "return", of: number, amount, at: bought.at + 1 + random.int(86_400_000) });
  }
  return deeds;
}

/** Any order, save that a return needs its receipt; some things come twice. */
function arrival(deeds: readonly Deed[], random: Random): Deed[] {
  const keyed = deeds.map((deed) => ({ deed, key: random.next() }));
  for (const each of keyed) {
    if (each.deed.kind !== "return") continue;
    const { of } = each.deed;
    const bought = keyed.find(({ deed }) => deed.kind === "receipt" && deed.number === of);
    each.key = (bought?.key ?? 0) + random.next() * 0.5 + 1e-9;
  }
  const ordered = keyed.sort((a, b) => a.key - b.key).map(({ deed }) => deed);
  return ordered.flatMap((deed) => (random.int(4) === 0 && deed.kind === "event" ? [deed, deed] : [deed]));
}

async function live(card: string, arriving: readonly Deed[], random: Random): Promise<string> {
  const member = { by: "identifier", kind: "card", value: card } as const;
  const receipts = new Map<number, string>();
  const shop = { partner: "alfa", store: "alfa-1", till: card };
  const first = await checkout.postReceipt(
    {
      receipt: {
        ...shop,
        partner: "telecom",
        store: "telecom-1",
        number: "first",
        at: START + 1,
        lines: [{ category: "food", amountKopecks: 1 }],
        deliveryFeeKopecks: 0,
        tenders: [],
        spendCents: 0,
      },
      member,
    },
    operator,
  );
  assert.ok(first.ok);
  for (const deed of arriving) {
    if (deed.kind === "event") {
      const told = { partner: "telecom", id: `${card}-${deed.id}`, type: deed.type, member, at: deed.at, data: {} };
      assert.ok((await events.post(told, operator)).ok);
    } else if (deed.kind === "receipt") {
      const lines = [{ category: "food", amountKopecks: deed.amount }];
      const receipt = {
        ...shop,
        number: `n${deed.number}`,
        at: deed.at,
        lines,
        deliveryFeeKopecks: 0,
        tenders: [],
        spendCents: 0,
      };
      const posted = await checkout.postReceipt({ receipt, member }, operator);
      assert.ok(posted.ok, JSON.stringify(posted));
      receipts.set(deed.number, posted.value.body.receiptId);
    } else {
      const receiptId = receipts.get(deed.of) as string;
      const lines = [{ line: 0, amountKopecks: deed.amount }];
      const back = {
        receiptId,
        store: "alfa-1",
        till: card,
        number: `r${deed.of}`,
        at: deed.at,
        lines,
        refund: "money",
      } as const;
      const returned = await checkout.returnReceipt(back, operator);
      assert.ok(returned.ok, JSON.stringify(returned));
    }
    // The follower looks in at any moment, and takes pages of any size.
    if (random.int(3) === 0) await follow(1 + random.int(5));
  }
  return first.value.body.member as string;
}

async function follow(pageSize: number): Promise<void> {
  while ((await followStream(deps, pageSize)) || (await settleRewards(deps)) > 0);
}

/** What a member ends with: progress, rewards that hold, the fee owed; not how it came to be. */
async function endOf(member: string): Promise<unknown> {
  const id = memberIds.parse(member);
  const progress = await pool.query(
    `select p.mission, p.steps, p.done_at, p.given::jsonb - 'seq' as given, p.is_due,
       (select coalesce(sum(fee_kopecks), 0)::int from mission_completion c where c.member_id = p.member_id and c.mission = p.mission) as fee,
       (select coalesce(sum(cents), 0)::int from mission_completion c where c.member_id = p.member_id and c.mission = p.mission and p.mission = 'second') as cents
     from mission_progress p where p.member_id = $1 order by 1`,
    [id],
  );
  const traits = await pool.query(
    "select key, valid_from, valid_until from member_trait where member_id = $1 and kind = 'boost' and valid_until > valid_from order by 1, 2",
    [id],
  );
  return { progress: progress.rows, traits: traits.rows };
}

test("twins with the same life end the same, in whatever order and however often it was told", async () => {
  let done = 0;
  for (let seed = 1; seed <= 8; seed++) {
    const random = createRandom(seed);
    const deeds = life(random);
    const inOrder = await live(
      `${seed}-0`,
      deeds.toSorted((a, b) => a.at - b.at),
      random,
    );
    const twins = [inOrder];
    for (let twin = 1; twin <= 2; twin++) twins.push(await live(`${seed}-${twin}`, arrival(deeds, random), random));
    await follow(100);
    while (!(await hasSeenAll(pool))) await follow(100);
    const expected = (await endOf(inOrder)) as { progress: { done_at: Date | null; is_due: boolean }[] };
    assert.ok(expected.progress.every(({ is_due }) => !is_due));
    done += expected.progress.filter(({ done_at }) => done_at !== null).length;
    for (const twin of twins.slice(1)) {
      const told = JSON.stringify(await endOf(twin)).replaceAll(/"(e:telecom:)?\d+-\d-/g, '"$1');
      assert.equal(told, JSON.stringify(expected).replaceAll(/"(e:telecom:)?\d+-\d-/g, '"$1'), `seed ${seed}`);
    }
  }
  assert.ok(done > 8, `only ${done} missions were done: the lives are too dull`);
});
