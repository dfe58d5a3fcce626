import { z } from 'zod';
import { defineFault } from './fault.ts';

export const paymentsTableDenied = defineFault({
  id: 'payments-table-denied',
  title: 'Payment may not write to its table',
  area: 'tables',
  inTheWild:
    'A policy was tightened by one action too many. Money is taken, and the record of it is refused: that is worse than a ' +
    'failure at the start.',
  services: ['payments'],
  parameters: z.strictObject({}),
  primitives: () => [{ kind: 'deny', table: 'payments', operations: ['PutItem'], identity: 'role/payment' }],
  signature: {
    filter:
      'service(id(name: "payments", type: "AWS::DynamoDB::Table")) { error AND !throttle } AND service("payment") { fault }',
  },
  lookFor:
    'payment’s subsegment DynamoDB has status 400 and the cause AccessDeniedException, one attempt only and no throttle: the SDK ' +
    'does not repeat what is forbidden.',
});
