import { isSettling } from '../settling.ts';
import type { OperationContext } from '../operation.ts';

/** The wire shape of where segments go. */
export function traceSegmentDestination({ store, now }: OperationContext) {
  const { destination, changedAt } = store.settings.get('traceSegmentDestination') ?? {
    destination: 'XRay',
    changedAt: 0,
  };
  return { Destination: destination, Status: isSettling(changedAt, now()) ? 'PENDING' : 'ACTIVE' };
}
