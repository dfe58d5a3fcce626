import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const poisonedTraceHeader = defineFault({
  id: 'poisoned-trace-header',
  title: 'An outside client sends one fixed trace header',
  area: 'propagation',
  inTheWild:
    'A partner copied a header out of a manual. All its requests have one trace id and decide by themselves that they are ' +
    'sampled, so no sampling rule is asked.',
  services: ['client'],
  parameters: z.strictObject({
    perSecond: z.number().min(1).max(10).default(4).describe('How often it comes'),
  }),
  draw: (random) => ({ perSecond: oneOf(random, [2, 4, 6]) }),
  primitives: ({ perSecond }) => [
    {
      kind: 'client',
      sends: 'checkout',
      perSecond,
      customerId: 'c-904',
      userAgent: 'partner-sync/1.4',
      traceHeader: 'Root=1-67891233-abcdef012345678912345678;Sampled=1',
    },
  ],
  signature: { filter: 'http.useragent = "partner-sync/1.4"' },
  lookFor:
    'One trace has many segments of gateway and goes on growing; its id is years older than its segments. The segments carry no ' +
    'name of a sampling rule.',
});
