import type { DigestBlock } from '../model/trace-digest/digest-block.ts';
import { traceFlags } from '../model/trace-digest/trace-digest.ts';
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

/** The same of a digest; undefined where it cannot tell. */
export function isDigestInRange(
  block: DigestBlock,
  slot: number,
  { type, start, end }: TimeRange,
): boolean | undefined {
  switch (type) {
    case 'TraceId':
      return true;
    case 'Event':
      return block.startTime[slot]! < end && block.endTime[slot]! >= start;
    case 'Service': {
      if (block.traceFlags[slot]! & traceFlags.opaque) return undefined;
      for (let row = block.firstRow(slot); row < block.firstView(slot); row++) {
        const at = block.endOf(slot, row);
        if (at >= start && at < end) return true;
      }
      return false;
    }
  }
}
