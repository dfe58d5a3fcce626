import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const orderComputes = defineFault({
  id: 'order-computes',
  title: 'Order spends its time computing',
  area: 'code',
  inTheWild:
    'A loop that was fine with ten products is not with ten thousand. No dependency is slow, so a search for the slow ' +
    'dependency finds nothing.',
  services: ['order'],
  parameters: z.strictObject({
    milliseconds: z
      .number()
      .int()
      .min(400)
      .max(1500)
      .default(800)
      .describe('How long it computes for each order'),
  }),
  draw: (random) => ({ milliseconds: oneOf(random, [600, 800, 1000]) }),
  primitives: ({ milliseconds }) => [
    { kind: 'busy', service: 'order', method: 'POST', path: '/orders', milliseconds, share: 1 },
  ],
  signature: {
    filter:
      'service("order") { responsetime > 0.4 } AND !edge("order", "payment") { responsetime > 0.4 } AND ok',
  },
  lookFor:
    'order’s segment is much longer than its subsegments together, and the gap comes before the first of them. While it ' +
    'computes, other orders wait as well.',
});
