import {
  assembleTrace,
  matchesFilter,
  parseFilterExpression,
  parseSegmentDocument,
  type Trace,
} from '@xray-lab/xray/model';
import type { Fault } from '../../../sample-app/faults/index.ts';
import { marks, Segments } from '../marks.ts';
import type { RecordedTrace } from './recordings.ts';

/** A recorded trace as X-Ray joins it. Throws what is wrong with a document. */
export function traceOf({ id, segments }: RecordedTrace): Trace {
  return assembleTrace(
    id,
    segments.flatMap((segment) => {
      const read = parseSegmentDocument(JSON.stringify(segment));
      if (!('accepted' in read)) throw new Error(`${id}: ${JSON.stringify(read)}`);
      return read.accepted;
    }),
  );
}

/** Those of the traces that a filter expression finds. */
export function matching(filter: string, traces: readonly RecordedTrace[]): RecordedTrace[] {
  const expression = parseFilterExpression(filter);
  return traces.filter((trace) => matchesFilter(expression, traceOf(trace)));
}

/** What is missing for the traces to show the whole fault, as the prover asks a running lab; undefined when nothing is. */
export function missing({ id, signature }: Fault, traces: readonly RecordedTrace[]): string | undefined {
  const { filter, shows } = signature;
  const found = matching(filter, traces).length > 0;
  if (found !== (shows === 'appears')) return `${found ? 'traces' : 'no traces'} match ${filter}`;
  for (const { filter: marked = filter, bears, each } of marks[id] ?? []) {
    const borne = matching(marked, traces).map((trace) => bears(new Segments(trace.segments)));
    const holds = each ? borne.length > 0 && borne.every(Boolean) : borne.some(Boolean);
    if (!holds)
      return `${borne.filter(Boolean).length} of ${borne.length} traces that match ${marked} bear the mark`;
  }
  return undefined;
}
