import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { localstackClient } from '../../platform/localstack-client.ts';
import { traced } from '../../platform/tracing.ts';

export interface StoredPayment {
  orderId: string;
  chargeId: string;
  amount: number;
  currency: string;
  paidAt: string;
  /** Once the money was given back. */
  refundId?: string;
}

export interface PaymentsTable {
  put(payment: StoredPayment): Promise<void>;
  get(orderId: string): Promise<StoredPayment | undefined>;
}

export function paymentsTable(): PaymentsTable {
  const client = traced(localstackClient(DynamoDBClient, 'dynamodb', { maxAttempts: 3 }));
  const documents = DynamoDBDocumentClient.from(client);

  return {
    async put(payment) {
      await documents.send(
        new PutCommand({ TableName: 'payments', Item: payment, ReturnConsumedCapacity: 'TOTAL' }),
      );
    },

    async get(orderId) {
      const { Item } = await documents.send(new GetCommand({ TableName: 'payments', Key: { orderId } }));
      return Item as StoredPayment | undefined;
    },
  };
}
