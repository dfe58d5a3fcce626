import { z } from 'zod';
import { operation } from '../operation.ts';
import { traceSegmentDestination } from './trace-segment-destination.ts';

/** The setting is kept and shown; segments go to the local store either way. */
export const updateTraceSegmentDestination = operation({
  name: 'UpdateTraceSegmentDestination',
  path: '/UpdateTraceSegmentDestination',
  input: z.object({
    Destination: z.enum(['XRay', 'CloudWatchLogs']).optional(),
    // Read and not acted upon: there are no log groups here to encrypt.
    CloudWatchLogsConfiguration: z
      .object({ SpansLogGroupKmsKeyId: z.string().min(1).max(256).optional() })
      .optional(),
  }),

  run(context, { Destination: destination }) {
    const current = traceSegmentDestination(context);
    if (destination !== undefined && destination !== current.Destination) {
      context.store.settings.set('traceSegmentDestination', { destination, changedAt: context.now() });
    }
    return traceSegmentDestination(context);
  },
});
