import type { Clock } from "#platform/clock.ts";

/** `quota` requests in `windowSeconds`: as many at once, and refilled at that rate. */
export type RateLimitOptions = { readonly quota: number; readonly windowSeconds: number };

/** 10,000 requests/s of one key with bursts of 20,000: four times the peak of the largest coalition's whole traffic. */
export const GENEROUS: RateLimitOptions = { quota: 20_000, windowSeconds: 2 };

export type RateLimiter = {
  /** The header `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10). */
  readonly policy: string;
  /** Takes one token of `key`; the seconds to wait when there is none, else 0. */
  take(key: string): number;
  /** The header `RateLimit` for what `take` left: remaining requests, seconds until the quota is whole again. */
  state(key: string): string;
};

type Bucket = { tokens: number; at: number };

/** Forgets keys that are full again once there are this many. */
const MAX_BUCKETS = 10_000;

/** A token bucket per key. */
export function createRateLimiter(clock: Clock, options: RateLimitOptions = GENEROUS): RateLimiter {
  const { quota, windowSeconds } = options;
  const perMs = quota / (windowSeconds * 1000);
  const buckets = new Map<string, Bucket>();

  const refilled = (key: string): Bucket => {
    const now = clock.now();
    let bucket = buckets.get(key);
    if (bucket === undefined) {
      if (buckets.size >= MAX_BUCKETS) forgetFull(buckets, now, quota, perMs);
      bucket = { tokens: quota, at: now };
      buckets.set(key, bucket);
    } else if (now > bucket.at) {
      bucket.tokens = Math.min(quota, bucket.tokens + (now - bucket.at) * perMs);
      bucket.at = now;
    }
    return bucket;
  };

  return {
    policy: `"key";q=${quota};w=${windowSeconds}`,
    take: (key) => {
      const bucket = refilled(key);
      if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
      bucket.tokens -= 1;
      return 0;
    },
    state: (key) => {
      const tokens = buckets.get(key)?.tokens ?? quota;
      return `"key";r=${Math.floor(tokens)};t=${Math.ceil((quota - tokens) / perMs / 1000)}`;
    },
  };
}

function forgetFull(buckets: Map<string, Bucket>, now: number, quota: number, perMs: number): void {
  for (const [key, bucket] of buckets) {
    if (bucket.tokens + (now - bucket.at) * perMs >= quota) buckets.delete(key);
  }
}
