import { z } from 'zod';
import { defineFault } from './fault.ts';

export const dynamodbNotCaptured = defineFault({
  id: 'dynamodb-not-captured',
  title: 'Order’s DynamoDB client is not captured',
  area: 'instrumentation',
  inTheWild:
    'A client is made without captureAWSv3Client. Nothing fails; the time that the table takes goes to an address, and the table ' +
    'is missing on the map.',
  services: ['order'],
  parameters: z.strictObject({}),
  primitives: () => [{ kind: 'uncaptured', service: 'order', calls: 'aws' }],
  signature: {
    filter:
      'service("order") AND !edge("order", id(type: "AWS::DynamoDB::Table")) AND http.url ENDSWITH "/checkout" AND ok',
  },
  lookFor:
    'order has no subsegment DynamoDB. In its place are HTTP calls to the endpoint’s host, seen by captureHTTPsGlobal: without ' +
    'operation, table and attempts. The node of the table orders is gone, and that host is there.',
});
