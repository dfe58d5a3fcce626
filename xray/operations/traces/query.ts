import { setImmediate } from 'node:timers/promises';
import { invalidRequest } from '../../errors.ts';
import { groupsNamedIn, matchesFilter } from '../../model/index.ts';
import type { Trace } from '../../model/vocabulary.ts';
import { isInRange } from '../../store/range.ts';
import type { Store, TimeRange, TracePosition } from '../../store/store.ts';
import { currentFilter, knownGroup } from '../groups/group.ts';
import type { OperationContext } from '../operation.ts';
import { readFilter } from './read-filter.ts';

/** Traces looked at before other requests get their turn: some milliseconds. */
const tracesPerTurn = 100;

/** The traces of a window, newest first, each with its place in the listing; lets other requests through. */
export async function* tracesInRange(
  { traces }: Store,
  range: TimeRange,
  after?: TracePosition,
): AsyncGenerator<{ trace: Trace; position: TracePosition }> {
  let position = after;
  for (;;) {
    const entries = traces.list(range, position, tracesPerTurn);
    for (const entry of entries) {
      position = entry;
      const trace = traces.get(entry.id);
      // Subsegments whose segment is still to come do not make a trace yet.
      if (trace?.root && isInRange(trace, range)) yield { trace, position };
    }
    if (entries.length < tracesPerTurn) return;
    await setImmediate();
  }
}

/** Throws InvalidRequestException for a window that ends before it starts, or is longer than AWS allows. */
export function checkWindow(start: number, end: number, longestSeconds: number): void {
  if (start > end) throw invalidRequest('StartTime cannot be later than EndTime.');
  if (end - start > longestSeconds) {
    throw invalidRequest(`Time range cannot be longer than ${longestSeconds / 3600} hours`);
  }
}

/**
 * The test a filter expression stands for; no expression and the empty one let every trace through. A group named
 * in it stands for the filter it has now. Throws InvalidRequestException, with the place and the repair, for one that
 * cannot be read or names an unknown group.
 */
export function traceFilter(context: OperationContext, text: string | undefined): (trace: Trace) => boolean {
  if (text === undefined) return () => true;
  const expression = readFilter(text);
  const groups = new Map(
    groupsNamedIn(expression).map((group) => [group, currentFilter(knownGroup(context, group))]),
  );
  return (trace) => matchesFilter(expression, trace, { groupFilter: (group) => groups.get(group) });
}
