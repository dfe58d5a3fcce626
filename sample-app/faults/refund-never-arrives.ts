import { z } from 'zod';
import { defineFault } from './fault.ts';
import type { Primitive } from './plan/primitives.ts';

/** The routes on a refund's way. */
const routes = [
  { service: 'gateway', path: '/orders/*/refund' },
  { service: 'order', path: '/orders/*/refund' },
  { service: 'payment', path: '/payments/*/refund' },
];

export const refundNeverArrives = defineFault({
  id: 'refund-never-arrives',
  title: 'Refunds leave no trace',
  area: 'instrumentation',
  inTheWild:
    'A helper that three services share opens a subsegment around each refund, and forgets to close it. The requests are ' +
    'answered, and their segments wait for ever: the SDK sends a segment only when everything in it is closed.',
  services: ['gateway', 'order', 'payment', 'client'],
  parameters: z.strictObject({
    perSecond: z.number().min(0.5).max(5).default(2).describe('How often somebody asks for a refund'),
  }),
  draw: (random) => ({ perSecond: 1 + Math.floor(random() * 4) }),
  primitives: ({ perSecond }) => [
    ...routes.map((route): Primitive => ({
      kind: 'open-subsegment',
      ...route,
      method: 'POST',
      name: 'refund',
      share: 1,
    })),
    { kind: 'client', sends: 'refund', perSecond, customerId: 'c-903', userAgent: 'shop-web/1.0' },
  ],
  signature: { filter: 'http.url ENDSWITH "/refund"', shows: 'vanishes' },
  lookFor:
    'The access log of gateway, order and payment has POST …/refund with status 200, and no segment has that URL; all other ' +
    'routes are as usual. What is left of a refund’s trace is the notification at its end.',
});
