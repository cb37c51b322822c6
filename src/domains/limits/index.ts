export {
  addMovements,
  alertCents,
  type Cover,
  type CoverState,
  type Exposure,
  exposureOf,
  type FunderSums,
  freedCents,
  type MovementSum,
  NO_SUMS,
} from "./core/funder-sums.ts";
export { type Lease, shareToLease, WAITING_PREFIX } from "./core/lease.ts";
export { keptOf, nextStep, type ReserveStep } from "./core/reserve.ts";
export { type DepositFailure, type DepositRequest, enterDeposit } from "./enter-deposit.ts";
export {
  type BudgetSession,
  type BudgetUse,
  type BudgetWant,
  createLaneBudgets,
  type LaneBudgets,
  type LeaseUse,
} from "./lane-budgets.ts";
export { leaseBudget } from "./lease-budget.ts";
export { type CoverAlert, insertAlert, lastAlerts } from "./store/alerts.ts";
export { type FunderEntry, listEntries, readDeposits } from "./store/funder-entries.ts";
export {
  correctCovers,
  coversUsed,
  funderPosition,
  giveBackToBudgets,
  putFunderTotals,
  readFunderTotals,
} from "./store/funder-totals.ts";
export { type BudgetNow, listBudgets } from "./store/list-budgets.ts";
export { readLeft } from "./store/read-left.ts";
export {
  insertReserves,
  listReturnedReserves,
  listWaiting,
  moveReserves,
  type NewReserve,
  noteReturned,
  putReserve,
  type Reserve,
  type ReturnedSoFar,
  waitingByFunder,
} from "./store/reserves.ts";
