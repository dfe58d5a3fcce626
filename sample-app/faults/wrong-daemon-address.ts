import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const wrongDaemonAddress = defineFault({
  id: 'wrong-daemon-address',
  title: 'One service sends its segments to a wrong address',
  area: 'daemon',
  inTheWild:
    'A task definition says localhost where the daemon is a host of its own. UDP never complains: the service works, and is ' +
    'invisible.',
  services: ['inventory'],
  parameters: z.strictObject({
    process: z
      .enum(['inventory', 'payment', 'auth'])
      .default('inventory')
      .describe('The service with the wrong address'),
  }),
  draw: (random) => ({ process: oneOf(random, ['inventory', 'payment', 'auth'] as const) }),
  primitives: ({ process }) => [
    { kind: 'environment', process, variables: { AWS_XRAY_DAEMON_ADDRESS: '127.0.0.1:2999' } },
  ],
  signature: {
    filter:
      '(service(id(name: "inventory", type: "remote")) OR service(id(name: "payment", type: "remote")) OR service(id(name: "auth", type: "remote"))) AND ok',
    withinSeconds: 10,
  },
  lookFor:
    'One service has no segments any more, although its caller’s subsegments say 200 and traced: true. It is known from its ' +
    'caller’s side only.',
});
