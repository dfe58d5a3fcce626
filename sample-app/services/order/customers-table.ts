import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { localstackClient } from '../../platform/localstack-client.ts';
import { log } from '../../platform/log.ts';
import { traced } from '../../platform/tracing.ts';

export interface CustomersTable {
  /** Counts one more order of a customer. Never fails: an order is worth more than its place in the statistics. */
  countOrder(customerId: string): Promise<void>;
}

export function customersTable(): CustomersTable {
  // One try: the next order counts as well.
  const client = traced(localstackClient(DynamoDBClient, 'dynamodb', { maxAttempts: 1 }));
  const documents = DynamoDBDocumentClient.from(client);

  return {
    async countOrder(customerId) {
      try {
        await documents.send(
          new UpdateCommand({
            TableName: 'customers',
            Key: { customerId },
            UpdateExpression: 'ADD orders :one',
            ExpressionAttributeValues: { ':one': 1 },
            ReturnConsumedCapacity: 'TOTAL',
          }),
        );
      } catch (error) {
        log.warn({ customerId, reason: (error as Error).message }, 'order not counted');
      }
    },
  };
}
