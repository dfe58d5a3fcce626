import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { listOf } from '../../json/index.ts';
import { parseSegmentDocument } from '../../model/index.ts';
import type { Rejection, SegmentDocument } from '../../model/vocabulary.ts';
import { traceSizeExceeded } from '../../store/limits.ts';
import { takingTurns } from '../../turns.ts';
import { operation } from '../operation.ts';

export const putTraceSegments = operation({
  name: 'PutTraceSegments',
  path: '/TraceSegments',
  input: z.object({ TraceSegmentDocuments: listOf(z.string()) }),

  async run({ store, now, limits, visibilityDelay }, { TraceSegmentDocuments: texts }) {
    if (texts.length > limits.segmentsPerCall) {
      throw invalidRequest(`Exceeding maximum segment count: ${limits.segmentsPerCall}`);
    }

    // Kept either way, before the answer. Whether a trace is full shows only when a document leaves the waiting room.
    const keep = (documents: SegmentDocument[]): Rejection[] => {
      if (visibilityDelay && visibilityDelay() > 0) {
        store.arrivals.hold(documents, now());
        return [];
      }
      const full = store.traces.put(documents, now());
      return full.map(({ id }) => ({ Id: id, ErrorCode: 'InvalidSegment', Message: traceSizeExceeded }));
    };

    // X-Ray answers 200 even when every document was refused; the refusals are in the body.
    const refused: Rejection[] = [];
    const checkTraceIdAt = limits.checksTraceIdAge ? now() : undefined;
    const turns = takingTurns();
    let accepted: SegmentDocument[] = [];
    for (const text of texts) {
      // A daemon's batch is one turn and one transaction. One of fifty documents of 64 KB is several.
      if (turns.isOver()) {
        refused.push(...keep(accepted));
        accepted = [];
        await turns.next();
      }
      const result = parseSegmentDocument(text, { checkTraceIdAt });
      if ('rejected' in result) refused.push(result.rejected);
      else accepted.push(...result.accepted);
    }
    refused.push(...keep(accepted));
    return { UnprocessedTraceSegments: refused };
  },
});
