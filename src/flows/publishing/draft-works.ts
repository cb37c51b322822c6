import { documentHash } from "#domains/program/index.ts";
import type { Published, StoredWork } from "#domains/publishing/index.ts";
import type { PartnerId } from "#kernel/ids.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { FileFault } from "#platform/yaml/faults.ts";
import type { ManageDeps, SourceFile, WorkKind } from "./work-kind.ts";

export type DraftRequest = {
  readonly file: SourceFile;
  readonly who: string;
  readonly comment: string;
  /** Works of other partners are refused; of any unless given. */
  readonly partner?: string;
};

export type Drafted = { readonly id: string; readonly change: "new" | "edited" | "unchanged" };

export type DraftFailure<Kind extends Published> =
  | { readonly code: "no-programme" }
  | { readonly code: `${Kind}s-invalid`; readonly errors: readonly FileFault[] }
  | { readonly code: "forbidden-partner"; readonly partner: string }
  /** What was approved never changes; a new one takes a new id. */
  | ({ readonly code: `${Kind}-approved` } & { readonly [name in Kind]: string });

type Named = { readonly partner: PartnerId };
type Hashed = { readonly hash: string };

/** What taking a file would change: each work new, edited or unchanged. Writes nothing. */
export async function planWorks<Kind extends Published, Document extends Named, Forecast extends Hashed>(
  deps: ManageDeps,
  kind: WorkKind<Kind, Document, Forecast>,
  request: DraftRequest,
): Promise<Result<Drafted[], DraftFailure<Kind>>> {
  const read = await readFile(deps, kind, request);
  if (!read.ok) return read;
  return judge(kind, read.value.works, read.value.stored, request);
}

/** Takes the works of a file as drafts; drafts that are there already are edited. All of them or none. */
export async function draftWorks<Kind extends Published, Document extends Named, Forecast extends Hashed>(
  deps: ManageDeps,
  kind: WorkKind<Kind, Document, Forecast>,
  request: DraftRequest,
): Promise<Result<Drafted[], DraftFailure<Kind>>> {
  const read = await readFile(deps, kind, request);
  if (!read.ok) return read;
  const { works } = read.value;
  return transaction(deps.pool, async (client) => {
    const stored = new Map<string, StoredWork<Document, Forecast>>();
    for (const id of Object.keys(works).sort()) {
      const known = await kind.store.lock(client, id);
      if (known) stored.set(id, known);
    }
    const judged = judge(kind, works, stored, request);
    if (!judged.ok) return judged;
    for (const { id, change } of judged.value) {
      if (change === "unchanged") continue;
      const document = works[id] as Document;
      const revision = (stored.get(id)?.revision ?? 0) + 1;
      const [hash, at] = [hashOf(document), deps.clock.now()];
      const { who, comment } = request;
      const { partner } = document;
      const draft = { id, partner, state: "draft", revision, document, hash, editedBy: who, editedAt: at } as const;
      await kind.store.put(client, { ...draft, liveSpans: [] });
      const action = change === "new" ? "draft" : "edit";
      await kind.store.log(client, id, { at, who, action, revision, hash, comment });
    }
    return judged;
  });
}

async function readFile<Kind extends Published, Document extends Named, Forecast extends Hashed>(
  deps: ManageDeps,
  kind: WorkKind<Kind, Document, Forecast>,
  { file, partner }: DraftRequest,
) {
  if (!deps.programmes.latest) return err({ code: "no-programme" } as const);
  const { document } = deps.programmes.latest;
  const stored = new Map((await kind.store.list(deps.pool)).map((work) => [work.id, work]));
  const parsed = await kind.read(deps, file, document, new Set(stored.keys()));
  if (!parsed.ok) return err({ code: `${kind.kind}s-invalid` as const, errors: parsed.failure });
  const works = parsed.value;
  const foreign = Object.values(works).find((work) => partner !== undefined && work.partner !== partner);
  if (foreign) return err({ code: "forbidden-partner", partner: foreign.partner } as const);
  return ok({ works, stored });
}

function judge<Kind extends Published, Document extends Named, Forecast extends Hashed>(
  { kind }: WorkKind<Kind, Document, Forecast>,
  works: Readonly<Record<string, Document>>,
  stored: ReadonlyMap<string, StoredWork<Document, Forecast>>,
  { partner }: DraftRequest,
): Result<Drafted[], DraftFailure<Kind>> {
  const drafted: Drafted[] = [];
  for (const [id, document] of Object.entries(works)) {
    const known = stored.get(id);
    if (known && partner !== undefined && known.partner !== partner) {
      return err({ code: "forbidden-partner", partner: known.partner });
    }
    if (!known) drafted.push({ id, change: "new" });
    else if (known.hash === hashOf(document)) drafted.push({ id, change: "unchanged" });
    else if (known.state === "draft") drafted.push({ id, change: "edited" });
    else return err({ code: `${kind}-approved`, [kind]: id } as unknown as DraftFailure<Kind>);
  }
  return ok(drafted);
}

function hashOf(document: object): string {
  return documentHash(document);
}
