import assert from "node:assert/strict";
import type { Pool } from "pg";
import type { LedgerReads } from "#domains/ledger/http/index.ts";
import { DAY_MS, firstDayOf, formatDay, formatMonth, monthOf } from "#kernel/time.ts";
import { bookDue, calendarOf, createLedger, type Ledger, matrixOf, moveFence } from "../model/ledger.ts";
import { faultsOf } from "../model/truths.ts";
import { askCheckout, type CheckoutSide, join } from "./ask-checkout.ts";
import { askModel, copyOf, type ModelSide } from "./ask-model.ts";
import type { Command } from "./commands.ts";
import { compareMember, compareReads } from "./compare.ts";
import type { Reply, Request } from "./requests.ts";
import { withAnotherBody } from "./requests.ts";
import { type Asking, resolve } from "./resolve.ts";
import { type PutAside, putAside, readMatrix, type StoredOperation } from "./stored.ts";
import { START } from "./world.ts";

/** Everything that one run needs of the outside. */
export type Stand = {
  /** Tells this stand's cards and numbers from those of others over the same database. */
  readonly name: string;
  readonly pool: Pool;
  readonly setTime: (now: number) => void;
  readonly sweep: () => Promise<unknown>;
  /** Wallet and lots as the API reads them, true at this moment whatever is stored. */
  readonly reads: LedgerReads;
  /** Fresh checkouts over the same database, each with nothing remembered. */
  readonly openCheckouts: () => CheckoutSide;
  /** How often each kind of request was answered and refused, and each kind of movement made, so that a test can tell that it tests something. */
  readonly tally: Map<string, number>;
  /** What the model says of all histories together: cents by "month funder redeemer". */
  readonly matrix: Map<string, number>;
  /** Members of histories that are over, hidden from the sweeper. */
  readonly putAside: PutAside[];
  runs: number;
};

type Run = {
  readonly stand: Stand;
  readonly real: CheckoutSide;
  asking: Asking;
  readonly stored: Map<number, StoredOperation[]>;
};

/** Plays one history on both sides; throws at the first difference. */
export async function playHistory(
  stand: Stand,
  programme: ModelSide["programme"],
  commands: readonly Command[],
): Promise<void> {
  const run = await begin(stand, programme);
  for (const command of commands) {
    for (const member of await playCommand(run, command)) await compareBoth(run, member);
  }
  for (const member of run.asking.members) await compareBoth(run, member);
  for (const { movements } of run.asking.model.ledger.operations) {
    for (const [from, to] of movements) count(stand, `${from}>${to}`);
  }
  const cells = matrixLines(run.asking.model.ledger);
  assert.deepEqual(
    await readMatrix(stand.pool, run.asking.members),
    cells.map(([cell, cents]) => `${cell} ${cents}`),
    "settlement by SQL",
  );
  stand.putAside.push(...(await putAside(stand.pool, run.asking.members)));
  for (const [cell, cents] of cells) stand.matrix.set(cell, (stand.matrix.get(cell) ?? 0) + cents);
}

