/** In the place of labs/catalogue.ts: one lab for each batch of hidden faults, so that they go on as a learner’s do. */
import { cannotTell, type Lab } from '@xray-lab/labs/kit';
import { batches } from './batches.ts';

export const labs: readonly Lab[] = batches().map((batch, index) => ({
  id: `9${index}-batch`,
  title: 'Something is wrong',
  summary: 'Find out what.',
  minutes: 5,
  level: 'beginner',
  maps: { c02: ['1.2'], c03: ['1.2'] },
  requires: [],
  faults: batch.map(({ id }) => ({ id, parameters: {} })),
  traffic: 'calm',
  edits: [],
  steps: [
    {
      id: 'look',
      title: 'Look',
      goal: 'Look around.',
      kind: 'do',
      points: 100,
      hints: ['one', 'two', 'three'],
      solution: 'Look.',
      check: () =>
        cannotTell('Nobody knows.', {
          lookedFor: 'something',
          found: 'nothing',
          traceIds: [],
          remedy: 'Look again.',
        }),
    },
  ],
}));
