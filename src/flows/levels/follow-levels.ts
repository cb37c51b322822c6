import type { Pool, PoolClient } from "pg";
import { loadSurvivors, loadWallets, survivorsOf } from "#domains/ledger/index.ts";
import {
  type Contribution,
  continued,
  earliestOf,
  eraseLevels,
  isSameSpan,
  isSameSpans,
  type LevelGoal,
  type LevelMerge,
  type LevelSplit,
  levelGoals,
  loadLevelContributions,
  loadStandings,
  lockLevelPosition,
  type MemberContribution,
  monthAt,
  moveLevelContributions,
  moveLevelPosition,
  putDesired,
  putGivenLevels,
  putLevelContributions,
  readLevelPage,
  type Span,
  type StoredStanding,
  spansFrom,
  splitLevelContributions,
  traitChanges,
} from "#domains/levels/index.ts";
import { nextPage } from "#domains/missions/index.ts";
import type { CompiledProgramme, Programmes } from "#domains/program/index.ts";
import { eraseSubscriptions, mergeSubscriptions, splitSubscriptions } from "#domains/subscription/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { EpochMs, Month } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";

export type LevelStreamDeps = { readonly pool: Pool; readonly clock: Clock; readonly programmes: Programmes };

/** Operations looked at in one transaction. */
const PAGE = 2_000;

/**
 * Takes the next page of the stream of operations: notes what each adds to what levels are reached by, computes the level
 * history of the members concerned from their earliest new month on, and moves the position, all in one transaction. So
 * every operation counts once, whatever crashes. False when there was nothing new.
 */
export async function followLevels(deps: LevelStreamDeps, pageSize = PAGE): Promise<boolean> {
  if (!deps.programmes.latest) return false;
  return transaction(deps.pool, async (client) => {
    const from = await lockLevelPosition(client);
    const to = await nextPage(client, from, pageSize);
    if (to === undefined) return false;
    const since = new Map<MemberId, EpochMs>();
    let waiting: MemberContribution[] = [];
    const put = async (): Promise<void> => {
      const added = await withSurvivors(client, waiting);
      waiting = [];
      await putLevelContributions(client, added);
      for (const { member, at } of added) since.set(member, Math.min(since.get(member) ?? at, at));
    };
    // Where no level is reached by anything, nothing is noted: a receipt's row would cost the database as much as a tenth of it.
    const isCounting = levelGoals(deps.programmes.current()).length > 0;
    for (const each of await readLevelPage(client, from, to, isCounting)) {
      if (each.kind === "contribution") {
        waiting.push(each.contribution);
        continue;
      }
      await put();
      if (each.kind === "erasure") {
        await eraseLevels(client, each.member);
        await eraseSubscriptions(client, each.member, deps.clock.now());
        since.delete(each.member);
        continue;
      }
      for (const member of await (each.kind === "merge"
        ? mergeLevels(client, each.merge, deps.clock.now())
        : splitLevels(client, each.split, deps.clock.now()))) {
        since.set(member, 0);
      }
    }
    await put();
    await refreshLevels(client, deps, since);
    await moveLevelPosition(client, to);
    return true;
  });
}

/** What a merged member did since counts for who answers for it, under the survivor's numbers. */
async function withSurvivors(
  client: PoolClient,
  rows: readonly MemberContribution[],
): Promise<readonly MemberContribution[]> {
  const members = [...new Set(rows.map(({ member }) => member))];
  const roots = members.length === 0 ? new Map<MemberId, MemberId>() : await survivorsOf(client, members);
  const merged = members.filter((member) => roots.get(member) !== undefined && roots.get(member) !== member);
  if (merged.length === 0) return rows;
  const survivors = await loadSurvivors(client, merged);
  return rows.map((row) => {
    const survivor = survivors.get(row.member);
    if (!survivor || survivor.wallet.member === row.member) return row;
    const { shift, wallet } = survivor;
    const cites = row.cites === undefined ? {} : { cites: row.cites + shift };
    return { ...row, ...cites, member: wallet.member, seq: row.seq + shift };
  });
}

/**
 * The traits of both are the survivor's since the ledger's merge; so is what they came from. What the merged member had
 * stays noted: an unmerge gives it back. Repeated, nothing is left to move. Gives whose history is to be computed anew.
 */
async function mergeLevels(
  client: PoolClient,
  { survivor, merged, base }: LevelMerge,
  now: EpochMs,
): Promise<MemberId[]> {
  await moveLevelContributions(client, merged, survivor, base);
  await mergeSubscriptions(client, survivor, merged, now);
  const rows = await loadStandings(client, [survivor, merged], "lock");
  const theirs = rows.find(({ member }) => member === merged);
  if (theirs === undefined) return [survivor];
  const own = rows.find(({ member }) => member === survivor);
  const given = asGiven([...maybeGiven(own), ...maybeGiven(theirs)]);
  await putDesired(client, [{ member: survivor, desired: own?.desired ?? [], isDue: true }], now);
  await putDesired(client, [{ member: merged, desired: theirs.given, isDue: false }], now);
  await putGivenLevels(client, [
    { member: survivor, given, turn: (own?.turn ?? 0) + 1, isDue: true },
    { member: merged, given: theirs.given, turn: theirs.turn + 1, isDue: false },
  ]);
  return [survivor];
}