/** Months of a ledger as [month funder redeemer, cents], in the order of texts. */
function matrixLines(ledger: Ledger): [string, number][] {
  const months = new Set(ledger.operations.map((operation) => monthOf(operation.accountingDay)));
  return [...months]
    .flatMap((month) =>
      matrixOf(ledger, month).map(({ funder, redeemer, cents }): [string, number] => [
        `${formatMonth(month)} ${funder} ${redeemer}`,
        cents,
      ]),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

async function compareBoth(run: Run, member: number): Promise<void> {
  const { ledger, now } = run.asking.model;
  assert.deepEqual(faultsOf(ledger, member), []);
  await compareReads(run.stand.reads, ledger, member, now);
  await compareMember(run.stand.pool, ledger, member, run.stored.get(member) as StoredOperation[]);
}

async function begin(stand: Stand, programme: ModelSide["programme"]): Promise<Run> {
  const number = `${stand.name}${stand.runs++}`;
  stand.setTime(START);
  await stand.pool.query("update accounting_fence set first_open_day = '1970-01-01'");
  const real = stand.openCheckouts();
  const model: ModelSide = { ledger: createLedger(), programme, earnedOn: new Map(), now: START };
  const members: number[] = [];
  for (let i = 0; i < 2; i++) {
    const joined = await join(real, `${number}-${i}`, START);
    members.push(joined.member);
    assert.ok(askModel(model, joined.request).ok);
    for (const gift of gifts(number, joined.member)) {
      assert.deepEqual(comparable(await askCheckout(real, 0, gift)), comparable(askModel(model, gift)));
    }
  }
  const stored = new Map(members.map((member): [number, StoredOperation[]] => [member, []]));
  return { stand, real, asking: { model, members, asked: [], prefix: number }, stored };
}

/** Points to begin with: of several funders, with several ends. */
function gifts(number: string, member: number): Request[] {
  const award = (funder: string, cents: number, lifeMs: number | undefined): Request => ({
    kind: "award",
    key: `${number}-${member}-${funder}`,
    member,
    funder,
    cents,
    ...(lifeMs === undefined ? {} : { expiresAt: START + lifeMs }),
  });
  return [award("beta", 7_000, undefined), award("alfa", 3_333, DAY_MS), award("gamma", 5_001, 40 * DAY_MS)];
}

/** Plays one command on both sides; the members that it touched. */
async function playCommand(run: Run, command: Command): Promise<ReadonlySet<number>> {
  const { stand, asking } = run;
  const { model } = asking;
  switch (command.do) {
    case "wait":
      model.now += command.ms;
      stand.setTime(model.now);
      for (const member of asking.members) await compareReads(stand.reads, model.ledger, member, model.now);
      return new Set();
    case "close-month": {
      const firstOpen = firstDayOf(monthOf(calendarOf(model.ledger).dayOf(model.now)));
      moveFence(model.ledger, firstOpen);
      await stand.pool.query("update accounting_fence set first_open_day = greatest(first_open_day, $1)", [
        formatDay(firstOpen),
      ]);
      return new Set();
    }
    case "sweep":
      await stand.sweep();
      for (const member of asking.members) bookDue(model.ledger, member, model.now);
      return new Set(asking.members);
    case "ask":
      return askBoth(run, command);
  }
}

async function askBoth(run: Run, command: Extract<Command, { do: "ask" }>): Promise<ReadonlySet<number>> {
  const { asking, stand } = run;
  const sent: { via: number; request: Request }[] = [];
  for (const { via, what, twin } of command.asks) {
    const request = resolve(asking, what);
    asking.asked.push(request);
    sent.push({ via, request });
    if (twin === "none") continue;
    sent.push({ via: via + 1, request: twin === "same" ? request : withAnotherBody(request) });
  }
  const replies = await Promise.all(sent.map(({ via, request }) => askCheckout(run.real, via, request)));
  sent.forEach(({ request }, i) => {
    count(stand, `${request.kind} ${describe(replies[i] as Reply)}`);
  });
  const requests = sent.map(({ request }) => request);
  run.asking = { ...asking, model: explain(asking.model, requests, replies) };
  return new Set(requests.map((request) => request.member));
}

function count(stand: Stand, what: string): void {
  stand.tally.set(what, (stand.tally.get(what) ?? 0) + 1);
}

/** Finds an order in which the model gives the same answers; requests that were sent together may come in any. */
function explain(model: ModelSide, requests: readonly Request[], replies: readonly Reply[]): ModelSide {
  let first: readonly Reply[] | undefined;
  for (const order of permutations(requests.map((_, i) => i))) {
    const tried = copyOf(model);
    const answers = new Array<Reply>(requests.length);
    for (const i of order) answers[i] = askModel(tried, requests[i] as Request);
    first ??= answers;
    if (JSON.stringify(answers.map(comparable)) === JSON.stringify(replies.map(comparable))) return tried;
  }
  assert.deepEqual(
    requests.map((request, i) => ({ request, reply: comparable(replies[i] as Reply) })),
    requests.map((request, i) => ({ request, reply: comparable(first?.[i] as Reply) })),
    requests.length === 1 ? "the answer" : "no order of these requests explains the answers",
  );
  throw new Error("unreachable");
}

/** The same figures in the same order of keys. */
function comparable(reply: Reply): unknown {
  if (!reply.ok) return { code: reply.code };
  const { activeCents, pendingCents, heldCents, arrearsCents } = reply.wallet;
  const said = Object.fromEntries(Object.entries(reply.said).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    seq: reply.seq,
    replayed: reply.replayed,
    wallet: { activeCents, pendingCents, heldCents, arrearsCents },
    said,
  };
}

function describe(reply: Reply): string {
  return reply.ok ? (reply.replayed ? "replayed" : "answered") : reply.code;
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, i) =>
    permutations([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
