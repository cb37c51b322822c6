export type { PaceLimits } from "./core/pace.ts";
export type { FeedDeps, FeedEvent, FeedNode, FeedStep } from "./deps.ts";
export {
  type FeedMark,
  type FeedNodeStatus,
  type FeedStatus,
  feedStatus,
  hasPassed,
  markNow,
  movedOperations,
} from "./feed-status.ts";
export { type Moved, moveBatch } from "./move-batch.ts";
export { runFeed } from "./run-feed.ts";
