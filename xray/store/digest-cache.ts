import type { DigestBlock } from '../model/trace-digest/digest-block.ts';

interface Entry {
  block: DigestBlock;
  size: number;
  /** Whether the disk has it as it is here. */
  isKept: boolean;
}

/** Blocks of digests in memory, the least recently used one dropped first, bounded by their size. */
export class DigestCache {
  /** In order of last use: a Map remembers insertion, and a read inserts anew. */
  readonly #entries = new Map<number, Entry>();
  readonly #maximumBytes: number;
  #bytes = 0;

  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  get(number: number): Entry | undefined {
    const entry = this.#entries.get(number);
    if (entry === undefined) return undefined;
    this.#entries.delete(number);
    this.#entries.set(number, entry);
    return entry;
  }

  /** Keeps the block; the newest one always stays, however large. */
  set(number: number, block: DigestBlock, isKept: boolean): void {
    this.delete(number);
    this.#entries.set(number, { block, size: block.size, isKept });
    this.#bytes += block.size;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#maximumBytes || oldest === number) break;
      this.delete(oldest);
    }
  }

  delete(number: number): void {
    const entry = this.#entries.get(number);
    if (entry === undefined) return;
    this.#entries.delete(number);
    this.#bytes -= entry.size;
  }

  get bytes(): number {
    return this.#bytes;
  }
}
