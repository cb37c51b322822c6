export { type MergeDeps, postingContext } from "./deps.ts";
export { type Merged, type MergeFailure, type MergeReason, mergeMembers } from "./merge-members.ts";
export { MergeRace, racingTransaction } from "./retry-races.ts";
export { type UnmergeFailure, unmergeMember } from "./unmerge-members.ts";
