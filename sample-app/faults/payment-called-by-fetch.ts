import { z } from 'zod';
import { defineFault } from './fault.ts';

export const paymentCalledByFetch = defineFault({
  id: 'payment-called-by-fetch',
  title: 'Order calls payment by a client that is not captured',
  area: 'propagation',
  inTheWild:
    'Somebody replaces the HTTP client by the built-in fetch, which the SDK does not patch. The call works; the trace header ' +
    'stays behind, and one trace becomes two.',
  services: ['order'],
  parameters: z.strictObject({}),
  primitives: () => [{ kind: 'uncaptured', service: 'order', calls: 'payment' }],
  signature: { filter: 'service("payment") AND !service("gateway")' },
  lookFor:
    'payment is the root of its own traces, and order has no subsegment for it. Both traces carry the same ' +
    'annotation.orderId.',
});
