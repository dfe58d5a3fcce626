import { z } from 'zod';
import { operation } from '../operation.ts';
import { knownRetrieval, retrievalToken, statusAt } from './retrieval.ts';

/** Only what is under way can be cancelled; AWS does not say what becomes of the rest. */
export const cancelTraceRetrieval = operation({
  name: 'CancelTraceRetrieval',
  path: '/CancelTraceRetrieval',
  input: z.object({ RetrievalToken: retrievalToken }),

  run(context, { RetrievalToken: token }) {
    const now = context.now();
    const status = statusAt(knownRetrieval(context, token), now);
    if (status === 'SCHEDULED' || status === 'RUNNING') context.store.retrievals.cancel(token, now);
    return {};
  },
});
