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

  async run({ store, now, limits, visibilityDelay, refusals }, { TraceSegmentDocuments: texts }) {
    if (texts.length > limits.segmentsPerCall) {
      throw invalidRequest(`Exceeding maximum segment count: ${limits.segmentsPerCall}`);
    }

    // X-Ray answers 200 even when every document was refused; the refusals are in the body.
    const refused: Rejection[] = [];
    const refuse = (rejection: Rejection, text?: string) => {
      refused.push(rejection);
      refusals?.add(now(), rejection, text);
    };

    // Kept either way, before the answer. Whether a trace is full shows only when a document leaves the waiting room.
    const keep = (documents: SegmentDocument[]): void => {
      if (visibilityDelay && visibilityDelay() > 0) {
        store.arrivals.hold(documents, now());
        return;
      }
      for (const { id, trace_id, name } of store.traces.put(documents, now())) {
        const text = JSON.stringify({ id, trace_id, name });
        refuse({ Id: id, ErrorCode: 'InvalidSegment', Message: traceSizeExceeded }, text);
      }
    };

    const checkTraceIdAt = limits.checksTraceIdAge ? now() : undefined;
    const turns = takingTurns();
    let accepted: SegmentDocument[] = [];
    for (const text of texts) {
      // A daemon's batch is one turn and one transaction. One of fifty documents of 64 KB is several.
      if (turns.isOver()) {
        keep(accepted);
        accepted = [];
        await turns.next();
      }
      const result = parseSegmentDocument(text, { checkTraceIdAt });
      if ('rejected' in result) refuse(result.rejected, text);
      else accepted.push(...result.accepted);
    }
    keep(accepted);
    return { UnprocessedTraceSegments: refused };
  },
});
