import { throttled, type ThrottlingCode } from '../errors.ts';

export interface RateLimitOptions {
  /** Calls per second and operation; 0 for no limit. Asked at each call. */
  callsPerSecond: () => number;
  code: ThrottlingCode;
}

export interface RateLimit {
  /** Throws a 429 when this operation has been called too often. */
  take(operation: string): void;
}

/**
 * A token bucket per operation that holds one second's calls, as AWS throttles its APIs. How many calls X-Ray takes is not
 * published (its quotas name 2,600 segments per second), so there is no limit unless a lab sets one.
 * @param now Epoch seconds.
 */
export function rateLimit({ callsPerSecond, code }: RateLimitOptions, now: () => number): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();

  return {
    take(operation) {
      const rate = callsPerSecond();
      if (rate === 0) return;
      const at = now();
      // Room for one call at least, or else less than one a second would be none at all.
      const most = Math.max(rate, 1);
      const bucket = buckets.get(operation) ?? { tokens: most, at };
      const tokens = Math.min(most, bucket.tokens + Math.max(0, at - bucket.at) * rate);
      const taken = tokens >= 1;
      buckets.set(operation, { tokens: taken ? tokens - 1 : tokens, at });
      if (!taken) throw throttled(code);
    },
  };
}
