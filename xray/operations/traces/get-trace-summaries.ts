import { z } from 'zod';
import { summarizeTrace, type TraceSummary } from '../../model/index.ts';
import type { DigestBlock } from '../../model/trace-digest/digest-block.ts';
import type { Trace } from '../../model/vocabulary.ts';
import type { TimeRange, TracePosition } from '../../store/store.ts';
import { operation } from '../operation.ts';
import { decodeToken, encodeToken } from '../page.ts';
import { nextToken, timestamp } from '../shapes.ts';
import { checkWindow, scanTraces, traceFilter } from './query.ts';
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

    const summaries: TraceSummary[] = [];
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
      const trace = found.trace();
      if (trace?.root) summaries.push(summaryIn(range, trace));
    });

    return {
      TraceSummaries: summaries,
      // "The start time of this page": a page reaches back to its oldest trace, the last one to the window's start.
      ApproximateTime: (hasMore && summaries.at(-1)?.StartTime) || range.start,
      // X-Ray counts the traces that did not match, too. It is this page's number.
      TracesProcessedCount: processed,
      ...(hasMore && last ? { NextToken: encodeToken(query, [last.idTime, last.number]) } : {}),
    };
  },
});

function positionIn(query: unknown, token: string | undefined): TracePosition | undefined {
  if (token === undefined) return undefined;
  const [idTime = 0, number = 0] = decodeToken(query, token, 2);
  return { idTime, number };
}

function summaryIn(range: TimeRange, trace: Trace): TraceSummary {
  const summary = summarizeTrace(trace);
  const at = matchedEventTime(range, trace);
  return at === undefined ? summary : { ...summary, MatchedEventTime: at };
}

/** When the trace was first seen active in the window (`Event`), or its last segment ended in it (`Service`). */
function matchedEventTime({ type, start, end }: TimeRange, trace: Trace): number | undefined {
  if (type === 'TraceId') return undefined;
  if (type === 'Event') return Math.max(trace.startTime, start);
  const ends = trace.segments.flatMap(({ end_time: at }) =>
    at !== undefined && at >= start && at < end ? [at] : [],
  );
  return Math.max(...ends);
}
