import type { Pool, PoolClient } from "pg";
import { loadWallets, type StreamJoin, type StreamMerge, type StreamSplit } from "#domains/ledger/index.ts";
import {
  type Contribution,
  continued,
  earliestOf,
  eraseLevels,
  isSameSpan,
  isSameSpans,
  type LevelGoal,
  levelContribution,
  levelGoals,
  levelPosition,
  loadLevelContributions,
  loadStandings,
  type MemberContribution,
  monthAt,
  moveLevelContributions,
  putDesired,
  putGivenLevels,
  putLevelContributions,
  type Span,
  type StoredStanding,
  spansFrom,
  splitLevelContributions,
  traitChanges,
} from "#domains/levels/index.ts";
import type { CompiledProgramme, Programmes } from "#domains/program/index.ts";
import { eraseSubscriptions, mergeSubscriptions, splitSubscriptions } from "#domains/subscription/index.ts";
import { followOnce, partsOf, type Subscriber, underSurvivors } from "#flows/follow-stream/index.ts";
import type { MemberId } from "#kernel/ids.ts";
import type { EpochMs, Month } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";

export type LevelStreamDeps = { readonly pool: Pool; readonly clock: Clock; readonly programmes: Programmes };

/** What a part of the stream adds to what levels are reached by, up to where members became one or two, or one was erased. */
type Notes = { readonly added: MemberContribution[]; readonly join?: StreamJoin };

/**
 * Levels follow operations: each stretch is noted as what it adds to what levels are reached by, and the level history of
 * the members concerned is computed from their earliest new month on, in one transaction with the position. So every
 * operation counts once, whatever crashes. Where no level is reached by anything no receipt is read: its row would cost the
 * database as much as a tenth of it.
 */
export function levelSubscriber(deps: LevelStreamDeps): Subscriber<readonly Notes[]> {
  const { programmes, clock } = deps;
  return {
    position: levelPosition,
    isReady: () => programmes.latest !== undefined,
    read: async (stretch) => {
      const { joins } = await stretch.survey();
      const isCounting = levelGoals(programmes.current()).length > 0;
      const receipts = isCounting ? await stretch.receipts() : [];
      const parts = partsOf(receipts, joins).map(({ rows, join }): Notes => {
        return { added: rows.flatMap((receipt) => levelContribution(receipt) ?? []), ...(join ? { join } : {}) };
      });
      return parts.some(({ added, join }) => added.length > 0 || join) ? parts : undefined;
    },
    take: async (client, parts) => {
      const since = new Map<MemberId, EpochMs>();
      for (const { added, join } of parts) {
        const noted = await underSurvivors(client, added, renumbered);
        await putLevelContributions(client, noted);
        for (const { member, at } of noted) since.set(member, Math.min(since.get(member) ?? at, at));
        if (join !== undefined) await takeJoin(client, join, clock.now(), since);
      }
      await refreshLevels(client, deps, since);
    },
  };
}

/** Takes the next page of the stream; false when there was nothing new. */
export function followLevels(deps: LevelStreamDeps, pageSize?: number): Promise<boolean> {
  return followOnce(deps.pool, levelSubscriber(deps), pageSize);
}

function renumbered(row: MemberContribution, shift: number): MemberContribution {
  return { ...row, seq: row.seq + shift, ...(row.cites === undefined ? {} : { cites: row.cites + shift }) };
}

async function takeJoin(
  client: PoolClient,
  join: StreamJoin,
  now: EpochMs,
  since: Map<MemberId, EpochMs>,
): Promise<void> {
  if (join.kind === "erasure") {
    await eraseLevels(client, join.member);
    await eraseSubscriptions(client, join.member, now);
    since.delete(join.member);
    return;
  }
  const members = join.kind === "merge" ? await mergeLevels(client, join, now) : await splitLevels(client, join, now);
  for (const member of members) since.set(member, 0);
}

/**
 * The traits of both are the survivor's since the ledger's merge; so is what they came from. What the merged member had
 * stays noted: an unmerge gives it back. Repeated, nothing is left to move. Gives whose history is to be computed anew.
 */
async function mergeLevels(
  client: PoolClient,
  { survivor, merged, base }: StreamMerge,
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
async function splitLevels(client: PoolClient, split: StreamSplit, now: EpochMs): Promise<MemberId[]> {
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
  // Not locked: most receipts change no level, and a lock is a write.
  const before = await standingsOf(client, [...since.keys()]);
  const changed = new Map<MemberId, Span[]>();
  for (const { member, from } of wanted) {
    const known = before.get(member);
    const desired = historyFrom(
      contributions.get(member) ?? [],
      known?.desired ?? [],
      since.get(member) === 0 ? undefined : from,
    );
    if (known === undefined && desired.length === 0) continue;
    const isDue = traitChanges(known?.given ?? [], desired).length > 0;
    if (known !== undefined && known.isDue === isDue && isSameSpans(known.desired, desired)) continue;
    changed.set(member, desired);
  }
  // What was given may have changed since; what is desired only the holder of the position changes.
  const now = await standingsOf(client, [...changed.keys()], "lock");
  await putDesired(
    client,
    [...changed].map(([member, desired]) => {
      return { member, desired, isDue: traitChanges(now.get(member)?.given ?? [], desired).length > 0 };
    }),
    clock.now(),
  );

  function historyFrom(own: readonly Contribution[], known: readonly Span[], from: Month | undefined): Span[] {
    if (from !== undefined) return continued(known, from, spansFrom(from, own, goalsAt, calendar), calendar);
    const first = Math.min(...own.map(({ at }) => at));
    return own.length === 0 ? [] : spansFrom(monthAt(first, calendar), own, goalsAt, calendar);
  }
}

async function standingsOf(client: PoolClient, members: readonly MemberId[], lock?: "lock") {
  return new Map((await loadStandings(client, members, lock)).map((row) => [row.member, row]));
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
