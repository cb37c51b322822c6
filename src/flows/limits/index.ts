export { enterFunds, type FundsEntered, type FundsFailure, type FundsRequest } from "./enter-funds.ts";
export { type FollowDeps, followFunders } from "./funders/follow-funders.ts";
export { type FunderNow, readFunders } from "./funders/read-funders.ts";
export { type FundersRunDeps, runFunders } from "./funders/run-funders.ts";
export { type ReserveDeps, settleReserves } from "./funders/settle-reserves.ts";
