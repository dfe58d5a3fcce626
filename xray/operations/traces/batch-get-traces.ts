import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import type { Trace } from '../../model/vocabulary.ts';
import { takingTurns } from '../../turns.ts';
import { operation, WrittenAnswer } from '../operation.ts';
import { pageOf } from '../page.ts';
import { nextToken, traceIds } from '../shapes.ts';
import { processedDocument } from './processed-document.ts';

/** Traces of up to 500 KB each on one page. */
const pageSize = 20;

/** AWS does not say whether ids it never saw are unprocessed or left out. Naming them helps whoever mistyped one. */
const namesUnknownIds = true as boolean;

export const batchGetTraces = operation({
  name: 'BatchGetTraces',
  path: '/Traces',
  input: z.object({ TraceIds: traceIds, NextToken: nextToken }),

  async run({ store, limits }, { TraceIds, NextToken: token }) {
    const ids = [...new Set(TraceIds)];
    if (ids.length > limits.traceIdsPerBatch) {
      throw invalidRequest(`TraceIds can hold at most ${limits.traceIdsPerBatch} ids, not ${ids.length}.`);
    }

    const { page, ...next } = pageOf(ids, token, pageSize, { query: ['BatchGetTraces', ids] });
    const Traces: string[] = [];
    const UnprocessedTraceIds: string[] = [];
    const turns = takingTurns();
    for (const id of page) {
      if (turns.isOver()) await turns.next();
      const trace = store.traces.get(id);
      if (trace !== undefined) Traces.push(JSON.stringify(wireTrace(trace)));
      else if (namesUnknownIds) UnprocessedTraceIds.push(id);
    }
    const others = JSON.stringify({ UnprocessedTraceIds, ...next });
    return new WrittenAnswer(`{"Traces":[${Traces.join(',')}],${others.slice(1)}`);
  },
});

function wireTrace(trace: Trace) {
  return {
    Id: trace.id,
    Duration: Math.round((trace.endTime - trace.startTime) * 1000) / 1000,
    LimitExceeded: trace.limitExceeded,
    Segments: [...trace.segments, ...trace.unattached].map((entity) => ({
      Id: entity.id,
      Document: processedDocument(entity),
    })),
  };
}
