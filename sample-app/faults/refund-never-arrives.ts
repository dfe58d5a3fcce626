import { z } from 'zod';
import { defineFault } from './fault.ts';

export const refundNeverArrives = defineFault({
  id: 'refund-never-arrives',
  title: 'Refunds leave no segment of order',
  area: 'instrumentation',
  inTheWild:
    'Code opens a subsegment and forgets to close it on one path. The request is answered, and its segment waits for ever: the ' +
    'SDK sends a segment only when everything in it is closed.',
  services: ['order', 'client'],
  parameters: z.strictObject({
    perSecond: z.number().min(0.5).max(5).default(2).describe('How often somebody asks for a refund'),
  }),
  primitives: ({ perSecond }) => [
    {
      kind: 'open-subsegment',
      service: 'order',
      method: 'POST',
      path: '/orders/*/refund',
      name: 'refund',
      share: 1,
    },
    { kind: 'client', sends: 'refund', perSecond, customerId: 'c-903', userAgent: 'shop-web/1.0' },
  ],
  signature: { filter: 'service(id(name: "order", type: "remote")) AND http.url ENDSWITH "/refund"' },
  lookFor:
    'gateway’s subsegment says that order answered 200, and order has no segment in these traces; for checkouts it has. ' +
    'The access log knows the requests, X-Ray doesn’t.',
});
