export { createLedgerReads, type LedgerReads } from "./ledger-reads.ts";
export { createMaySeeMember, type MaySeeMember } from "./may-see-member.ts";
export { type MemberRouteDeps, memberRoutes } from "./member-routes.ts";
export { LEDGER_PROBLEMS } from "./problems.ts";
