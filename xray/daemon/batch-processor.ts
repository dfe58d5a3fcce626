import type { Log } from './log.ts';

/** Calls back after some milliseconds; the function it returns calls that off. */
export type Schedule = (callback: () => void, milliseconds: number) => () => void;

/** PutTraceSegments takes this many documents. */
export const largestBatch = 50;

/** A batch that is not full leaves at the next tick; ticks are this far apart, counted from the last batch sent. */
const idleMilliseconds = 1000;

export interface BatchProcessorOptions {
  size: number;
  send: (batch: string[]) => void;
  log: Log;
  schedule: Schedule;
}

/** Gathers documents into batches. A batch leaves when it is full, or when a second has passed since the last one. */
export class BatchProcessor {
  readonly #options: BatchProcessorOptions;
  #batch: string[] = [];
  #cancelTick: () => void;

  constructor(options: BatchProcessorOptions) {
    this.#options = options;
    this.#cancelTick = this.#scheduleTick();
  }

  add(document: string): void {
    this.#batch.push(document);
    if (this.#batch.length >= this.#options.size) this.#send('processor: sending complete batch');
  }

  /** Sends what there is. */
  flush(): void {
    if (this.#batch.length > 0) this.#send('processor: sending partial batch');
  }

  /** Sends what there is, for the last time. */
  stop(): void {
    this.flush();
    this.#cancelTick();
  }

  #send(reason: string): void {
    const { log, send, size } = this.#options;
    const batch = this.#batch;
    this.#batch = [];
    log.debug(reason);
    log.debug(`processor: segment batch size: ${batch.length}. capacity: ${size}`);
    send(batch);
    this.#cancelTick();
    this.#cancelTick = this.#scheduleTick();
  }

  #scheduleTick(): () => void {
    return this.#options.schedule(() => {
      if (this.#batch.length > 0) this.flush();
      else this.#cancelTick = this.#scheduleTick();
    }, idleMilliseconds);
  }
}
