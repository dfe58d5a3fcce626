/** Histograms in X-Ray's form: one entry per distinct value, values in seconds rounded to milliseconds. */
import type { HistogramEntry } from './wire.ts';

/** How often each number of milliseconds was seen. */
export class Histogram {
  readonly #counts = new Map<number, number>();

  add(seconds: number): void {
    const milliseconds = Math.round(seconds * 1000);
    this.#counts.set(milliseconds, (this.#counts.get(milliseconds) ?? 0) + 1);
  }

  /** The entries by rising value. AWS sends them in no particular order. */
  entries(): HistogramEntry[] {
    return [...this.#counts]
      .sort(([a], [b]) => a - b)
      .map(([milliseconds, Count]) => ({ Value: milliseconds / 1000, Count }));
  }
}

/**
 * The value that the given share of requests did not exceed, in seconds: `percentile(entries, 0.95)` is the p95.
 * Undefined when nothing was counted.
 * @param share from 0 to 1
 */
export function percentile(entries: readonly HistogramEntry[], share: number): number | undefined {
  const sorted = entries.toSorted((a, b) => a.Value - b.Value);
  const total = sorted.reduce((sum, { Count }) => sum + Count, 0);
  let seen = 0;
  return sorted.find(({ Count }) => (seen += Count) >= share * total)?.Value;
}
