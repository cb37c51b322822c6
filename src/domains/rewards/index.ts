export { type Contribution, operationSource, shiftContribution } from "./core/contribution.ts";
export { type Desired, type Given, givenBy, isRewardDue, type RewardOperation } from "./core/reward.ts";
export { type ContributionRow, type Contributions, createContributions } from "./store/contributions.ts";
export {
  createDueRewards,
  type DuePlace,
  type DueRewards,
  type RewardColumns,
  type RewardState,
  rewardState,
} from "./store/due-rewards.ts";
