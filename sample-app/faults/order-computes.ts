import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const orderComputes = defineFault({
  id: 'order-computes',
  title: 'Order spends its time computing',
  area: 'code',
  inTheWild:
    'A search for the best price that was given more and more time: fine while there were three discounts, and nobody ' +
    'looked again. No dependency is slow, so a search for the slow dependency finds nothing.',
  services: ['order'],
  parameters: z.strictObject({
    milliseconds: z
      .number()
      .int()
      .min(400)
      .max(1500)
      .default(800)
      .describe('How long it computes the price of each order'),
  }),
  draw: (random) => ({ milliseconds: oneOf(random, [600, 800, 1000]) }),
  primitives: ({ milliseconds }) => [
    {
      kind: 'busy',
      service: 'order',
      method: 'POST',
      path: '/orders',
      work: 'price-calc',
      milliseconds,
      share: 1,
    },
  ],
  signature: {
    filter:
      'service("order") { responsetime > 0.4 } AND !edge("order", "payment") { responsetime > 0.4 } AND ok',
  },
  lookFor:
    'order’s segment is much longer than its subsegments together: by what it computes, before the first of them. Capture ' +
    '`calculateTotal` (services/order/price-calc.ts) with captureAsyncFunc, and the gap has a name. Orders that come at the ' +
    'same time take turns on one processor: each searches for as long, tries less, and its calls take a little longer too.',
});
