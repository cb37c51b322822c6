export { boostChanges, pointsBack } from "./request-parts.ts";
export { type RewardLedger, type SettleDueDeps, type Settled, settleDue } from "./settle-due.ts";
