import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const rareRouteHardlySampled = defineFault({
  id: 'rare-route-hardly-sampled',
  title: 'A rare route is sampled at 1 %',
  area: 'sampling',
  inTheWild:
    'One request in a hundred is enough for a busy route. Of one that is called a few times an hour it leaves nothing, unless a ' +
    'reservoir takes the first of each second.',
  services: ['sampling-rule', 'gateway', 'client'],
  parameters: z.strictObject({
    rate: z.number().min(0).max(0.02).default(0.01).describe('The fixed rate of its rule'),
  }),
  draw: (random) => ({ rate: oneOf(random, [0, 0.005, 0.01]) }),
  primitives: ({ rate }) => [
    {
      kind: 'sampling-rule',
      rule: {
        RuleName: 'refunds',
        Priority: 20,
        FixedRate: rate,
        ReservoirSize: 0,
        HTTPMethod: 'POST',
        URLPath: '/orders/*/refund',
        ServiceName: '*',
      },
    },
    // The SDK asks for rules at its process's first request, and then every five minutes: the rule counts from here on.
    { kind: 'environment', process: 'gateway', variables: { AWS_XRAY_LOG_LEVEL: 'warn' } },
    { kind: 'client', sends: 'refund', perSecond: 1, customerId: 'c-905', userAgent: 'back-office/3.2' },
  ],
  signature: { filter: 'http.url ENDSWITH "/refund"', shows: 'vanishes', withinSeconds: 10 },
  lookFor:
    'The sampling statistics of the rule count requests and hardly a sample. A reservoir of 1 would keep every one of these ' +
    'requests.',
});
