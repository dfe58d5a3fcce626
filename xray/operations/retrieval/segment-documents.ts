import type { Entity, Segment, Subsegment, Trace } from '../../model/index.ts';
import { processedDocument } from '../traces/processed-document.ts';

/** The most characters of a retrieved document, in AWS's model. */
const documentCharacters = 204_800;

/**
 * The documents of a trace, as BatchGetTraces gives them. One that is too long is given in parts: its subsegments follow as
 * documents of their own, with the id of what they hang under, in the form in which a service may send them.
 */
export function segmentDocuments(trace: Trace): { Id: string; Document: string }[] {
  const documents: { Id: string; Document: string }[] = [];
  const waiting: (Segment | Subsegment)[] = [...trace.segments, ...trace.unattached].reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const whole = processedDocument(next);
    const { subsegments, ...alone } = next;
    if (whole.length <= documentCharacters || !subsegments?.length) {
      documents.push({ Id: next.id, Document: whole });
      continue;
    }
    documents.push({ Id: next.id, Document: processedDocument(alone as Entity) });
    for (const inner of subsegments.toReversed()) {
      waiting.push({ ...inner, type: 'subsegment', trace_id: trace.id, parent_id: next.id });
    }
  }
  return documents;
}
