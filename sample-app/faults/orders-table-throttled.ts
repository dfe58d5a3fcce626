import { z } from 'zod';
import { defineFault } from './fault.ts';

export const ordersTableThrottled = defineFault({
  id: 'orders-table-throttled',
  title: 'Writes to the orders table are throttled',
  area: 'tables',
  inTheWild:
    'A table’s provisioned write capacity is lower than what the shop writes. The SDK tries again on its own, which costs ' +
    'time, and then gives up.',
  services: ['orders'],
  parameters: z.strictObject({
    writeUnits: z
      .number()
      .int()
      .min(1)
      .max(2)
      .default(1)
      .describe('Write capacity units the table is left with'),
  }),
  primitives: ({ writeUnits }) => [{ kind: 'capacity', table: 'orders', writeUnits }],
  signature: {
    filter: 'service(id(name: "orders", type: "AWS::DynamoDB::Table")) { throttle }',
  },
  lookFor:
    'The node of the orders table shows throttling. In a trace, the PutItem subsegment of order has status 400, more than one ' +
    'attempt, and the cause ProvisionedThroughputExceededException; the checkout answers 503.',
});
