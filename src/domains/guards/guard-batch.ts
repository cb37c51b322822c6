import type { AlertRow, JournalRow } from "#domains/ledger/index.ts";
import type { EpochMs } from "#kernel/time.ts";
import { type Counters, count, type Keyed, keyed } from "./core/velocity/counters.ts";
import type { GuardFacts } from "./core/velocity/facts.ts";
import { writeJournal } from "./core/velocity/journal.ts";
import { type Hit, judge, type Verdict } from "./core/velocity/judge.ts";
import { countVerdict, type Verdicts } from "./guard-stats.ts";

/** What an accepted request leaves for the guards: what is counted of it, and what was noticed. */
export type GuardNote = { readonly facts: GuardFacts; readonly alert?: AlertRow };

/** One batch of the checkout before the guards: what is decided in it counts for what is decided after. */
export type GuardBatch = {
  judge(facts: GuardFacts): Verdict | undefined;
  /** A request was accepted. */
  take(note: GuardNote): void;
  /** What the statement that posts the batch writes. */
  rows(now: EpochMs): { readonly journal?: JournalRow; readonly alerts?: readonly AlertRow[] };
  /** The batch was posted. */
  settle(): void;
  /** It was not, or whether it was is not known. */
  doubt(): void;
};

/** What batches share: the counters of this process, and what it has written of late. */
export type BatchHost = {
  readonly counters: () => Counters | undefined;
  /** Some process counts what is posted: it is told, whether this one counts or not. */
  readonly isCounted: () => boolean;
  readonly writer: number;
  nextNumber(): number;
  readonly verdicts: Verdicts;
  /** A row is on its way. */
  readonly inFlight: Set<number>;
  /** Rows, by when they were made, that are looked for among what is committed: whether they were is in doubt. */
  readonly doubted: Map<number, EpochMs>;
  /** Counters are being loaded: what is settled meanwhile they may have missed. */
  isLoading: boolean;
  /** Rows that were in flight when counters were loaded anew, and were found there already. */
  readonly loaded: Set<number>;
};

export function beginBatch(host: BatchHost): GuardBatch {
  const counters = host.counters();
  const decided: Keyed[] = [];
  const notes: GuardNote[] = [];
  let number: number | undefined;
  let postedAt = 0;
  let judged: Keyed | undefined;
  return {
    judge: (facts) => {
      if (!counters) return undefined;
      judged = keyed(counters, facts);
      return judge(judged, counters, decided);
    },
    take: (note) => {
      notes.push(note);
      if (counters) decided.push(judged?.facts === note.facts ? judged : keyed(counters, note.facts));
    },
    rows: (now) => {
      if (!host.isCounted() || notes.length === 0) return {};
      number = host.nextNumber();
      postedAt = now;
      host.inFlight.add(number);
      const facts = writeJournal(notes.map((note) => note.facts));
      const alerts = notes.flatMap(({ alert }) => alert ?? []);
      return { journal: { writer: host.writer, number, postedAt, facts }, ...(alerts.length > 0 ? { alerts } : {}) };
    },
    settle: () => {
      for (const { alert } of notes) {
        if (alert) countVerdict(host.verdicts, JSON.parse(alert.hits) as Hit[], alert.action);
      }
      if (number === undefined) return;
      host.inFlight.delete(number);
      if (host.isLoading) host.doubted.set(number, postedAt);
      if (host.loaded.delete(number)) return;
      const current = host.counters();
      if (!current) return;
      const all = current === counters ? decided : notes.map(({ facts }) => keyed(current, facts));
      for (const each of all) count(current, each, postedAt);
    },
    doubt: () => {
      if (number === undefined) return;
      host.inFlight.delete(number);
      host.doubted.set(number, postedAt);
    },
  };
}
