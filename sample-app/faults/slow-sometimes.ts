import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const slowSometimes = defineFault({
  id: 'slow-sometimes',
  title: 'Payment is slow now and then',
  area: 'payment',
  inTheWild:
    'A share of requests takes a second longer, for no reason that depends on the request: a garbage collection, a noisy ' +
    'neighbour. The median is as good as ever.',
  services: ['payment'],
  parameters: z.strictObject({
    share: z.number().min(0.1).max(0.6).default(0.4).describe('Share of the payments that are slow'),
    milliseconds: z.number().int().min(900).max(3000).default(1500).describe('How much longer they take'),
  }),
  draw: (random) => ({
    share: oneOf(random, [0.3, 0.4, 0.5]),
    milliseconds: oneOf(random, [1000, 1500, 2000]),
  }),
  primitives: ({ share, milliseconds }) => [
    {
      kind: 'delay',
      service: 'payment',
      method: 'POST',
      path: '/payments',
      milliseconds,
      jitterMilliseconds: 100,
      share,
    },
  ],
  signature: { filter: 'service("payment") { responsetime > 0.75 } AND ok', withinSeconds: 10 },
  lookFor:
    'p95 of payment moves and p50 does not. In a slow trace the time lies in payment before its first subsegment; no annotation ' +
    'sets the slow ones apart.',
});
