import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";
import { listLinkRuns } from "#domains/identity/index.ts";
import { makePeople, PEOPLE_COLUMNS } from "#domains/identity/linkage/testing/people.ts";
import { verifyProjections } from "#domains/ledger/index.ts";
import { DEFAULT_LINKAGE } from "#flows/profiles/index.ts";
import { createCalendar, HOUR_MS, MINUTE_MS } from "#kernel/time.ts";
import { type Json, testApi } from "../../../../test/support/api.ts";
import { cancelLinkRun, type LinkMembersDeps, linkMembers, linkWhenDue } from "../index.ts";

const api = await testApi({ identity: { linkage: { ...DEFAULT_LINKAGE, leastMembers: 300 } } });
const { operator, partner: alfa } = api.keys;
const { pool, clickhouse } = api.engines;
const deps: LinkMembersDeps = {
  ...{ pool, clickhouse, clock: api.clock, programmes: api.programmes, newId: randomUUID },
  keys: api.profiles.keys,
  settings: api.profiles.settings,
};
const get = async (path: string) => (await api.call(path, { key: operator })).body;

type Told = { readonly member: string; readonly person: string };

/** Tells invented people as profiles, without any proof; who is who is known to the test only. */
async function tell(records: number, seed: number): Promise<Told[]> {
  const { values, truth } = makePeople({ records, seed, language: "ru" });
  const column = (name: (typeof PEOPLE_COLUMNS)[number], row: number) => values[PEOPLE_COLUMNS.indexOf(name)]?.[row];
  const put = async (row: number): Promise<Told> => {
    const phone = column("phone", row);
    const email = column("email", row);
    const birth = column("birth", row) as string;
    const body = {
      identifiers: [
        { kind: "external", value: `crm-${seed}-${row}`, verified: false },
        ...(phone ? [{ kind: "phone", value: phone, verified: false }] : []),
        ...(email ? [{ kind: "email", value: email, verified: false }] : []),
      ],
      ...named([column("surname", row), column("given", row), column("patronymic", row)]),
      ...(/^\d{4}-\d{2}-\d{2}$/.test(birth) ? { birthDate: birth } : {}),
      ...(column("address", row) ? { address: `${column("city", row)}, ${column("address", row)}` } : {}),
      at: "2026-06-01T12:00:00+03:00",
    };
    const path = `/v1/profiles/alfa/${seed}-${row}`;
    let answer = await api.call(path, { method: "PUT", key: alfa, body });
    // A typo may have made a phone or a day that can't be: the partner sends what is left.
    if (answer.status === 400) {
      const { birthDate: _, ...rest } = body as { birthDate?: string } & typeof body;
      const external = body.identifiers.slice(0, 1);
      answer = await api.call(path, { method: "PUT", key: alfa, body: { ...rest, identifiers: external } });
    }
    assert.equal(answer.status, 201, answer.text);
    return { member: String(answer.body.member), person: `${seed} ${truth[row]}` };
  };
  const told: Told[] = [];
  for (let row = 0; row < records; row += 50) {
    told.push(...(await Promise.all(Array.from({ length: Math.min(50, records - row) }, (_, i) => put(row + i)))));
  }
  return told;
}

function named(parts: readonly (string | undefined)[]): { name?: string } {
  const name = parts.filter(Boolean).join(" ");
  return name === "" ? {} : { name };
}

async function runByApi(): Promise<Json> {
  const started = await api.call("/v1/linkage-runs", { method: "POST", key: operator });
  assert.equal(started.status, 202, started.text);
  // The stream of events ends when the job does.
  await api.call(`/v1/jobs/${started.body.id}/events`, { key: operator });
  return get(`/v1/jobs/${started.body.id}`);
}

async function openReviews(): Promise<{ members: string[]; reason: string; evidence?: Json }[]> {
  return (await get("/v1/reviews?limit=200")).items as never;
}

async function leftInClickhouse(): Promise<number> {
  const found = await clickhouse.query({
    query:
      "SELECT count() AS n FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'dolka_members_')",
    format: "JSONEachRow",
  });
  return Number((await found.json<{ n: string }>())[0]?.n);
}

const answersFor = async (member: string) => String((await get(`/v1/members/${member}/wallet`)).member);

