import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const oneClientSendsNonsense = defineFault({
  id: 'one-client-sends-nonsense',
  title: 'One client sends requests that are not valid',
  area: 'decoys',
  inTheWild:
    'An old app sends an empty basket. The shop refuses it as it should: many errors, nothing is broken, and the fix is ' +
    'somebody else’s release.',
  services: ['client'],
  parameters: z.strictObject({
    perSecond: z.number().min(0.5).max(10).default(2).describe('How often it comes'),
  }),
  draw: (random) => ({ perSecond: oneOf(random, [1, 2, 4]) }),
  primitives: ({ perSecond }) => [
    { kind: 'client', sends: 'invalid-checkout', perSecond, customerId: 'c-902', userAgent: 'shop-app/0.9' },
  ],
  signature: { filter: 'error AND http.status = 400 AND http.useragent = "shop-app/0.9"' },
  lookFor:
    'All errors are 400 of gateway itself, with no call of another service and no cause, and all have one http.useragent. ' +
    'Faults: none.',
});
