import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

const sends = { 400: 'invalid-checkout', 404: 'unknown-order' } as const;

export const oneClientSendsNonsense = defineFault({
  id: 'one-client-sends-nonsense',
  title: 'One client sends requests that are not valid',
  area: 'decoys',
  inTheWild:
    'An old app sends an empty basket, or asks for an order that nobody placed. The shop refuses it as it should: many errors, ' +
    'nothing is broken, and the fix is somebody else’s release.',
  services: ['client'],
  parameters: z.strictObject({
    perSecond: z.number().min(0.5).max(10).default(2).describe('How often it comes'),
    status: z
      .union([z.literal(400), z.literal(404)])
      .default(400)
      .describe('What it is answered: 400 for an empty basket, 404 for an order that nobody placed'),
  }),
  draw: (random) => ({
    perSecond: oneOf(random, [1, 2, 4]),
    status: oneOf(random, [400, 404] as const),
  }),
  primitives: ({ perSecond, status }) => [
    { kind: 'client', sends: sends[status], perSecond, customerId: 'c-902', userAgent: 'shop-app/0.9' },
  ],
  signature: {
    filter:
      'error AND !fault AND (http.status = 400 OR http.status = 404) AND http.useragent = "shop-app/0.9"',
  },
  lookFor:
    'All errors have one http.useragent and no cause: 400 of gateway itself, which asks nobody, or 404 of order, which looked for ' +
    'the order in its table. Faults: none, and everybody else is served as ever.',
});
