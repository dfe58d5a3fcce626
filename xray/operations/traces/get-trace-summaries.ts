import { z } from 'zod';
import { summarizeTrace, type TraceSummary } from '../../model/index.ts';
import type { DigestBlock } from '../../model/trace-digest/digest-block.ts';
import type { Trace } from '../../model/vocabulary.ts';
import type { Store, TimeRange, TracePosition } from '../../store/store.ts';
import { operation, WrittenAnswer } from '../operation.ts';
import { decodeToken, encodeToken } from '../page.ts';
import { nextToken, timestamp } from '../shapes.ts';
import { checkWindow, scanTraces, traceFilter, type FoundTrace } from './query.ts';
import { isTailInSample, scannedRange } from './trace-sample.ts';

/** AWS does not publish its page size. */
const pageSize = 100;

export const getTraceSummaries = operation({
  name: 'GetTraceSummaries',
  path: '/TraceSummaries',
  input: z.object({
    StartTime: timestamp,
    EndTime: timestamp,
    TimeRangeType: z.enum(['TraceId', 'Event', 'Service']).default('TraceId'),
    Sampling: z.boolean().optional(),
    SamplingStrategy: z
      .object({
        Name: z.enum(['PartialScan', 'FixedRate']).default('PartialScan'),
        Value: z.number().min(0).max(1).default(1),
      })
      .optional(),
    FilterExpression: z.string().optional(),
    NextToken: nextToken,
  }),

  async run(context, { NextToken: token, ...query }) {
    const { store, limits } = context;
    checkWindow(query.StartTime, query.EndTime, limits.summariesWindowSeconds);
    const test = traceFilter(context, query.FilterExpression);
    // `Sampling: true` without a strategy asks for "a subset". A laptop holds few enough traces to give them all.
    const strategy = query.Sampling === false ? undefined : query.SamplingStrategy;
    const range = scannedRange(
      { type: query.TimeRangeType, start: query.StartTime, end: query.EndTime },
      strategy,
    );

    const summaries: string[] = [];
    let processed = 0;
    let last: TracePosition | undefined;
    let hasMore = false;
    const order = positionIn(query, token) ?? 'first';
    const isLookedAt = (block: DigestBlock, slot: number, position: TracePosition) => {
      hasMore = summaries.length === pageSize;
      if (hasMore) return 'stop';
      last = position;
      if (!isTailInSample(block.idTail[slot]!, strategy)) return false;
      processed++;
      return true;
    };
    await scanTraces(store, { range, order, test, isLookedAt }, (found) => {
      const summary = summaryIn(store, range, found);
      if (summary !== undefined) summaries.push(summary);
    });

    const oldest = hasMore ? (JSON.parse(summaries.at(-1)!) as TraceSummary) : undefined;
    const others = JSON.stringify({
      // "The start time of this page": a page reaches back to its oldest trace, the last one to the window's start.
      ApproximateTime: oldest?.StartTime ?? range.start,
      // X-Ray counts the traces that did not match, too. It is this page's number.
      TracesProcessedCount: processed,
      ...(hasMore && last ? { NextToken: encodeToken(query, [last.idTime, last.number]) } : {}),
    });
    return new WrittenAnswer(`{"TraceSummaries":[${summaries.join(',')}],${others.slice(1)}`);
  },
});

function positionIn(query: unknown, token: string | undefined): TracePosition | undefined {
  if (token === undefined) return undefined;
  const [idTime = 0, number = 0] = decodeToken(query, token, 2);
  return { idTime, number };
}

/** Its JSON, kept where it does not depend on the window. */
function summaryIn(store: Store, range: TimeRange, found: FoundTrace): string | undefined {
  if (range.type === 'TraceId') return store.traces.summaryText(found.position);
  const trace = found.trace();
  return (
    trace?.root &&
    JSON.stringify({ ...summarizeTrace(trace), MatchedEventTime: matchedEventTime(range, trace) })
  );
}

/** When the trace was first seen active in the window (`Event`), or its last segment ended in it (`Service`). */
function matchedEventTime({ type, start, end }: TimeRange, trace: Trace): number {
  if (type === 'Event') return Math.max(trace.startTime, start);
  const ends = trace.segments.flatMap(({ end_time: at }) =>
    at !== undefined && at >= start && at < end ? [at] : [],
  );
  return Math.max(...ends);
}
