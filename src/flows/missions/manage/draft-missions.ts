import type { Pool } from "pg";
import {
  listMissions,
  lockMission,
  logMission,
  type MissionDocument,
  parseMissions,
  putMission,
  type StoredMission,
} from "#domains/missions/index.ts";
import { documentHash, type Programmes } from "#domains/program/index.ts";
import { err, ok, type Result } from "#kernel/result.ts";
import type { Clock } from "#platform/clock.ts";
import { transaction } from "#platform/postgres/transaction.ts";
import type { FileFault } from "#platform/yaml/faults.ts";

export type ManageDeps = {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly programmes: Programmes & { refresh?(): Promise<boolean> };
};

export type DraftRequest = {
  readonly file: { readonly text: string; readonly name: string };
  readonly who: string;
  readonly comment: string;
  /** Missions of other partners are refused; of any unless given. */
  readonly partner?: string;
};

export type Drafted = { readonly id: string; readonly change: "new" | "edited" | "unchanged" };

export type DraftFailure =
  | { readonly code: "no-programme" }
  | { readonly code: "missions-invalid"; readonly errors: readonly FileFault[] }
  | { readonly code: "forbidden-partner"; readonly partner: string }
  /** What was approved never changes; a new mission takes a new id. */
  | { readonly code: "mission-approved"; readonly mission: string };

/** What taking a file would change: each mission new, edited or unchanged. Writes nothing. */
export async function planMissions(deps: ManageDeps, request: DraftRequest): Promise<Result<Drafted[], DraftFailure>> {
  const read = await readFile(deps, request);
  if (!read.ok) return read;
  return judge(read.value.missions, read.value.stored, request);
}

/** Takes the missions of a file as drafts; drafts that are there already are edited. All of them or none. */
export async function draftMissions(deps: ManageDeps, request: DraftRequest): Promise<Result<Drafted[], DraftFailure>> {
  const read = await readFile(deps, request);
  if (!read.ok) return read;
  const { missions } = read.value;
  return transaction(deps.pool, async (client) => {
    const stored = new Map<string, StoredMission>();
    for (const id of Object.keys(missions).sort()) {
      const known = await lockMission(client, id);
      if (known) stored.set(id, known);
    }
    const judged = judge(missions, stored, request);
    if (!judged.ok) return judged;
    for (const { id, change } of judged.value) {
      if (change === "unchanged") continue;
      const document = missions[id] as MissionDocument;
      const revision = (stored.get(id)?.revision ?? 0) + 1;
      const [hash, at] = [missionHash(document), deps.clock.now()];
      const { who, comment } = request;
      const { partner } = document;
      const draft = { id, partner, state: "draft", revision, document, hash, editedBy: who, editedAt: at } as const;
      await putMission(client, { ...draft, liveSpans: [] });
      await logMission(client, id, { at, who, action: change === "new" ? "draft" : "edit", revision, hash, comment });
    }
    return judged;
  });
}

async function readFile(deps: ManageDeps, { file, partner }: DraftRequest) {
  if (!deps.programmes.latest) return err({ code: "no-programme" } as const);
  const { document } = deps.programmes.latest;
  const stored = new Map((await listMissions(deps.pool)).map((mission) => [mission.id, mission]));
  const parsed = parseMissions(file.text, file.name, document, new Set(stored.keys()));
  if (!parsed.ok) return err({ code: "missions-invalid", errors: parsed.failure } as const);
  const { missions } = parsed.value;
  const foreign = Object.values(missions).find((mission) => partner !== undefined && mission.partner !== partner);
  if (foreign) return err({ code: "forbidden-partner", partner: foreign.partner } as const);
  return ok({ missions, stored });
}

function judge(
  missions: Readonly<Record<string, MissionDocument>>,
  stored: ReadonlyMap<string, StoredMission>,
  { partner }: DraftRequest,
): Result<Drafted[], DraftFailure> {
  const drafted: Drafted[] = [];
  for (const [id, document] of Object.entries(missions)) {
    const known = stored.get(id);
    if (known && partner !== undefined && known.partner !== partner) {
      return err({ code: "forbidden-partner", partner: known.partner });
    }
    if (!known) drafted.push({ id, change: "new" });
    else if (known.hash === missionHash(document)) drafted.push({ id, change: "unchanged" });
    else if (known.state === "draft") drafted.push({ id, change: "edited" });
    else return err({ code: "mission-approved", mission: id });
  }
  return ok(drafted);
}

function missionHash(document: MissionDocument): string {
  return documentHash(document);
}
