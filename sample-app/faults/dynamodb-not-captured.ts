import { z } from 'zod';
import { defineFault } from './fault.ts';

export const dynamodbNotCaptured = defineFault({
  id: 'dynamodb-not-captured',
  title: 'Order’s DynamoDB client is not captured',
  area: 'instrumentation',
  inTheWild:
    'A client is made without captureAWSv3Client. Nothing fails; the time that the table takes belongs to nobody, and the table ' +
    'is missing on the map.',
  services: ['order'],
  parameters: z.strictObject({}),
  primitives: () => [{ kind: 'uncaptured', service: 'order', calls: 'aws' }],
  signature: {
    filter:
      'service("order") AND !edge("order", id(type: "AWS::DynamoDB::Table")) AND http.url ENDSWITH "/checkout" AND ok',
  },
  lookFor:
    'order has subsegments for inventory, payment and notification and none called DynamoDB; in their place is a gap. The node ' +
    'of the table orders is gone.',
});
