import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { operation } from '../operation.ts';
import { timestamp, traceIds } from '../shapes.ts';
import { mostRetrievals } from './retrieval.ts';

/** AWS looks into the log group of Transaction Search; here the traces are in the one store. */
export const startTraceRetrieval = operation({
  name: 'StartTraceRetrieval',
  path: '/StartTraceRetrieval',
  input: z.object({ TraceIds: traceIds.max(100), StartTime: timestamp, EndTime: timestamp }),

  run({ store, now }, { TraceIds, StartTime: start, EndTime: end }) {
    if (start > end) throw invalidRequest('StartTime cannot be later than EndTime.');
    const token = Buffer.from(randomUUID()).toString('base64url');
    store.retrievals.add(
      { token, createdAt: now(), traceIds: [...new Set(TraceIds)], start, end },
      mostRetrievals,
    );
    return { RetrievalToken: token };
  },
});
