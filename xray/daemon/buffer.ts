import type { Log } from './log.ts';

/**
 * Documents between the socket and the batch processor. Bounded: when documents arrive faster than they are taken
 * out, the oldest is dropped, since the newest is what somebody is looking for right now.
 */
export class SegmentBuffer {
  #documents: string[] = [];
  readonly #capacity: number;
  readonly #log: Log;
  readonly #onDrop: () => void;

  constructor(capacity: number, log: Log, onDrop: () => void) {
    this.#capacity = capacity;
    this.#log = log;
    this.#onDrop = onDrop;
  }

  add(document: string): void {
    if (this.#documents.length === this.#capacity) {
      this.#log.warn('Segment buffer is full. Dropping oldest segment document.');
      this.#onDrop();
      this.#documents.shift();
    }
    this.#documents.push(document);
  }

  /** Takes everything out, oldest first. */
  drain(): string[] {
    const documents = this.#documents;
    this.#documents = [];
    return documents;
  }
}
