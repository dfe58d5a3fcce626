import type { Capacity } from './tables.ts';

/** Unused capacity is kept this long for a later burst, as DynamoDB does. */
export const BURST_SECONDS = 300;

/**
 * What is left in the bucket after a decrease. DynamoDB says nothing about it; starting empty makes the
 * shortage show within seconds, where a saved-up burst could hide it for five minutes.
 */
export const UNITS_AFTER_DECREASE = 0;

export type Kind = 'read' | 'write';

interface Bucket {
  unitsPerSecond: number;
  /** Below zero after an operation that turned out dearer than it looked. */
  units: number;
  countedAt: number;
}

/**
 * Provisioned throughput as token buckets, one for reads and one for writes of each table. A table that isn't
 * known here, or is on demand, is not limited. `now` is in seconds.
 */
export class CapacityMeter {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Sets a table's capacity, at once. A new table starts with one second's worth. */
  provision(table: string, { readUnits, writeUnits }: Capacity): void {
    this.#set(table, 'read', readUnits);
    this.#set(table, 'write', writeUnits);
  }

  /** The table is on demand, or gone: no limit. */
  release(table: string): void {
    this.#buckets.delete(`${table}/read`);
    this.#buckets.delete(`${table}/write`);
  }

  /** Takes units, when there are enough. False means: throttle. */
  take(table: string, kind: Kind, units: number): boolean {
    const bucket = this.#counted(table, kind);
    if (!bucket) return true;
    if (bucket.units < units) return false;
    bucket.units -= units;
    return true;
  }

  /** Corrects what `take` took, once the operation's true cost is known. Debt is paid from later capacity. */
  settle(table: string, kind: Kind, taken: number, consumed: number): void {
    const bucket = this.#counted(table, kind);
    if (bucket) bucket.units -= consumed - taken;
  }

  #set(table: string, kind: Kind, unitsPerSecond: number): void {
    const before = this.#counted(table, kind);
    if (before?.unitsPerSecond === unitsPerSecond) return;

    const decreased = before !== undefined && unitsPerSecond < before.unitsPerSecond;
    // An increase counts at once: the next second's worth is there, whatever the debt was.
    const units = decreased ? UNITS_AFTER_DECREASE : Math.max(before?.units ?? 0, unitsPerSecond);
    this.#buckets.set(`${table}/${kind}`, { unitsPerSecond, units, countedAt: this.#now() });
  }

  #counted(table: string, kind: Kind): Bucket | undefined {
    const bucket = this.#buckets.get(`${table}/${kind}`);
    if (!bucket) return undefined;
    const now = this.#now();
    const earned = (now - bucket.countedAt) * bucket.unitsPerSecond;
    bucket.units = Math.min(bucket.units + earned, bucket.unitsPerSecond * BURST_SECONDS);
    bucket.countedAt = now;
    return bucket;
  }
}
