import { z } from 'zod';
import { resourceNotFound } from '../../errors.ts';
import type { Trace } from '../../model/index.ts';
import type { StoredRetrieval } from '../../store/store.ts';
import type { Turns } from '../../turns.ts';
import type { OperationContext } from '../operation.ts';

/**
 * A retrieval waits so long for its turn, and works so long. Here the traces lie at hand; AWS searches a log group for
 * them, and a client that does not wait for `COMPLETE` should notice it here. Seconds.
 */
const scheduledSeconds = 0.25;
const runningSeconds = 0.75;

/** X-Ray's own limit: afterwards a retrieval gives nothing any more. Seconds. */
const timeoutSeconds = 60 * 60;

/** The oldest are forgotten past this number. Ours: AWS does not name one. */
export const mostRetrievals = 1_000;

export const retrievalToken = z.string().max(1020);

export type RetrievalStatus = 'SCHEDULED' | 'RUNNING' | 'COMPLETE' | 'CANCELLED' | 'TIMEOUT';

/** The retrieval of that token. Throws ResourceNotFoundException for one that was never given out, or is forgotten. */
export function knownRetrieval({ store }: OperationContext, token: string): StoredRetrieval {
  const retrieval = store.retrievals.get(token);
  if (!retrieval) {
    throw resourceNotFound('There is no retrieval with this RetrievalToken. Start one again.', token);
  }
  return retrieval;
}

export function statusAt({ createdAt, cancelledAt }: StoredRetrieval, now: number): RetrievalStatus {
  if (cancelledAt !== undefined) return 'CANCELLED';
  const age = now - createdAt;
  if (age >= timeoutSeconds) return 'TIMEOUT';
  if (age >= scheduledSeconds + runningSeconds) return 'COMPLETE';
  return age >= scheduledSeconds ? 'RUNNING' : 'SCHEDULED';
}

/** The traces a complete retrieval has found: those of its ids that were at work at some moment of its time range. */
export async function tracesOf(
  { store }: OperationContext,
  { traceIds, start, end }: StoredRetrieval,
  turns: Turns,
): Promise<Trace[]> {
  const traces: Trace[] = [];
  for (const id of traceIds) {
    if (turns.isOver()) await turns.next();
    const trace = store.traces.get(id);
    if (trace && trace.startTime <= end && trace.endTime >= start) traces.push(trace);
  }
  return traces;
}