test("told profiles are linked on demand: sure ones are merged with their points, doubtful ones wait, a pair kept apart stays apart", async () => {
  const told = await tell(450, 11);
  const byPerson = new Map<string, string[]>();
  for (const { member, person } of told) byPerson.set(person, [...(byPerson.get(person) ?? []), member]);
  const [apartOne, apartTwo] = [...byPerson.values()].find((members) => members.length === 2) as [string, string];
  const note = { note: "twins" };
  const joined = await api.call(`/v1/members/${apartOne}/merge`, { key: operator, body: { with: apartTwo, ...note } });
  const merged = String(joined.body.merged);
  await api.call(`/v1/members/${merged}/unmerge`, { key: operator, body: note });
  const [rich] = [...byPerson.values()].filter((members) => members.length > 2) as [string[]];
  const award = { member: { id: rich[1] }, funder: "alfa", pointsCents: 5_000, reason: "compensation" };
  const headers = { "idempotency-key": "linked" };
  const given = await api.call("/v1/awards", { key: operator, headers, body: award });

  const job = await runByApi();
  assert.equal(job.state, "done", JSON.stringify(job));
  const report = (job.result as Json).report as unknown as {
    members: number;
    outcomes: { merged: number; review: number; guarded: number; apart: number };
  };
  assert.equal(report.members, told.length);
  assert.ok(report.outcomes.merged > 20, JSON.stringify(report));

  const personOf = new Map(told.map(({ member, person }) => [member, person]));
  let wrong = 0;
  for (const { member, person } of told) {
    const root = await answersFor(member);
    if (personOf.get(root) !== person) wrong++;
  }
  assert.ok(wrong <= 2, `${wrong} members were merged with strangers`);
  assert.equal(await answersFor(apartTwo), apartTwo, "a person has said that these are two");
  if (given.status === 201) {
    const wallet = await get(`/v1/members/${rich[1]}/wallet`);
    assert.equal(Number(wallet.activeCents) + Number(wallet.pendingCents), 5_000);
  } else assert.fail(given.text);

  const reviews = await openReviews();
  assert.equal(reviews.length, report.outcomes.review + report.outcomes.guarded);
  for (const { evidence } of reviews) {
    const { steps, bits, probability } = evidence as unknown as {
      steps: { label: string; bits: number }[];
      bits: number;
      probability: number;
    };
    assert.ok(probability >= 0.5 && probability <= 1);
    const sum = steps.reduce((total, step) => total + step.bits, 0);
    assert.ok(Math.abs(sum - bits) < 0.01 * (steps.length + 1), `the waterfall adds up: ${sum} and ${bits}`);
  }
  assert.equal(await leftInClickhouse(), 0, "compared values don't outlive the run");
  const explained = JSON.stringify(await get(`/v1/members/${await answersFor(rich[1] as string)}/explanation`));
  assert.match(explained, /"linked"|"profile"/);

  const again = (await runByApi()).result as unknown as { report: typeof report };
  assert.ok(again.report.outcomes.merged <= 2, "what was merged is one record now; hardly anything is left to find");
  const { items } = (await get("/v1/linkage-runs")) as unknown as { items: { state: string; askedBy: string }[] };
  assert.deepEqual(
    items.map(({ state }) => state),
    ["done", "done"],
  );
  const calendar = createCalendar("Europe/Moscow");
  assert.deepEqual((await verifyProjections(pool, { calendar, now: api.clock.now })).differences, []);
});

test("the night's run is once a night; a process that ends leaves it to the next, which goes on", async () => {
  await tell(150, 12);
  const nightly = { ...deps, refresh: async () => {}, onRun: () => {} };
  const { signal } = new AbortController();
  const calendar = createCalendar("Europe/Moscow");
  const midnight = calendar.startOf(calendar.dayOf(api.clock.now()) + 1);
  api.clock.set(midnight + 2 * HOUR_MS + 59 * MINUTE_MS);
  assert.equal(await linkWhenDue(nightly, signal), false, "it is not three o'clock yet");

  api.clock.set(midnight + 3 * HOUR_MS);
  const stopping = new AbortController();
  let decided = 0;
  const begun = await linkMembers(deps, {
    ...{ askedBy: "nightly", signal: stopping.signal, isLeftWhenStopped: true },
    onProgress: (_, step) => {
      if (step === "decide" && ++decided === 4) stopping.abort();
    },
  });
  assert.deepEqual(begun, { ok: false, failure: { code: "linkage-cancelled" } });
  const left = await pool.query<{ outcome: string | null }>("select outcome from link_pair order by number");
  assert.ok(left.rows.length > 5);
  assert.equal(left.rows.filter(({ outcome }) => outcome !== null).length, 4, "four pairs were decided, the rest not");

  let resumed: { run: string; report: { outcomes: Record<string, number> } } | undefined;
  const going = {
    ...nightly,
    onRun: (run: NonNullable<typeof resumed>) => {
      resumed = run;
    },
  };
  api.clock.set(midnight + 12 * HOUR_MS);
  assert.equal(await linkWhenDue(going as never, signal), true, "what was left behind is gone on with at any hour");
  assert.ok(resumed);
  const sum = Object.values(resumed.report.outcomes).reduce((total, count) => total + count, 0);
  const runs = await listLinkRuns(pool, { startedAt: 8e13, run: "" }, 10);
  assert.equal(runs.filter(({ askedBy }) => askedBy === "nightly").length, 1, "it is the same run");
  assert.equal(sum, left.rows.length, "each pair was decided, the first four too");
  assert.equal(await linkWhenDue(nightly, signal), false, "once a night");
});

