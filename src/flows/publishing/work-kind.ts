import type { Pool } from "pg";
import type { ProgrammeDocument, Programmes } from "#domains/program/index.ts";
import type { Published, StoredWork, WorkStore } from "#domains/publishing/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import type { Result } from "#kernel/result.ts";
import type { Calendar, EpochMs } from "#kernel/time.ts";
import type { Clock } from "#platform/clock.ts";
import type { FileFault } from "#platform/yaml/faults.ts";

export type ManageDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes & { refresh?(): Promise<boolean> };
};

export type SourceFile = { readonly text: string; readonly name: string };

/** What a work brings into the programme, in the programme's own words. */
export type BroughtParts = Partial<Pick<ProgrammeDocument, "boosts" | "campaigns" | "caps" | "rules">>;

/** What is particular about missions, offers or promos; drafting, forecasting and changing states is common. */
export type WorkKind<
  Kind extends Published,
  Document extends { readonly partner: PartnerId },
  Forecast extends { readonly hash: string },
> = {
  readonly kind: Kind;
  readonly store: WorkStore<Document, Forecast>;
  /** Reads a file of several. `known`: all that are stored. */
  readonly read: (
    deps: ManageDeps,
    file: SourceFile,
    programme: ProgrammeDocument,
    known: ReadonlySet<string>,
  ) => Promise<Result<Readonly<Record<string, Document>>, readonly FileFault[]>>;
  readonly endsAt: (document: Document, calendar: Calendar) => EpochMs;
  readonly parts: (id: string, document: Document) => BroughtParts | undefined;
  /** The prefix of its parts when they leave the programme with its being live; else they stay for good. */
  readonly leavingPrefix?: string;
};

export type Stored<Document, Forecast> = StoredWork<Document, Forecast>;
