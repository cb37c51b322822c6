export {
  DEFAULT_STRATEGIES,
  type Golden,
  type GoldenField,
  goldenRecord,
  type Strategies,
  type Strategy,
  type Told,
  winnerOf,
} from "./core/golden-record.ts";
export { DEFAULT_GUARDS, type Guards, isBlocked } from "./core/guards.ts";
export {
  createIdentifierKeys,
  IDENTIFIER_KINDS,
  type IdentifierKey,
  normaliseIdentifier,
} from "./core/identifier-key.ts";
export {
  type AttributeRule,
  type BoughtCategories,
  type InferredAttribute,
  inferAttributes,
} from "./core/infer-attributes.ts";
export {
  type ClaimValue,
  type Consents,
  claimsOf,
  type IdentifierKind,
  type Profile,
  type ProfileFault,
  type ProfileIdentifier,
  profileFaults,
} from "./core/profile.ts";
export {
  type Decision,
  type Evidence,
  type Known,
  type LinkEvidence,
  type Resolution,
  refuseMerge,
  resolve,
  type Why,
} from "./core/resolve.ts";
export { createKeyWrapper, type DataKey, type KeyWrapper, seal, unseal } from "./core/seal.ts";
export * from "./linkage/index.ts";
export {
  endAgreements,
  insertAgreement,
  type PointsAgreement,
  standingAgreements,
} from "./store/agreements.ts";
export { type Claim, claimedOfEachOther, claimsOfKind, replaceClaims, sharingMembers } from "./store/claims.ts";
export { erasePersonal } from "./store/erase.ts";
export { findMembers } from "./store/find-members.ts";
export {
  countIdentifiers,
  type IdentifierCount,
  insertVerified,
  moveIdentifiers,
  type NewVerified,
} from "./store/identifier-facts.ts";
export { insertIdentifiers } from "./store/insert-identifiers.ts";
export { createMemberIds, type MemberIds } from "./store/lease-member-ids.ts";
export {
  beatLinkRun,
  countLinkPairs,
  endLinkRun,
  findLinkRun,
  hadNightlyRun,
  hasSilentRun,
  type LinkPair,
  type LinkRun,
  type LinkRunState,
  leaveLinkRun,
  listLinkRuns,
  markLinkPair,
  nextLinkPairs,
  planLinkRun,
  takeLinkRun,
} from "./store/link-runs.ts";
export { findMemberKeys, insertMemberKeys } from "./store/member-keys.ts";
export {
  insertMerge,
  type Kin,
  listMergedInto,
  loadKin,
  loadTrees,
  type MergeRecord,
  type MergeRow,
  mergeHistory,
  undoMerge,
} from "./store/merges.ts";
export {
  decidePair,
  findApart,
  findPair,
  listOpenPairs,
  openPair,
  type Pair,
  type PairState,
  settlePairs,
} from "./store/pairs.ts";
export {
  hashBytes,
  listProfileMembers,
  lockProfiles,
  type ProfileRef,
  profilesOf,
  type StoredProfile,
  upsertProfiles,
} from "./store/profiles.ts";
