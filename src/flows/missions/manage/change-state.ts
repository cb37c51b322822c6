import type { StoredMission } from "#domains/missions/index.ts";
import { type ChangeFailure, type ChangeRequest, changeWork, type ManageDeps } from "#flows/publishing/index.ts";
import type { Result } from "#kernel/result.ts";
import { MISSIONS } from "./mission-kind.ts";

export type StateRequest = Omit<ChangeRequest, "id"> & { readonly mission: string };
export type StateFailure = ChangeFailure<"mission">;

/** Approves, pauses, resumes or ends a mission; approving brings its boost into the programme as its next version first. */
export function changeMissionState(
  deps: ManageDeps,
  { mission, ...request }: StateRequest,
): Promise<Result<StoredMission, StateFailure>> {
  return changeWork(deps, MISSIONS, { ...request, id: mission });
}
