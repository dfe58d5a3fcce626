import { setImmediate } from 'node:timers/promises';
import { invalidRequest } from '../../errors.ts';
import {
  FilterSyntaxError,
  groupsNamedIn,
  matchesFilter,
  parseFilterExpression,
  type FilterExpression,
} from '../../model/index.ts';
import type { Trace } from '../../model/vocabulary.ts';
import { isInRange } from '../../store/range.ts';
import type { Store, TimeRange, TracePosition } from '../../store/store.ts';

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
 * The test a filter expression stands for; no expression and the empty one let every trace through. Throws
 * InvalidRequestException, with the place and the repair, for one that cannot be read or names an unknown group.
 */
export function traceFilter(text: string | undefined): (trace: Trace) => boolean {
  if (text === undefined) return () => true;
  const expression = readExpression(text);
  for (const group of groupsNamedIn(expression)) checkGroup(group);
  return (trace) => matchesFilter(expression, trace, { groupFilter: () => ({ kind: 'everything' }) });
}

function readExpression(text: string): FilterExpression {
  try {
    return parseFilterExpression(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) throw invalidRequest(error.message);
    throw error;
  }
}

/**
 * Throws InvalidRequestException for any group but the built-in `Default`, which holds every trace: groups of one's
 * own are still to come.
 */
export function checkGroup(nameOrArn: string): void {
  if (nameOrArn === 'Default' || nameOrArn.includes(':group/Default/')) return;
  throw invalidRequest(`Group ${nameOrArn} does not exist.`);
}
