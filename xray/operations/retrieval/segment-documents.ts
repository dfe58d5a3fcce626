import type { Entity, Segment, Subsegment, Trace } from '../../model/index.ts';
import { documentLengths, ownLength, processedDocument } from '../traces/processed-document.ts';

/** The most characters of a retrieved document, in AWS's model. */
const documentCharacters = 204_800;

interface RetrievedDocument {
  Id: string;
  Document: string;
}

/**
 * The documents of a trace, as BatchGetTraces gives them. One that is too long is given in parts: its subsegments follow as
 * documents of their own, with the id of what they hang under, in the form in which a service may send them.
 */
export function segmentDocuments(trace: Trace, mostCharacters = documentCharacters): RetrievedDocument[] {
  return [...trace.segments, ...trace.unattached].flatMap((top) => {
    const whole = { Id: top.id, Document: processedDocument(top) };
    const fits = whole.Document.length <= mostCharacters || !top.subsegments?.length;
    return fits ? [whole] : partsOf(top, trace.id, mostCharacters);
  });
}

/** A tree in parts. Lengths are known before anything is written: each entity is written once, however deep it lies. */
function partsOf(top: Segment | Subsegment, traceId: string, mostCharacters: number): RetrievedDocument[] {
  const lengths = documentLengths(top);
  const documents: RetrievedDocument[] = [];
  const waiting: { entity: Entity; parent?: string }[] = [{ entity: top }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { entity, parent } = next;
    const address = { type: 'subsegment', trace_id: traceId, parent_id: parent };
    const addressed: Entity = parent === undefined ? entity : { ...entity, ...address };
    const { whole, alone } = lengths.get(entity)!;
    const inner = entity.subsegments ?? [];
    if (whole - alone + ownLength(addressed) <= mostCharacters || inner.length === 0) {
      documents.push({ Id: entity.id, Document: processedDocument(addressed) });
      continue;
    }
    const { subsegments: _, ...without } = addressed;
    documents.push({ Id: entity.id, Document: processedDocument(without as Entity) });
    for (const each of inner.toReversed()) waiting.push({ entity: each, parent: entity.id });
  }
  return documents;
}
