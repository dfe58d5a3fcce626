import { Histogram } from './histogram.ts';
import { bucketPrecedence } from './status.ts';
import type { HistogramEntry, Statistics } from './wire.ts';

const buckets = ['ok', 'error', 'throttle', 'fault'] as const;

/** The bucket of each combination of the flags error (1), throttle (2) and fault (4), as a number of `buckets`. */
const bucketOfFlags = Array.from({ length: 8 }, (_, bits) => {
  const flags = { error: (bits & 1) !== 0, throttle: (bits & 2) !== 0, fault: (bits & 4) !== 0 };
  return buckets.indexOf(bucketPrecedence.find((flag) => flags[flag]) ?? 'ok');
});

/** Counts finished requests, each in exactly one bucket. */
export class Tally {
  readonly #counts = [0, 0, 0, 0];
  readonly #histogram = new Histogram();
  #responseTime = 0;

  /**
   * X-Ray counts completed requests only. A request without status or flag, or with a 3xx, counts as ok.
   * @param flags error (1), throttle (2) and fault (4), as in a row of a digest; other bits are not looked at
   * @param seconds from start to end; NaN while in progress
   */
  add(flags: number, seconds: number): void {
    if (seconds !== seconds) return;
    // Clock skew may put the end before the start.
    const duration = seconds < 0 ? 0 : seconds;
    this.#counts[bucketOfFlags[flags & 7]!]!++;
    this.#responseTime += duration;
    this.#histogram.add(duration);
  }

  /** How many requests were faults. */
  get faults(): number {
    return this.#counts[3]!;
  }

  get total(): number {
    const [ok, error, throttle, fault] = this.#counts as [number, number, number, number];
    return ok + error + throttle + fault;
  }

  statistics(): Statistics {
    const [ok, error, throttle, fault] = this.#counts as [number, number, number, number];
    return {
      OkCount: ok,
      ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: throttle + error },
      FaultStatistics: { OtherCount: fault, TotalCount: fault },
      TotalCount: this.total,
      // The sum of the unrounded times, as in AWS's own fixtures.
      TotalResponseTime: this.#responseTime,
    };
  }

  histogram(): HistogramEntry[] {
    return this.#histogram.entries();
  }
}
