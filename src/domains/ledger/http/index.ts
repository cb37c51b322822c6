export { createLedgerReads, type LedgerReads } from "./ledger-reads.ts";
export { type MemberRouteDeps, memberRoutes } from "./member-routes.ts";
export { LEDGER_PROBLEMS } from "./problems.ts";