test("one linkage runs at a time; it is cancelled wherever it runs, and what it had decided stays", async () => {
  await tell(120, 13);
  api.clock.advance(HOUR_MS);
  let cancelled: Promise<unknown> | undefined;
  let second: ReturnType<typeof linkMembers> | undefined;
  const done = await linkMembers(deps, {
    askedBy: "test",
    onProgress: (_, step) => {
      if (step === "read") second ??= linkMembers(deps, { askedBy: "somebody" });
      if (step !== "compare") return;
      cancelled ??= listLinkRuns(pool, { startedAt: 8e13, run: "" }, 1).then(([run]) =>
        cancelLinkRun(deps, run?.run as string),
      );
    },
  });
  assert.deepEqual(done, { ok: false, failure: { code: "linkage-cancelled" } });
  assert.deepEqual(await second, { ok: false, failure: { code: "linkage-running" } }, "one at a time");
  assert.ok(((await cancelled) as { ok: boolean }).ok);
  const [run] = await listLinkRuns(pool, { startedAt: 8e13, run: "" }, 1);
  assert.deepEqual([run?.state, await leftInClickhouse()], ["cancelled", 0]);
  const twice = await api.call(`/v1/linkage-runs/${run?.run}/cancel`, { method: "POST", key: operator });
  assert.equal(twice.status, 409, twice.text);
  assert.equal((await api.call("/v1/linkage-runs/none/cancel", { method: "POST", key: operator })).status, 404);
});

test("who was merged by a guard's leave only: a person born on another day goes to review, never to a merge", async () => {
  const same = { name: "Ковригина Василиса Елизаровна", address: "Тверь, Заозёрная 14, 3" };
  const phone = { kind: "phone", value: "+79261112233", verified: false };
  for (const [id, birthDate] of [
    ["g-1", "1971-03-09"],
    ["g-2", "1971-03-08"],
  ] as const) {
    const body = { identifiers: [phone], ...same, birthDate, at: "2026-06-01T12:00:00+03:00" };
    assert.equal((await api.call(`/v1/profiles/alfa/${id}`, { method: "PUT", key: alfa, body })).status, 201);
  }
  const members = await Promise.all(
    ["g-1", "g-2"].map(async (id) => String((await get(`/v1/profiles/alfa/${id}`)).member)),
  );
  assert.equal((await runByApi()).state, "done");
  assert.deepEqual(await Promise.all(members.map(answersFor)), members);
  const review = (await openReviews()).find((each) => members.every((member) => each.members.includes(member)));
  assert.ok(review, "a person is asked");
  assert.ok(["born-on-another-day", "linkage"].includes(review.reason));
});

test("among too few members nobody is merged unseen, and people are not asked more than one run may ask", async () => {
  await tell(90, 14);
  api.clock.advance(HOUR_MS);
  const linkage = { ...deps.settings.linkage, leastMembers: 100_000, mostReviews: 2 };
  const done = await linkMembers({ ...deps, settings: { ...deps.settings, linkage } }, { askedBy: "test" });
  assert.ok(done.ok, JSON.stringify(done));
  const { outcomes, left } = done.value.report;
  assert.deepEqual([outcomes.merged, outcomes.guarded], [0, 0]);
  assert.ok(left > 0 && outcomes.review + outcomes.waiting + outcomes.apart <= 2, JSON.stringify(done.value.report));
});
