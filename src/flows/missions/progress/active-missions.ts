import type { ClientBase, Pool } from "pg";
import { listMissions, type MissionTerms, missionTerms } from "#domains/missions/index.ts";
import type { CompiledProgramme } from "#domains/program/index.ts";

/** Missions that ever went live, with the programme's categories and policies of today. */
export async function activeMissions(client: ClientBase | Pool, programme: CompiledProgramme): Promise<MissionTerms[]> {
  const stored = await listMissions(client);
  return stored
    .filter(({ liveSpans }) => liveSpans.length > 0)
    .map(({ id, document, liveSpans }) =>
      missionTerms(
        id,
        document,
        liveSpans.map(([fromAt, untilAt]) => ({ fromAt, untilAt: untilAt ?? Number.POSITIVE_INFINITY })),
        programme,
      ),
    );
}
