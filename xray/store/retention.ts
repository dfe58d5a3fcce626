import { storeLimits } from './limits.ts';
import type { Store } from './store.ts';

/** The first round comes soon after a start: the limit may have been lowered for it. */
const FIRST_ROUND_MILLISECONDS = 1_000;

/**
 * The least pause between two slices, and how much longer than the slice it is: a call is read in several turns of the
 * event loop, and would wait for a slice at each of them if one followed the other.
 */
const LEAST_PAUSE_MILLISECONDS = 10;
const PAUSE_PER_SLICE = 3;

/**
 * Forgets what X-Ray would have forgotten after 30 days and, unlike X-Ray, the oldest traces past a size limit.
 * Works in slices of some milliseconds, with pauses in which requests go through. Returns the function that stops it.
 */
export function startRetention(store: Store, options: RetentionOptions): () => void {
  const { now, onError, maximumBytes = storeLimits.storeBytes, everyMilliseconds = 60_000 } = options;
  let next: NodeJS.Timeout | undefined;

  const slice = () => {
    next = undefined;
    const began = performance.now();
    try {
      const before = now() - storeLimits.retentionSeconds;
      if (!store.forgetSlice({ before, maximumBytes })) return;
      const pause = Math.max(LEAST_PAUSE_MILLISECONDS, PAUSE_PER_SLICE * (performance.now() - began));
      next = setTimeout(slice, pause).unref();
    } catch (error) {
      onError(error); // the next round tries again
    }
  };
  const round = () => void (next ?? slice());
  const first = setTimeout(round, Math.min(FIRST_ROUND_MILLISECONDS, everyMilliseconds / 2)).unref();
  const timer = setInterval(round, everyMilliseconds).unref();

  return () => {
    clearTimeout(first);
    clearInterval(timer);
    clearTimeout(next);
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
