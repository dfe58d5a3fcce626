import { z } from 'zod';
import { defineFault } from './fault.ts';

export const paymentProviderHangs = defineFault({
  id: 'payment-provider-hangs',
  title: 'The payment provider hangs',
  area: 'payment',
  inTheWild:
    'A third party accepts connections and never answers. Each caller waits for its own timeout, then tries again, and the ' +
    'wait of one call becomes the wait of the whole checkout.',
  services: ['payment-provider'],
  parameters: z.strictObject({
    share: z.number().min(0.05).max(1).default(1).describe('Share of the charges that are never answered'),
  }),
  primitives: ({ share }) => [
    { kind: 'hang', service: 'payment-provider', method: 'POST', path: '/charges', share },
  ],
  signature: { filter: 'service("payment") { fault }' },
  lookFor:
    'The edge from payment to payment-provider turns into faults. In a trace, payment has three subsegments of about three ' +
    'seconds each, without an HTTP response, with the text of the client’s own timeout as the cause.',
});
