import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const authRejectsSome = defineFault({
  id: 'auth-rejects-some',
  title: 'Auth rejects a share of the sessions',
  area: 'auth',
  inTheWild:
    'Keys were rotated and one of the old ones is still in use, or a clock is off: some customers are told that they are not ' +
    'signed in. To the shop that is the client’s error.',
  services: ['auth'],
  parameters: z.strictObject({
    share: z.number().min(0.1).max(1).default(0.5).describe('Share of the sessions that are rejected'),
    status: z
      .union([z.literal(401), z.literal(403)])
      .default(401)
      .describe('The status auth answers'),
  }),
  draw: (random) => ({ status: oneOf(random, [401, 403] as const), share: oneOf(random, [0.4, 0.6, 0.8]) }),
  primitives: ({ share, status }) => [{ kind: 'status', service: 'auth', status, share }],
  signature: {
    filter: 'error AND service("auth") { http.status >= 401 AND http.status <= 403 }',
    withinSeconds: 10,
  },
  lookFor:
    'auth and gateway have errors, nobody has faults, and the traces end there: order was never called. An alarm on faults ' +
    'stays silent.',
});
