import { matchesFilter, parseFilterExpression } from '@xray-lab/xray/model';
import { faults } from '../../../sample-app/faults/index.ts';
import { marks, Segments } from '../marks.ts';
import { traceOf } from './evidence.ts';
import type { RecordedTrace } from './recordings.ts';

/** So many traces of each kind are kept. */
const KEPT = 1;
/** And so many of each that nothing asks for: a healthy shop has several kinds of request. */
const OTHERS = 2;

/** Of all that was recorded under a name, what the tests ask for: traces that match or bear something, and some others. */
export function selected(name: string, traces: readonly RecordedTrace[]): RecordedTrace[] {
  const [id] = name.split(' without ');
  const asked = faults.filter((fault) => fault.id === id || name === 'healthy');
  const kept = new Set<RecordedTrace>();
  const read = traces.map((trace) => ({
    trace,
    joined: traceOf(trace),
    segments: new Segments(trace.segments),
  }));
  const keep = (holds: (one: (typeof read)[number]) => boolean, most: number) => {
    for (const { trace } of read.filter(holds).slice(0, most)) kept.add(trace);
  };
  for (const { id, signature } of asked) {
    for (const { filter = signature.filter, bears } of marks[id] ?? []) {
      const expression = parseFilterExpression(filter);
      for (const borne of [true, false])
        keep(
          ({ joined, segments }) => matchesFilter(expression, joined) && bears(segments) === borne,
          name === 'healthy' ? 1 : KEPT,
        );
    }
    const expression = parseFilterExpression(signature.filter);
    keep(({ joined }) => matchesFilter(expression, joined), name === 'healthy' ? 1 : KEPT);
  }
  const left = read.filter(({ trace }) => !kept.has(trace));
  for (const { trace } of left.slice(0, OTHERS)) kept.add(trace);
  return traces.filter((trace) => kept.has(trace));
}
