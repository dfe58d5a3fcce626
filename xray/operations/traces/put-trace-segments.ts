import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { parseSegmentDocument } from '../../model/index.ts';
import type { Rejection, SegmentDocument } from '../../model/vocabulary.ts';
import { traceSizeExceeded } from '../../store/limits.ts';
import { operation } from '../operation.ts';

export const putTraceSegments = operation({
  name: 'PutTraceSegments',
  path: '/TraceSegments',
  input: z.object({ TraceSegmentDocuments: z.array(z.string()) }),

  run({ store, now, limits, visibilityDelay }, { TraceSegmentDocuments: texts }) {
    if (texts.length > limits.segmentsPerCall) {
      throw invalidRequest(`Exceeding maximum segment count: ${limits.segmentsPerCall}`);
    }

    const accepted: SegmentDocument[] = [];
    // X-Ray answers 200 even when every document was refused; the refusals are in the body.
    const refused: Rejection[] = [];
    const checkTraceIdAt = limits.checksTraceIdAge ? now() : undefined;
    for (const text of texts) {
      const result = parseSegmentDocument(text, { checkTraceIdAt });
      if ('rejected' in result) refused.push(result.rejected);
      else accepted.push(...result.accepted);
    }

    // Kept either way, before the answer. Whether a trace is full shows only when a document leaves the waiting room.
    if (visibilityDelay && visibilityDelay() > 0) {
      store.arrivals.hold(accepted, now());
      return { UnprocessedTraceSegments: refused };
    }
    for (const { id } of store.traces.put(accepted, now())) {
      refused.push({ Id: id, ErrorCode: 'InvalidSegment', Message: traceSizeExceeded });
    }
    return { UnprocessedTraceSegments: refused };
  },
});
