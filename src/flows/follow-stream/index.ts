export {
  createFollower,
  type Follower,
  type FollowerOptions,
  followOnce,
  type Step,
  type Subscriber,
} from "./follower.ts";
export { type Part, partsOf } from "./parts.ts";
export { type FollowDeps, runFollower } from "./run-follower.ts";
export { createStream, type Stream, type StreamOptions } from "./stream.ts";
export type { Stretch } from "./stretch.ts";
export { underSurvivors } from "./under-survivors.ts";
