import { z } from 'zod';
import { otelSpans, type Trace } from '../../model/index.ts';
import { takingTurns } from '../../turns.ts';
import { operation } from '../operation.ts';
import { decodeToken, encodeToken } from '../page.ts';
import { nextToken } from '../shapes.ts';
import { knownRetrieval, retrievalToken, statusAt, tracesOf } from './retrieval.ts';
import { segmentDocuments } from './segment-documents.ts';

/** AWS's model: the most traces on a page, and the most spans of one of them. A longer one goes on on the next page. */
const tracesPerPage = 5;
const spansPerTrace = 100;

interface Span {
  Id: string;
  Document: string;
}

const formats = {
  XRAY: segmentDocuments,
  OTEL: (trace: Trace): Span[] =>
    otelSpans(trace).map((span) => ({ Id: span.spanId, Document: JSON.stringify(span) })),
} as const;

export const listRetrievedTraces = operation({
  name: 'ListRetrievedTraces',
  path: '/ListRetrievedTraces',
  input: z.object({
    RetrievalToken: retrievalToken,
    // AWS does not name its default.
    TraceFormat: z.enum(['XRAY', 'OTEL']).default('XRAY'),
    NextToken: nextToken,
  }),

  async run(context, { RetrievalToken, TraceFormat, NextToken: token }) {
    const retrieval = knownRetrieval(context, RetrievalToken);
    const query = ['ListRetrievedTraces', RetrievalToken, TraceFormat];
    const [first = 0, firstSpan = 0] = token === undefined ? [] : decodeToken(query, token, 2);
    const RetrievalStatus = statusAt(retrieval, context.now());
    if (RetrievalStatus !== 'COMPLETE') return { RetrievalStatus, TraceFormat, Traces: [] };

    const turns = takingTurns();
    const traces = await tracesOf(context, retrieval, turns);
    const Traces = [];
    let [place, skipped] = [first, firstSpan];
    for (; place < traces.length && Traces.length < tracesPerPage; place++, skipped = 0) {
      if (turns.isOver()) await turns.next();
      const trace = traces[place]!;
      const spans = formats[TraceFormat](trace);
      const Spans = spans.slice(skipped, skipped + spansPerTrace);
      Traces.push({ Id: trace.id, Duration: milliseconds(trace.endTime - trace.startTime), Spans });
      skipped += Spans.length;
      if (skipped < spans.length) break;
    }
    const isMore = place < traces.length;
    return {
      RetrievalStatus,
      TraceFormat,
      Traces,
      ...(isMore && { NextToken: encodeToken(query, [place, skipped]) }),
    };
  },
});

const milliseconds = (seconds: number) => Math.round(seconds * 1000) / 1000;
