/**
 * Units that come back with time: so many a second, saved up to `capacity`. May go below zero, for an operation that
 * turned out dearer than it looked; that debt is paid from what comes next. Times are in seconds.
 */
export class TokenBucket {
  readonly unitsPerSecond: number;
  readonly capacity: number;
  #units: number;
  #countedAt: number;

  constructor(unitsPerSecond: number, capacity: number, units: number, now: number) {
    this.unitsPerSecond = unitsPerSecond;
    this.capacity = capacity;
    this.#units = Math.min(units, capacity);
    this.#countedAt = now;
  }

  /** What is there now. */
  units(now: number): number {
    const earned = Math.max(0, now - this.#countedAt) * this.unitsPerSecond;
    this.#units = Math.min(this.#units + earned, this.capacity);
    this.#countedAt = Math.max(now, this.#countedAt);
    return this.#units;
  }

  /** Whether an operation may start. One that costs more than the bucket can ever hold starts when it is full. */
  covers(units: number, now: number): boolean {
    return this.units(now) >= Math.min(units, this.capacity);
  }

  /** Takes units, there or not; a negative number gives back. */
  spend(units: number, now: number): void {
    this.#units = Math.min(this.units(now) - units, this.capacity);
  }

  /** A full bucket says nothing that a new one would not say. */
  isFull(now: number): boolean {
    return this.units(now) >= this.capacity;
  }
}
