import type { Trace } from './vocabulary.ts';

/**
 * For how many traces a derived fact is remembered. Whoever asks about a trace asks several things in a row, or about
 * two traces in turn. A WeakMap would remember as long as the trace lives, but its entries cost the garbage collector
 * more than finding the facts of an average trace anew.
 */
const tracesRemembered = 16;

/** A function that makes something of a trace once, for as long as the trace is among the last ones asked about. */
export function remembered<Result>(make: (trace: Trace) => Result): (trace: Trace) => Result {
  const known = new Map<Trace, Result>();
  return (trace) => {
    let result = known.get(trace);
    if (result === undefined) {
      result = make(trace);
      if (known.size >= tracesRemembered) {
        const [oldest] = known.keys();
        known.delete(oldest!);
      }
      known.set(trace, result);
    }
    return result;
  };
}
