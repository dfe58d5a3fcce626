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

  run({ store, now, limits }, { TraceSegmentDocuments: texts }) {
    if (texts.length > limits.segmentsPerCall) {
      throw invalidRequest(`Exceeding maximum segment count: ${limits.segmentsPerCall}`);
    }

    const accepted: SegmentDocument[] = [];
    // X-Ray answers 200 even when every document was refused; the refusals are in the body.
    const refused: Rejection[] = [];
    for (const text of texts) {
      const result = parseSegmentDocument(text);
      if ('rejected' in result) refused.push(result.rejected);
      else accepted.push(...result.accepted);
    }

    for (const { id } of store.traces.put(accepted, now())) {
      refused.push({ Id: id, ErrorCode: 'InvalidSegment', Message: traceSizeExceeded });
    }
    return { UnprocessedTraceSegments: refused };
  },
});
