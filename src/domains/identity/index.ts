export { createIdentifierKeys, IDENTIFIER_KINDS, type IdentifierKey } from "./core/identifier-key.ts";
export { findMembers } from "./store/find-members.ts";
export { insertIdentifiers } from "./store/insert-identifiers.ts";
export { createMemberIds, type MemberIds } from "./store/lease-member-ids.ts";
export { insertMerge, listMergedInto, type MergeRow, undoMerge } from "./store/merges.ts";
