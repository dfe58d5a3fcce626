import type { Trace, TraceId } from '../model/vocabulary.ts';

/** Assembled traces, the least recently read one dropped first, bounded by the size of the documents behind them. */
export class TraceCache {
  /** In order of last use: a Map remembers insertion, and a read inserts anew. */
  readonly #entries = new Map<TraceId, { trace: Trace; bytes: number }>();
  readonly #maximumBytes: number;
  #bytes = 0;

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  get(id: TraceId): Trace | undefined {
    const entry = this.#entries.get(id);
    if (!entry) return undefined;
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    return entry.trace;
  }

  set(id: TraceId, trace: Trace, bytes: number): void {
    this.delete(id);
    this.#entries.set(id, { trace, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maximumBytes) break;
      this.delete(oldest);
    }
  }

  delete(id: TraceId): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    this.#entries.delete(id);
    this.#bytes -= entry.bytes;
  }

  get size(): number {
    return this.#entries.size;
  }
}
