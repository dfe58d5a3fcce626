import type { Trace } from '../model/vocabulary.ts';
import type { TimeRange } from './store.ts';

/**
 * Whether a trace belongs to a window `[start, end)`: by the time in its id (`TraceId`), by being active at any
 * moment of it (`Event`), or by a segment that ended in it (`Service`).
 */
export function isInRange(trace: Trace, { type, start, end }: TimeRange): boolean {
  switch (type) {
    case 'TraceId':
      return true; // the listing has compared the id already
    case 'Event':
      return trace.startTime < end && trace.endTime >= start;
    case 'Service':
      return trace.segments.some(({ end_time: at }) => at !== undefined && at >= start && at < end);
  }
}
