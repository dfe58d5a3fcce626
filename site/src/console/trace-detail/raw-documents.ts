import type { TraceDocuments } from '../../lab-api/xray.ts';
import { findIn, type Finds } from './json-tree.ts';

/** The raw view of a trace: which documents are shown, what a search finds in them, and the answer they came in. */

export interface RawDocument {
  /** Its place in the answer: ids may repeat. */
  place: number;
  id: string;
  text: string;
}

/** Documents that hold a text, in their order; all of them without one. */
export function documentsWith(documents: TraceDocuments['documents'], search: string): RawDocument[] {
  const wanted = search.trim().toLowerCase();
  return documents
    .map(({ id, text }, place) => ({ place, id, text }))
    .filter(({ text }) => !wanted || text.toLowerCase().includes(wanted));
}

export interface ReadDocument {
  /** Undefined when the text is no JSON. */
  value: unknown;
  name: string;
  inferred: boolean;
  /** In bytes, as X-Ray counts them. */
  size: number;
}

/** What the head of a document says. A text that is no JSON is still a document: it is shown as it is. */
export function readDocument(text: string): ReadDocument {
  const size = new TextEncoder().encode(text).length;
  try {
    const value: unknown = JSON.parse(text);
    const { name, inferred } = Object(value) as { name?: unknown; inferred?: unknown };
    return {
      value,
      name: typeof name === 'string' ? name : 'without a name',
      inferred: inferred === true,
      size,
    };
  } catch {
    return { value: undefined, name: 'not JSON', inferred: false, size };
  }
}

/** Lines of one document that a search shows at most. */
export const mostFinds = 100;

/** What a search finds in a document, or undefined without a search. */
export const findsIn = (value: unknown, search: string): Finds | undefined =>
  search.trim() && value !== undefined ? findIn(value, search, mostFinds) : undefined;

/** The answer of BatchGetTraces, in which each document is a text. */
export const answerOf = ({ id, duration, limitExceeded, documents }: TraceDocuments) => ({
  Traces: [
    {
      Id: id,
      Duration: duration,
      LimitExceeded: limitExceeded,
      Segments: documents.map((document) => ({ Id: document.id, Document: document.text })),
    },
  ],
  UnprocessedTraceIds: [],
});
