import {
  type Drafted,
  type DraftFailure as DraftFailureOf,
  type DraftRequest,
  draftWorks,
  type ManageDeps,
  planWorks,
} from "#flows/publishing/index.ts";
import type { Result } from "#kernel/result.ts";
import { MISSIONS } from "./mission-kind.ts";

export type { Drafted, DraftRequest, ManageDeps };
export type DraftFailure = DraftFailureOf<"mission">;

/** What taking a file would change: each mission new, edited or unchanged. Writes nothing. */
export function planMissions(deps: ManageDeps, request: DraftRequest): Promise<Result<Drafted[], DraftFailure>> {
  return planWorks(deps, MISSIONS, request);
}

/** Takes the missions of a file as drafts; drafts that are there already are edited. All of them or none. */
export function draftMissions(deps: ManageDeps, request: DraftRequest): Promise<Result<Drafted[], DraftFailure>> {
  return draftWorks(deps, MISSIONS, request);
}
