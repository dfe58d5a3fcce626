import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const paymentProviderRefuses = defineFault({
  id: 'payment-provider-refuses',
  title: 'The payment provider answers 503',
  area: 'payment',
  inTheWild:
    'A third party is overloaded and says so at once. Every attempt is short, and still the checkout fails: being quick to ' +
    'refuse is not being available.',
  services: ['payment-provider'],
  parameters: z.strictObject({
    share: z.number().min(0.05).max(1).default(1).describe('Share of the charges that are refused'),
    status: z.number().int().min(500).max(599).default(503).describe('The status the provider answers'),
  }),
  draw: (random) => ({ status: oneOf(random, [500, 502, 503]) }),
  primitives: ({ share, status }) => [
    { kind: 'status', service: 'payment-provider', method: 'POST', path: '/charges', status, share },
  ],
  signature: { filter: 'edge("payment", "payment-provider") { http.status >= 500 }' },
  lookFor:
    'The edge from payment to payment-provider turns into faults, with response times of milliseconds. Each subsegment has an ' +
    'HTTP response, unlike one that timed out.',
});
