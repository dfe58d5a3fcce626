import { z } from 'zod';
import { defineFault, oneOf } from './fault.ts';

export const ordersTableThrottledOnRead = defineFault({
  id: 'orders-table-throttled-on-read',
  title: 'Reads of the orders table are throttled',
  area: 'tables',
  inTheWild:
    'Somebody’s page asks for one order again and again, and the table was provisioned for people who look once. Placing ' +
    'orders goes on; looking at them fails.',
  services: ['orders', 'client'],
  parameters: z.strictObject({
    readUnits: z
      .number()
      .int()
      .min(1)
      .max(2)
      .default(1)
      .describe('Read capacity units the table is left with'),
    perSecond: z.number().min(6).max(20).default(8).describe('How often the page asks'),
  }),
  draw: (random) => ({ perSecond: oneOf(random, [8, 10, 12]) }),
  primitives: ({ readUnits, perSecond }) => [
    { kind: 'capacity', table: 'orders', readUnits },
    { kind: 'client', sends: 'order-status', perSecond, customerId: 'c-901', userAgent: 'order-tracker/2.0' },
  ],
  signature: {
    filter: 'service(id(name: "orders", type: "AWS::DynamoDB::Table")) { throttle } AND http.method = "GET"',
  },
  lookFor:
    'The throttled subsegments of order are GetItem and none is PutItem: read capacity is short, write capacity is not. ' +
    'More write units would change nothing.',
});
