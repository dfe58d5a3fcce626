import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const clockSkew = defineFault({
  id: 'clock-skew',
  title: 'Payment’s clock is wrong',
  area: 'instrumentation',
  inTheWild:
    'One host lost its time server. Its segments lie in the future or in the past of the request they belong to, and traces seem ' +
    'to last for minutes.',
  services: ['payment'],
  parameters: z.strictObject({
    seconds: z
      .number()
      .min(-600)
      .max(600)
      .refine((value) => Math.abs(value) >= 30, 'must be at least 30 s fast or slow')
      .default(90)
      .describe('How much its clock is fast, slow when below zero'),
  }),
  draw: (random) => ({ seconds: oneOf(random, [-120, 60, 90, 240]) }),
  primitives: ({ seconds }) => [{ kind: 'clock', service: 'payment', seconds }],
  signature: { filter: 'duration > 20 AND responsetime < 5 AND service("payment")' },
  lookFor:
    'payment’s segment begins before or long after its caller’s subsegment, and is as long as it always was. Only the difference ' +
    'of two clocks can do that.',
});
