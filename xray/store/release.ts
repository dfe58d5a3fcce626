import type { Store } from './store.ts';

/**
 * Lets documents that wait into the traces when their time has come, also those that waited when the process ended. Works
 * in slices of some milliseconds and lets requests through between them. Returns the function that stops it.
 */
export function startRelease(store: Store, options: ReleaseOptions): () => void {
  const { now, delay, onError, everyMilliseconds = 200 } = options;
  let immediate: NodeJS.Immediate | undefined;

  const slice = () => {
    immediate = undefined;
    try {
      if (store.arrivals.releaseSlice(now(), delay())) immediate = setImmediate(slice);
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

export interface ReleaseOptions {
  /** Epoch seconds. */
  now: () => number;
  /** Seconds a document waits; asked each time, so it may change while documents wait. */
  delay: () => number;
  onError: (error: unknown) => void;
  /** Pause between two looks: by how much a document may be late. */
  everyMilliseconds?: number;
}
