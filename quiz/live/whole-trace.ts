import { everySubsegment, isInProgress, type Trace } from '@xray-lab/xray/model';

/**
 * Whether everything of a trace has arrived that its documents speak of: it has a root, nothing in it is still in
 * progress, and whoever was called finds its caller. `IsPartial` of a summary does not tell: in AWS it is false while a
 * segment is in progress, and true only where a parent is missing.
 *
 * A callee that has not reported yet can't be told from one that never reports, so a window settles before it is asked.
 */
export function isWhole({ segments, unattached }: Trace): boolean {
  const sent = segments.filter((segment) => !segment.inferred);
  const entities = sent.flatMap((segment) => [segment, ...everySubsegment(segment)]);
  const known = new Set(entities.map(({ id }) => id));
  return (
    unattached.length === 0 &&
    sent.some(({ parent_id }) => parent_id === undefined) &&
    !entities.some(isInProgress) &&
    sent.every(({ parent_id }) => parent_id === undefined || known.has(parent_id))
  );
}
