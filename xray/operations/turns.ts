import { setImmediate } from 'node:timers/promises';

/** Milliseconds a query works before other requests, those that bring segments above all, get their turn. */
const turnMilliseconds = 6;

/** The turns of a query that may be a long one; the first begins now. */
export function takingTurns(): { isOver(): boolean; next(): Promise<void> } {
  let end = performance.now() + turnMilliseconds;
  return {
    isOver: () => performance.now() > end,
    async next() {
      await setImmediate();
      end = performance.now() + turnMilliseconds;
    },
  };
}
