import type { Log } from './log.ts';

/** Batches that wait while all uploads are busy: as many as AWS's daemon holds. */
const longestQueue = 20;

export interface UploadQueueOptions {
  /** Uploads that run at the same time. */
  concurrency: number;
  /** Must not reject. */
  upload: (batch: string[]) => Promise<void>;
  log: Log;
  /** Told how many segments were given up. */
  onSpill: (segments: number) => void;
}

/** Hands batches to a bounded number of uploads; when too many wait, the oldest batch is given up. */
export class UploadQueue {
  readonly #options: UploadQueueOptions;
  readonly #waiting: string[][] = [];
  #running = 0;
  #whenIdle: (() => void)[] = [];

  constructor(options: UploadQueueOptions) {
    this.#options = options;
  }

  add(batch: string[]): void {
    if (this.#waiting.length === longestQueue) this.#spill();
    this.#waiting.push(batch);
    this.#startNext();
  }

  /** Resolves when nothing waits and nothing runs. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #spill(): void {
    const { length } = this.#waiting.shift() ?? [];
    this.#options.log.warn(`Spilling over ${length} segments`);
    this.#options.onSpill(length);
  }

  #startNext(): void {
    if (this.#running === this.#options.concurrency) return;
    const batch = this.#waiting.shift();
    if (!batch) return;
    this.#running++;
    void this.#options.upload(batch).finally(() => {
      this.#running--;
      this.#startNext();
      if (this.#running === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    });
  }
}
