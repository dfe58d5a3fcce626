import { storeLimits } from './limits.ts';
import type { Store } from './store.ts';

/**
 * Forgets what X-Ray would have forgotten after 30 days and, unlike X-Ray, the oldest traces past a size limit.
 * Works in slices of a few milliseconds and lets requests through between them. Returns the function that stops it.
 */
export function startRetention(store: Store, options: RetentionOptions): () => void {
  const { now, onError, maximumBytes = storeLimits.storeBytes, everyMilliseconds = 60_000 } = options;
  let immediate: NodeJS.Immediate | undefined;

  const slice = () => {
    immediate = undefined;
    try {
      const before = now() - storeLimits.retentionSeconds;
      if (store.forgetSlice({ before, maximumBytes })) immediate = setImmediate(slice);
    } catch (error) {
      onError(error); // the next round tries again
    }
  };
  const timer = setInterval(() => immediate ?? slice(), everyMilliseconds);
  timer.unref();

  return () => {
    clearInterval(timer);
    clearImmediate(immediate);
  };
}

export interface RetentionOptions {
  /** Epoch seconds. */
  now: () => number;
  onError: (error: unknown) => void;
  maximumBytes?: number;
  /** Pause between two rounds. */
  everyMilliseconds?: number;
}
