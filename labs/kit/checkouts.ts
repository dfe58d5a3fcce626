import {
  everySubsegment,
  type Segment,
  type Subsegment,
  type TraceSummary,
  type Trace,
} from '@xray-lab/xray/model';
import type { CheckContext } from './types.ts';

/** Requests whose traces may still be on their way: the SDK sends a segment when it is complete. */
const ARRIVAL_SECONDS = 5;

/**
 * Summaries of the checkouts of this run, newest first. The run's nonce is an annotation, so traces of an
 * earlier run are never among them.
 * @param more a further filter expression, e.g. `annotation.customerId = "you"`.
 */
export async function checkoutsOfRun(
  { xray, run, now }: Pick<CheckContext, 'xray' | 'run' | 'now'>,
  more?: string,
): Promise<TraceSummary[]> {
  const filter = [
    `annotation.run = ${quoted(run.nonce)}`,
    'http.method = "POST"',
    'http.url CONTAINS "/checkout"',
    ...(more ? [more] : []),
  ].join(' AND ');
  return xray.summaries({ ...windowOfRun({ run, now }), filter });
}

/** From a little before the run's start (clocks of two processes) until now. */
export const windowOfRun = ({ run, now }: Pick<CheckContext, 'run' | 'now'>) => ({
  start: run.startedAt - 1,
  end: now() + ARRIVAL_SECONDS,
});

/** The learner's own checkouts of this run, newest first. */
export const ownCheckouts = (context: Pick<CheckContext, 'xray' | 'run' | 'now'>) =>
  checkoutsOfRun(context, 'annotation.customerId = "you"');

/** A string inside a filter expression. */
export const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** Segments that a service sent, without those X-Ray inferred from a caller. */
export const sentSegments = (trace: Trace): Segment[] =>
  trace.segments.filter((segment) => !segment.inferred);

/** The segment a service sent, by the service's name. */
export const segmentNamed = (trace: Trace, name: string): Segment | undefined =>
  sentSegments(trace).find((segment) => segment.name === name);

/** A service's calls to a host or an AWS service, in order of start. */
export const callsTo = (caller: Segment | undefined, callee: string): Subsegment[] =>
  caller
    ? everySubsegment(caller)
        .filter((subsegment) => subsegment.namespace !== undefined && subsegment.name === callee)
        .sort((a, b) => a.start_time - b.start_time)
    : [];

/** A value of the annotation on any segment or subsegment of the trace. */
export function annotationOf(trace: Trace, key: string): string | undefined {
  for (const segment of sentSegments(trace)) {
    for (const entity of [segment, ...everySubsegment(segment)]) {
      const value = entity.annotations?.[key];
      if (value !== undefined) return String(value);
    }
  }
  return undefined;
}

/** The smallest value that at least this share of the values does not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
