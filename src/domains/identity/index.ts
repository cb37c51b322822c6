export { createIdentifierKeys, IDENTIFIER_KINDS, type IdentifierKey } from "./core/identifier-key.ts";
export { findMembers } from "./store/find-members.ts";
export { createMemberIds, type MemberIds } from "./store/lease-member-ids.ts";
