import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const inventorySlow = defineFault({
  id: 'inventory-slow',
  title: 'Inventory is slow',
  area: 'inventory',
  inTheWild:
    'A dependency still answers, just below its caller’s timeout. Nothing is red, every order takes a second longer, and the ' +
    'first to notice are those who count abandoned baskets.',
  services: ['inventory'],
  parameters: z.strictObject({
    milliseconds: z
      .number()
      .int()
      .min(800)
      .max(1300)
      .default(1000)
      .describe('How much longer a reservation takes'),
    jitterMilliseconds: z
      .number()
      .int()
      .min(0)
      .max(150)
      .default(100)
      .describe('More or less by up to this much'),
  }),
  draw: (random) => ({ milliseconds: oneOf(random, [850, 1000, 1200]) }),
  primitives: ({ milliseconds, jitterMilliseconds }) => [
    {
      kind: 'delay',
      service: 'inventory',
      method: 'POST',
      path: '/reservations',
      milliseconds,
      jitterMilliseconds,
      share: 1,
    },
  ],
  signature: { filter: 'edge("order", "inventory") { responsetime > 0.6 } AND ok' },
  lookFor:
    'inventory’s segment is as long as order’s subsegment for it, while its own call of DynamoDB is short: the time is lost ' +
    'inside inventory, before it asks its table.',
});
