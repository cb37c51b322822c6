import { type LogEntry, type StoredWork, workStore } from "#domains/publishing/index.ts";
import type { MissionDocument } from "../core/document/schema.ts";
import type { Forecast } from "../core/forecast/types.ts";

export type StoredMission = StoredWork<MissionDocument, Forecast>;
export type { LogEntry };

/** Tables `mission` and `mission_log`. */
export const missionStore = workStore<MissionDocument, Forecast>("mission");
export const {
  list: listMissions,
  read: readMission,
  lock: lockMission,
  put: putMission,
  log: logMission,
  readLog: readMissionLog,
} = missionStore;
