import { z } from 'zod';
import { operation } from '../operation.ts';
import { insightId, knownInsight, wireInsight } from './insight.ts';

export const getInsight = operation({
  name: 'GetInsight',
  path: '/Insight',
  input: z.object({ InsightId: insightId }),

  run: (context, { InsightId }) => ({ Insight: wireInsight(knownInsight(context, InsightId)) }),
});
