import { performance } from 'node:perf_hooks';
import type { Store } from './store.ts';

/** One slice of digesting: short enough that no request notices. */
const sliceMilliseconds = 4;

/** Pause between slices while there is work, and otherwise. */
const pauseMilliseconds = { busy: 4, idle: 250 } as const;

/** Share of the time for which the process may be at work already, when digesting waits for a quieter moment. */
const busyShare = 0.6;

/**
 * Digests traces in the background once their documents have settled, so that queries find the digests made. Keeps out
 * of the way: while the process is busy receiving, it waits. Returns the function that stops it.
 */
export function startIndexing(store: Store, onError: (error: unknown) => void): () => void {
  let since = performance.eventLoopUtilization();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  const wait = (milliseconds: number) => {
    if (isStopped) return;
    timer = setTimeout(step, milliseconds);
    timer.unref();
  };
  const step = () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, since);
    if (utilization > busyShare) {
      since = now;
      wait(pauseMilliseconds.idle);
      return;
    }
    try {
      const hasMore = store.indexSlice(sliceMilliseconds);
      wait(hasMore ? pauseMilliseconds.busy : pauseMilliseconds.idle);
    } catch (error) {
      onError(error); // the next round tries again
      wait(pauseMilliseconds.idle);
    }
    // Our own work is not counted.
    since = performance.eventLoopUtilization();
  };
  wait(pauseMilliseconds.idle);
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
