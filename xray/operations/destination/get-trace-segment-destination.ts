import { z } from 'zod';
import { operation } from '../operation.ts';
import { traceSegmentDestination } from './trace-segment-destination.ts';

export const getTraceSegmentDestination = operation({
  name: 'GetTraceSegmentDestination',
  path: '/GetTraceSegmentDestination',
  input: z.object({}),

  run: (context) => traceSegmentDestination(context),
});
