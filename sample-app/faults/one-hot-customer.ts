import { z } from 'zod';
import { defineFault } from './fault.ts';

export const oneHotCustomer = defineFault({
  id: 'one-hot-customer',
  title: 'One customer’s key is throttled',
  area: 'tables',
  inTheWild:
    'A partition key has a limit of its own, however much the table has. One customer who buys all the time hits it; all the ' +
    'others are served.',
  services: ['customers', 'client'],
  parameters: z.strictObject({
    customerId: z
      .string()
      .regex(/^c-\d{3}$/)
      .default('c-007')
      .describe('The customer who buys all the time'),
    perSecond: z.number().min(3).max(10).default(4).describe('How often'),
  }),
  draw: (random) => ({ customerId: `c-0${10 + Math.floor(random() * 30)}` }),
  primitives: ({ customerId, perSecond }) => [
    { kind: 'partition-capacity', table: 'customers', writeUnits: 1 },
    { kind: 'client', sends: 'checkout', perSecond, customerId, userAgent: 'reseller-bot/1.1' },
  ],
  signature: {
    filter:
      'service(id(name: "customers", type: "AWS::DynamoDB::Table")) { throttle } AND http.useragent = "reseller-bot/1.1"',
  },
  lookFor:
    'The throttled UpdateItem calls on customers all belong to one annotation.customerId; the table as a whole uses a fraction ' +
    'of its capacity.',
});
