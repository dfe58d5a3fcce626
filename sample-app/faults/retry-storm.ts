import { z } from 'zod';
import { defineFault } from './fault.ts';

export const retryStorm = defineFault({
  id: 'retry-storm',
  title: 'Retries without a pause make an outage worse',
  area: 'payment',
  inTheWild:
    'A dependency fails, and its caller tries again, at once and many times. What was one request becomes nine, just when the ' +
    'other side can bear it least.',
  services: ['payment-provider', 'payment'],
  parameters: z.strictObject({
    share: z.number().min(0.5).max(1).default(1).describe('Share of the charges that are refused'),
  }),
  primitives: ({ share }) => [
    { kind: 'status', service: 'payment-provider', method: 'POST', path: '/charges', status: 503, share },
    { kind: 'flag', service: 'payment', flag: 'retry-at-once' },
  ],
  signature: { filter: 'edge("payment", "payment-provider") { http.status = 503 }' },
  lookFor:
    'In a trace, payment has nine subsegments called payment-provider, one right after the other, without the pauses between ' +
    'them. On the map, the provider gets several times as many requests as payment does.',
});
