import { Histogram } from './histogram.ts';
import { bucketPrecedence, durationOf, flagsOf, isInProgress } from './status.ts';
import type { Entity } from './vocabulary.ts';
import type { HistogramEntry, Statistics } from './wire.ts';

/** Counts finished requests, each in exactly one bucket. */
export class Tally {
  readonly #buckets = { ok: 0, error: 0, throttle: 0, fault: 0 };
  readonly #histogram = new Histogram();
  #responseTime = 0;

  /** X-Ray counts completed requests only. A request without status or flag, or with a 3xx, counts as ok. */
  add(entity: Entity): void {
    if (isInProgress(entity)) return;
    const flags = flagsOf(entity);
    this.#buckets[bucketPrecedence.find((flag) => flags[flag]) ?? 'ok']++;
    this.#responseTime += durationOf(entity);
    this.#histogram.add(durationOf(entity));
  }

  statistics(): Statistics {
    const { ok, error, throttle, fault } = this.#buckets;
    return {
      OkCount: ok,
      ErrorStatistics: { ThrottleCount: throttle, OtherCount: error, TotalCount: throttle + error },
      FaultStatistics: { OtherCount: fault, TotalCount: fault },
      TotalCount: ok + error + throttle + fault,
      // The sum of the unrounded times, as in AWS's own fixtures.
      TotalResponseTime: this.#responseTime,
    };
  }

  histogram(): HistogramEntry[] {
    return this.#histogram.entries();
  }
}
