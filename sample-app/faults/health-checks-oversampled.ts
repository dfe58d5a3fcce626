import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const healthChecksOversampled = defineFault({
  id: 'health-checks-oversampled',
  title: 'Health checks drown everything else',
  area: 'sampling',
  inTheWild:
    'A load balancer asks every few hundred milliseconds, by the same door as customers, and each question becomes a trace that ' +
    'costs as much as a checkout.',
  services: ['client'],
  parameters: z.strictObject({
    perSecond: z.number().min(2).max(20).default(6).describe('How often it asks'),
  }),
  draw: (random) => ({ perSecond: oneOf(random, [5, 8, 12]) }),
  primitives: ({ perSecond }) => [
    { kind: 'client', sends: 'health-check', perSecond, userAgent: 'ELB-HealthChecker/2.0' },
  ],
  signature: { filter: 'http.url ENDSWITH "/healthz"', atLeast: 3 },
  lookFor:
    'Most traces are of /healthz, take a millisecond, and have one http.useragent. A rule for that path with a small reservoir ' +
    'and rate brings the cost down and leaves checkouts alone.',
});
