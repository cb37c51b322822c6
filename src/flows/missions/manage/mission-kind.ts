import {
  type Forecast,
  type MissionDocument,
  missionStore,
  parseMissions,
  periodOf,
  programmeParts,
} from "#domains/missions/index.ts";
import type { WorkKind } from "#flows/publishing/index.ts";
import { ok } from "#kernel/result.ts";

/** Missions as works; what they bring into the programme stays there, since what was won stays. */
export const MISSIONS: WorkKind<"mission", MissionDocument, Forecast> = {
  kind: "mission",
  store: missionStore,
  read: async (_, file, programme, known) => {
    const parsed = parseMissions(file.text, file.name, programme, known);
    return parsed.ok ? ok(parsed.value.missions) : parsed;
  },
  endsAt: (document, calendar) => periodOf(document, calendar).untilAt,
  parts: programmeParts,
};
