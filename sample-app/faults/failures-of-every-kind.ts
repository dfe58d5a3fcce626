import { z } from 'zod';
import { defineFault } from './fault.ts';

export const failuresOfEveryKind = defineFault({
  id: 'failures-of-every-kind',
  title: 'Seven kinds of failure, a few of each',
  area: 'decoys',
  inTheWild:
    'A bad day, or any day of a large shop: unknown orders, sold-out goods, throttled and forbidden callers, an exception, a ' +
    'dependency that is overloaded and a third party that does not answer. Whoever counts them all as “errors” can’t say ' +
    'what to do first.',
  services: ['client', 'auth', 'inventory', 'payment-provider'],
  parameters: z.strictObject({
    share: z
      .number()
      .min(0.05)
      .max(0.3)
      .default(0.12)
      .describe('Share of the requests for each kind but 404 and 409'),
  }),
  primitives: ({ share }) => [
    {
      kind: 'client',
      sends: 'unknown-order',
      perSecond: 1,
      customerId: 'c-906',
      userAgent: 'old-bookmark/1.0',
    },
    {
      kind: 'client',
      sends: 'sold-out-checkout',
      perSecond: 1,
      customerId: 'c-908',
      userAgent: 'old-tab/1.0',
    },
    { kind: 'status', service: 'auth', status: 429, share },
    { kind: 'status', service: 'auth', status: 403, share },
    { kind: 'status', service: 'inventory', method: 'POST', path: '/reservations', status: 503, share },
    {
      kind: 'exception',
      service: 'inventory',
      method: 'GET',
      path: '/products',
      type: 'TypeError',
      message: "Cannot read properties of undefined (reading 'title')",
      share: Math.min(1, 4 * share),
    },
    { kind: 'hang', service: 'payment-provider', method: 'POST', path: '/charges', share },
  ],
  signature: { filter: 'service("auth") { throttle } OR service("inventory") { fault }', withinSeconds: 10 },
  lookFor:
    '404, 409 and 403 are errors, 429 is throttled and an error as well, 500 and 503 are faults, and a timeout is a fault without ' +
    'a status: in the segment, in the summary’s flags and in the colour of the node. The 503 of inventory is handled, so its ' +
    'root is ok. The 409 begins at a table: DynamoDB answers a write whose condition does not hold with 400, and its subsegment ' +
    'bears ConditionalCheckFailedException and error, never throttle. The SDK marks it as a fault too, because the call was ' +
    'rejected; the segments of inventory, order and gateway are errors only.',
});
