import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const authThrottles = defineFault({
  id: 'auth-throttles',
  title: 'Auth answers 429',
  area: 'auth',
  inTheWild:
    'A service protects itself with a rate limit that was set for last year’s traffic. Clients that honour 429 come back later; ' +
    'customers don’t.',
  services: ['auth'],
  parameters: z.strictObject({
    share: z.number().min(0.1).max(1).default(0.5).describe('Share of the requests that are throttled'),
  }),
  draw: (random) => ({ share: oneOf(random, [0.4, 0.6, 0.8]) }),
  primitives: ({ share }) => [{ kind: 'status', service: 'auth', status: 429, share }],
  signature: { filter: 'throttle AND service("auth") { throttle }', withinSeconds: 10 },
  lookFor:
    'auth’s node shows throttling, which X-Ray counts apart from other errors; HasThrottle is true in the summaries. Compare a ' +
    'throttled table, where the status is 400.',
});