/** Each goes with what was done with its own identifiers; of what was given, what the ledger has left each. */
async function splitLevels(client: PoolClient, split: LevelSplit, now: EpochMs): Promise<MemberId[]> {
  const { survivor, goes } = split;
  await splitLevelContributions(client, split);
  await splitSubscriptions(client, survivor, split.members);
  const both = [survivor, goes];
  const rows = await loadStandings(client, both, "lock");
  const wallets = await loadWallets(client, both);
  for (const member of both) {
    const known = rows.find((row) => row.member === member);
    const given = (known?.given ?? []).flatMap(({ level, fromAt }) => {
      const traits = wallets.get(member)?.traits ?? [];
      const trait = traits.find((each) => each.kind === "level" && each.key === level && each.fromAt === fromAt);
      return trait?.untilAt === undefined ? [] : [{ level, fromAt, untilAt: trait.untilAt }];
    });
    await putDesired(client, [{ member, desired: known?.desired ?? [], isDue: true }], now);
    await putGivenLevels(client, [{ member, given, turn: (known?.turn ?? 0) + 1, isDue: true }]);
  }
  return both;
}

/**
 * What was given, as far as is known: an operation that was being posted when the members were merged may have given what
 * was desired. Such a span is noted as one that never holds, so that it is given again, or ended where it began.
 */
function maybeGiven(row: StoredStanding | undefined): Span[] {
  if (row === undefined) return [];
  const unsure = row.isDue ? row.desired.filter((span) => !row.given.some((each) => isSameSpan(each, span))) : [];
  const known = row.given.filter(
    (span) => !unsure.some((each) => each.level === span.level && each.fromAt === span.fromAt),
  );
  return [...known, ...unsure.map((span) => ({ ...span, untilAt: span.fromAt }))];
}

/** As the ledger joins traits: those that begin together are one, which ends with the later. */
function asGiven(spans: readonly Span[]): Span[] {
  const byBeginning = new Map<string, Span>();
  for (const span of spans) {
    const key = `${span.level} ${span.fromAt}`;
    const known = byBeginning.get(key);
    if (known === undefined || known.untilAt < span.untilAt) byBeginning.set(key, span);
  }
  return [...byBeginning.values()].sort((a, b) => a.fromAt - b.fromAt);
}

/** Computes these members' histories from a time on, and writes what changed. */
async function refreshLevels(
  client: PoolClient,
  { programmes, clock }: LevelStreamDeps,
  since: ReadonlyMap<MemberId, EpochMs>,
): Promise<void> {
  if (since.size === 0) return;
  const { calendar } = programmes.current();
  const goalsAt = goalsOf(programmes);
  const wanted = [...since].map(([member, at]) => {
    const from = monthAt(at, calendar);
    const goals = [...goalsAt(calendar.startOf(calendar.dayOf(at))), ...goalsAt(clock.now())];
    return { member, from, fromAt: at === 0 ? 0 : earliestOf(goals, from, calendar) };
  });
  const contributions = Map.groupBy(await loadLevelContributions(client, wanted), ({ member }) => member);
  const stored = new Map((await loadStandings(client, [...since.keys()], "lock")).map((row) => [row.member, row]));
  const changed: Pick<StoredStanding, "member" | "desired" | "isDue">[] = [];
  for (const { member, from } of wanted) {
    const own = contributions.get(member) ?? [];
    const known = stored.get(member);
    const desired = historyFrom(own, known?.desired ?? [], since.get(member) === 0 ? undefined : from);
    const isDue = traitChanges(known?.given ?? [], desired).length > 0;
    if (known === undefined && desired.length === 0) continue;
    if (known !== undefined && known.isDue === isDue && isSameSpans(known.desired, desired)) continue;
    changed.push({ member, desired, isDue });
  }
  await putDesired(client, changed, clock.now());

  function historyFrom(own: readonly Contribution[], known: readonly Span[], from: Month | undefined): Span[] {
    if (from !== undefined) return continued(known, from, spansFrom(from, own, goalsAt, calendar), calendar);
    const first = Math.min(...own.map(({ at }) => at));
    return own.length === 0 ? [] : spansFrom(monthAt(first, calendar), own, goalsAt, calendar);
  }
}

/** Goals by the programme in force at a time, made once a version. */
function goalsOf(programmes: Programmes): (at: EpochMs) => readonly LevelGoal[] {
  const byVersion = new Map<number, readonly LevelGoal[]>();
  return (at) => {
    const programme: CompiledProgramme = programmes.at(at);
    const known = byVersion.get(programme.version);
    if (known !== undefined) return known;
    const made = levelGoals(programme);
    byVersion.set(programme.version, made);
    return made;
  };
}
