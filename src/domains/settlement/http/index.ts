export { actRoutes } from "./act-routes.ts";
export { SETTLEMENT_PROBLEMS } from "./problems.ts";
export { createSettlementReads, type SettlementReadDeps, type SettlementReads } from "./settlement-reads.ts";
export { type SettlementRouteDeps, settlementRoutes } from "./settlement-routes.ts";
