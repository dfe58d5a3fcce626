/** Histograms in X-Ray's form: one entry per distinct value, values in seconds rounded to milliseconds. */
import type { HistogramEntry } from './wire.ts';

/** Up to here, milliseconds are counted in an array, as most are; longer ones in a map. */
const arrayMilliseconds = 8192;

/** How often each number of milliseconds was seen. */
export class Histogram {
  /** By milliseconds; as long as it had to become. */
  #counts = new Uint32Array(0);
  readonly #others = new Map<number, number>();

  add(seconds: number): void {
    const milliseconds = Math.round(seconds * 1000);
    if (milliseconds >= 0 && milliseconds < this.#counts.length) this.#counts[milliseconds]!++;
    else this.#addRare(milliseconds);
  }

  #addRare(milliseconds: number): void {
    if (milliseconds >= 0 && milliseconds < arrayMilliseconds) {
      const longer = new Uint32Array(Math.max(64, 2 ** Math.ceil(Math.log2(milliseconds + 1))));
      longer.set(this.#counts);
      this.#counts = longer;
      longer[milliseconds]!++;
    } else this.#others.set(milliseconds, (this.#others.get(milliseconds) ?? 0) + 1);
  }

  /** The entries by rising value. AWS sends them in no particular order. */
  entries(): HistogramEntry[] {
    const seen: [number, number][] = [...this.#others];
    this.#counts.forEach((count, milliseconds) => void (count > 0 && seen.push([milliseconds, count])));
    return seen
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
