export { type Lease, shareToLease, WAITING_PREFIX } from "./core/lease.ts";
export {
  type BudgetSession,
  type BudgetUse,
  type BudgetWant,
  createLaneBudgets,
  type LaneBudgets,
  type LeaseUse,
} from "./lane-budgets.ts";
export { leaseBudget } from "./lease-budget.ts";
export { type BudgetNow, listBudgets } from "./store/list-budgets.ts";
export { readLeft } from "./store/read-left.ts";
